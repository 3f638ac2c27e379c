import type { Format } from '../model/format.ts';
import { cef } from './cef/index.ts';
import { checkpointSyslog } from './checkpoint-syslog/index.ts';
import { ciscoAsa } from './cisco-asa/index.ts';
import { ciscoFtd } from './cisco-ftd/index.ts';
import { conntrack } from './conntrack/index.ts';
import { fortigateKv } from './fortigate-kv/index.ts';
import { juniperSrx } from './juniper-srx/index.ts';
import { leef } from './leef/index.ts';
import { panosCsv } from './panos-csv/index.ts';
import { pfFilterlog } from './pf-filterlog/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  cef,
  checkpointSyslog,
  ciscoAsa,
  ciscoFtd,
  conntrack,
  fortigateKv,
  juniperSrx,
  leef,
  panosCsv,
  pfFilterlog,
];
