import type { Format } from '../model/format.ts';
import { cef } from './cef/index.ts';
import { checkpointSyslog } from './checkpoint-syslog/index.ts';
import { ciscoAsa } from './cisco-asa/index.ts';
import { ciscoFtd } from './cisco-ftd/index.ts';
import { ciscoMeraki } from './cisco-meraki/index.ts';
import { ciscoUmbrella } from './cisco-umbrella/index.ts';
import { clavister } from './clavister/index.ts';
import { conntrack } from './conntrack/index.ts';
import { fortigateKv } from './fortigate-kv/index.ts';
import { gatewatcherJson } from './gatewatcher-json/index.ts';
import { infobloxNios } from './infoblox-nios/index.ts';
import { juniperSrx } from './juniper-srx/index.ts';
import { leef } from './leef/index.ts';
import { mikrotik } from './mikrotik/index.ts';
import { netflowJson } from './netflow-json/index.ts';
import { panosCsv } from './panos-csv/index.ts';
import { panosJson } from './panos-json/index.ts';
import { pfFilterlog } from './pf-filterlog/index.ts';
import { proxmoxFw } from './proxmox-fw/index.ts';
import { sonicwall } from './sonicwall/index.ts';
import { sophosUtm } from './sophos-utm/index.ts';
import { sophosXg } from './sophos-xg/index.ts';
import { stormshield } from './stormshield/index.ts';
import { zscalerDns } from './zscaler-dns/index.ts';
import { zscalerJson } from './zscaler-json/index.ts';
import { zscalerWeb } from './zscaler-web/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  cef,
  checkpointSyslog,
  ciscoAsa,
  ciscoFtd,
  ciscoMeraki,
  ciscoUmbrella,
  clavister,
  conntrack,
  fortigateKv,
  gatewatcherJson,
  infobloxNios,
  juniperSrx,
  leef,
  mikrotik,
  netflowJson,
  panosCsv,
  panosJson,
  pfFilterlog,
  proxmoxFw,
  sonicwall,
  sophosUtm,
  sophosXg,
  stormshield,
  zscalerDns,
  zscalerJson,
  zscalerWeb,
];
