import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort, transportName } from '../../core/ip.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { eventTime, parseIso } from '../../core/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Event, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtTetragon } from './look.ts';

const KINDS = ['exec', 'exit', 'kprobe', 'tracepoint', 'lsm', 'uprobe', 'usdt', 'loader', 'throttle'] as const;
/** Kernel functions by what they mean for a socket. */
const OPS = wordTable<ProcessEvent['op']>({
  tcp_connect: 'connect',
  tcp_v4_connect: 'connect',
  tcp_v6_connect: 'connect',
  security_socket_connect: 'connect',
  socket_connect: 'connect',
  inet_csk_accept: 'accept',
  tcp_close: 'close',
  inet_csk_listen_start: 'bind',
  security_socket_bind: 'bind',
});

/** Tetragon JSON export. */
export const tetragon: Format = {
  id: 'tetragon',
  title: 'Tetragon events',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: 'wall time derived from boot time, nanoseconds',
  traps: [
    'protobuf JSON leaves zero fields out',
    'tcp_connect fires at the SYN: success is unknown',
    'throttle records mean that events were dropped on purpose',
  ],
  claims,
  open: () => ({ decode }),
  look: lookAtTetragon,
};

const kindOf = (json: unknown): (typeof KINDS)[number] | undefined =>
  KINDS.find((kind) => isObject(at(json, `process_${kind}`)));

/** The exporter writes no more than its rate limit allows, and then says how many it left out. */
const droppedIn = (json: unknown): number | undefined =>
  numberOf(at(json, 'rate_limit_info', 'number_of_dropped_process_events'));

function claims({ json }: SniffRecord): Sniff {
  if (droppedIn(json) !== undefined) return yes(0.97, 'rate limit of the Tetragon exporter');
  return kindOf(json) === undefined ? no('no process_* member') : yes(0.97, 'process_* member of Tetragon');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const kind = kindOf(json);
  const dropped = droppedIn(json);
  if (kind === undefined && dropped === undefined)
    return isObject(json) && 'time' in json ? skipped('other Tetragon record') : failed('no process_* member');
  if (kind === 'loader') return skipped('library loaded');
  const body = at(json, `process_${kind}`);
  const raw = textOf(at(json, 'time')) ?? textOf(at(body, 'time')) ?? '';
  const stamp = parseIso(raw);
  if (stamp === undefined) return failed('no time');
  const node = textOf(at(json, 'node_name'));
  const base = compact({
    time: eventTime(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'tetragon',
    clock: node === undefined ? 'time' : `time@${node}`,
    host: node ?? record.host,
  });
  if (dropped !== undefined) return decoded({ ...base, kind: 'coverage', reason: 'throttled', count: dropped });
  if (kind === 'throttle') return decoded({ ...base, kind: 'coverage', reason: 'throttled' });
  const identity = processOf(at(body, 'process'), at(body, 'parent'));
  const special = kind === 'exec' ? { op: 'exec' } : kind === 'exit' ? exitOf(body) : hookOf(body);
  return decoded({ ...base, kind: 'process', ...identity, ...special } as Event);
}

function processOf(process: unknown, parent: unknown): object {
  const started = parseIso(textOf(at(process, 'start_time')) ?? '');
  const container = textOf(at(process, 'pod', 'container', 'id'))?.replace(/^[a-z-]+:\/\//, '');
  const namespace = textOf(at(process, 'pod', 'namespace'));
  const pod = textOf(at(process, 'pod', 'name'));
  return compact({
    pid: numberOf(at(process, 'pid')),
    tid: numberOf(at(process, 'tid')),
    ppid: numberOf(at(parent, 'pid')) ?? pidIn(textOf(at(process, 'parent_exec_id'))),
    entityId: textOf(at(process, 'exec_id')),
    parentEntityId: textOf(at(process, 'parent_exec_id')),
    uid: numberOf(at(process, 'uid')),
    exe: textOf(at(process, 'binary')),
    commandLine: textOf(at(process, 'arguments')),
    cwd: textOf(at(process, 'cwd')),
    start: started?.at,
    containerId: container ?? textOf(at(process, 'docker')),
    pod: pod === undefined ? undefined : namespace === undefined ? pod : `${namespace}/${pod}`,
  });
}

/** An exec_id is base64 of `node:ktime:pid`. */
function pidIn(execId: string | undefined): number | undefined {
  const pid = /:\d+:(\d+)$/.exec(Buffer.from(execId ?? '', 'base64').toString('latin1'))?.[1];
  return pid === '0' ? undefined : numberOf(pid);
}

/** Protobuf JSON leaves out zeros: without a status and a signal it ended well. */
function exitOf(body: unknown): object {
  const status = numberOf(at(body, 'status')) ?? (textOf(at(body, 'signal')) === undefined ? 0 : undefined);
  return compact({ op: 'exit', exit: status });
}

function hookOf(body: unknown): object {
  const named = ['function_name', 'event', 'symbol', 'name'].map((key) => textOf(at(body, key)));
  const name = named.find((text) => text !== undefined);
  // An accept has its socket only when it returns.
  const socket = [...arrayOf(at(body, 'args')), at(body, 'return')].map(socketOf).find((found) => found !== undefined);
  const op = OPS[name ?? ''] ?? (socket === undefined ? 'alert' : 'socket');
  return compact({ op, rule: compact({ id: textOf(at(body, 'policy_name')), name }), ...socket });
}

function socketOf(arg: unknown): { socket: SocketTuple; cookie?: string; state?: string } | undefined {
  const sock = at(arg, 'sock_arg') ?? at(arg, 'skb_arg');
  const address = at(arg, 'sockaddr_arg');
  if (!isObject(sock) && !isObject(address)) return undefined;
  const end = (value: unknown, ip: string, port: string): object =>
    compact({ ip: parseIp(textOf(at(value, ip)) ?? ''), port: parsePort(at(value, port)) });
  const local = end(sock, 'saddr', 'sport');
  const remote = isObject(sock) ? end(sock, 'daddr', 'dport') : end(address, 'addr', 'port');
  if (Object.keys(remote).length === 0 && Object.keys(local).length === 0) return undefined;
  const protocol = textOf(at(sock, 'protocol'))?.replace(/^IPPROTO_/, '');
  const byType: Record<string, string> = { SOCK_STREAM: 'tcp', SOCK_DGRAM: 'udp' };
  const socket = {
    transport: transportName(protocol) ?? byType[textOf(at(sock, 'type')) ?? ''] ?? 'ip',
    local,
    remote,
  };
  return compact({ socket, cookie: textOf(at(sock, 'cookie')), state: textOf(at(sock, 'state')) });
}
