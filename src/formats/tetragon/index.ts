import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort, transportName } from '../../core/ip.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { eventTime, parseIso } from '../../core/time.ts';
import type { Event, ProcessEvent, SocketTuple } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { lookAtTetragon } from './look.ts';

const KINDS = ['exec', 'exit', 'kprobe', 'tracepoint', 'lsm', 'uprobe', 'loader', 'throttle'] as const;
/** Kernel functions by what they mean for a socket. */
const OPS: Record<string, ProcessEvent['op']> = {
  tcp_connect: 'connect',
  tcp_v4_connect: 'connect',
  tcp_v6_connect: 'connect',
  security_socket_connect: 'connect',
  socket_connect: 'connect',
  inet_csk_accept: 'accept',
  tcp_close: 'close',
  inet_csk_listen_start: 'bind',
  security_socket_bind: 'bind',
};

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

function claims({ json }: SniffRecord): Sniff {
  return kindOf(json) === undefined ? no('no process_* member') : yes(0.97, 'process_* member of Tetragon');
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const kind = kindOf(json);
  if (kind === undefined)
    return isObject(json) && 'time' in json ? skipped('other Tetragon record') : failed('no process_* member');
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
    ppid: isObject(parent) ? numberOf(at(parent, 'pid')) : undefined,
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

function exitOf(body: unknown): object {
  return compact({ op: 'exit', exit: numberOf(at(body, 'status')) });
}

function hookOf(body: unknown): object {
  const name = textOf(at(body, 'function_name')) ?? textOf(at(body, 'event'));
  const socket = arrayOf(at(body, 'args'))
    .map(socketOf)
    .find((found) => found !== undefined);
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
