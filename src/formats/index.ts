import type { Format } from '../model/format.ts';
import { auditd } from './auditd/index.ts';
import { bcc } from './bcc/index.ts';
import { bpftrace } from './bpftrace/index.ts';
import { conntrack } from './conntrack/index.ts';
import { dcgm } from './dcgm/index.ts';
import { dockerEvents } from './docker-events/index.ts';
import { falco } from './falco/index.ts';
import { kubeStateMetrics } from './kube-state-metrics/index.ts';
import { netstat } from './netstat/index.ts';
import { nvidiaSmiCsv } from './nvidia-smi-csv/index.ts';
import { osquery } from './osquery/index.ts';
import { procNetTcp } from './proc-net-tcp/index.ts';
import { ss } from './ss/index.ts';
import { sysmonXml } from './sysmon-xml/index.ts';
import { tetragon } from './tetragon/index.ts';
import { tsharkEk } from './tshark-ek/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [
  auditd,
  bcc,
  bpftrace,
  conntrack,
  dcgm,
  dockerEvents,
  falco,
  kubeStateMetrics,
  netstat,
  nvidiaSmiCsv,
  osquery,
  procNetTcp,
  ss,
  sysmonXml,
  tetragon,
  tsharkEk,
];
