import type { Format } from '../model/format.ts';
import { auditd } from './auditd/index.ts';
import { bpftrace } from './bpftrace/index.ts';
import { conntrack } from './conntrack/index.ts';
import { dnsmasq } from './dnsmasq/index.ts';
import { inventory } from './inventory/index.ts';
import { leases } from './leases/index.ts';
import { netfilterLog } from './netfilter-log/index.ts';
import { otlp } from './otlp/index.ts';
import { squid } from './squid/index.ts';
import { ss } from './ss/index.ts';
import { suricataEve } from './suricata-eve/index.ts';
import { suricataFast } from './suricata-fast/index.ts';
import { toolCalls } from './tool-calls/index.ts';
import { ulogd2Json } from './ulogd2-json/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  auditd,
  bpftrace,
  conntrack,
  dnsmasq,
  inventory,
  leases,
  netfilterLog,
  otlp,
  squid,
  ss,
  suricataEve,
  suricataFast,
  toolCalls,
  ulogd2Json,
];
