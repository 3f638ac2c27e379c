import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { printedEndpoint } from '../../core/network/sockaddr.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEADER = /^# TIME EVENT\b/;
const LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) (EXEC|TCP|EXIT) (.+)$/;
const EXEC = /^(\d+) (\d+) (\d+) (.{1,15}?) (\/.*|\S+)$/;
const TCP = /^([0-9a-f]{4,16}) (\d+) (.{1,15}?) (\S+:\d+) (\S+:\d+) ([A-Z_0-9]+)->([A-Z_0-9]+)$/;
const EXIT = /^(\d+) (.{1,15})$/;

/** Process and TCP state events printed by a bpftrace script, one `TIME EVENT ...` line each. */
export const bpftrace: Format = {
  id: 'bpftrace',
  title: 'bpftrace exec, TCP state and exit lines',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall clock of the host, microseconds, zone not stated',
  traps: [
    'the line with the right pid has no source port yet; the next line of the socket has the port but may name another pid',
    'threads end with EXIT lines too',
  ],
  claims,
  sniff,
  open,
};

/** Any script of bpftrace begins so. */
const BANNER = /^Attaching \d+ probes?\.\.\.$/;

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.98, 'header comment of the script');
  if (BANNER.test(text)) return yes(0.6, 'bpftrace banner');
  const m = LINE.exec(text);
  if (m === null) return no('no TIME EVENT line');
  const body = m[3] ?? '';
  const fits = m[2] === 'EXEC' ? EXEC.test(body) : m[2] === 'TCP' ? TCP.test(body) : EXIT.test(body);
  return fits ? yes(0.96, `${m[2]} line`) : no('event without its fields');
}

function sniff(sample: Sample): Sniff {
  const isOwn = sample.records.some((record) => !BANNER.test(record.text) && claims(record).score > 0);
  return isOwn ? sniffMean(sample, claims) : no('no TIME EVENT line');
}

function open(context: DecodeContext, held?: unknown): Decoder {
  /** Connects whose source port is not known yet, by socket address. */
  const pending: Map<string, ProcessEvent> = new Map(held instanceof Map ? held : []);
  const decode = (record: RawRecord): Decoded => {
    if (/^(?:#|Attaching |ERROR:|WARNING:|Lost \d+ events|$)/.test(record.text)) return skipped('banner or message');
    const m = LINE.exec(record.text);
    const base = m === null ? undefined : baseOf(record, m[1] ?? '', context);
    if (m === null || base === undefined) return failed('no TIME EVENT line');
    const body = m[3] ?? '';
    if (m[2] === 'TCP') return tcp(base, body, pending);
    const event = m[2] === 'EXEC' ? execEvent(base, body) : exitEvent(base, body);
    return event === undefined ? failed(`${m[2]} line without its fields`) : decoded(event);
  };
  const flush = (): readonly ProcessEvent[] => {
    const rest = [...pending.values()];
    pending.clear();
    return rest;
  };
  return { decode, flush, held: () => pending };
}

type Base = Omit<ProcessEvent, 'op'>;

function baseOf(record: RawRecord, raw: string, context: DecodeContext): Base | undefined {
  const stamp = parseIso(raw, context.zoneOffsetMin);
  if (stamp === undefined) return undefined;
  return compact({
    kind: 'process' as const,
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'bpftrace',
    clock: 'TIME',
    host: record.host,
    containerId: record.containerId,
  });
}

function execEvent(base: Base, body: string): ProcessEvent | undefined {
  const m = EXEC.exec(body);
  if (m === null) return undefined;
  const [, pid, ppid, uid, comm = '', exe = ''] = m;
  return { ...base, op: 'exec', pid: Number(pid), ppid: Number(ppid), uid: Number(uid), comm, exe };
}

function exitEvent(base: Base, body: string): ProcessEvent | undefined {
  const m = EXIT.exec(body);
  return m === null ? undefined : { ...base, op: 'exit', pid: Number(m[1]), comm: m[2] ?? '' };
}

function tcp(base: Base, body: string, pending: Map<string, ProcessEvent>): Decoded {
  const m = TCP.exec(body);
  if (m === null) return failed('TCP line without its fields');
  const [, cookie = '', pid, comm = '', left = '', right = '', from, to] = m;
  const end = printedEndpoint(left);
  const remote = printedEndpoint(right);
  if (end === undefined || remote === undefined) return failed('TCP line without addresses');
  const local: Endpoint = end.port === 0 ? compact({ ip: end.ip }) : end;
  const held = pending.get(cookie);
  pending.delete(cookie);
  if (from === 'CLOSE' && to === 'SYN_SENT') {
    const socket = { transport: 'tcp', local, remote };
    const connect: ProcessEvent = { ...base, op: 'connect', pid: Number(pid), comm, cookie, socket };
    if (local.port === undefined) pending.set(cookie, connect);
    return decoded(...(held === undefined ? [] : [held]), ...(local.port === undefined ? [] : [connect]));
  }
  if (held === undefined) return skipped('TCP state change after the connect');
  const result = to === 'ESTABLISHED' ? 'ok' : to === 'CLOSE' ? 'fail' : undefined;
  // The state line of another connection means that ours left no line of its own: the address was used again.
  if (held.socket?.remote.ip !== remote.ip || held.socket?.remote.port !== remote.port) return decoded(held);
  return decoded(compact({ ...held, socket: { transport: 'tcp', local, remote }, result }) as ProcessEvent);
}
