import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { timeOrObserved } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint, Event, ProcessEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { endpoint, named, type TraceeRecord, traceeRecord } from './fields.ts';
import { packetPart } from './packet.ts';

/** Events of Aqua Tracee, both JSON schemas. */
export const tracee: Format = {
  id: 'tracee',
  title: 'Tracee events',
  roles: ['process', 'socket', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: '`timestamp`, nanoseconds since the epoch; of old releases since boot, which is not used',
  traps: [
    'net_packet_* holds both directions of a flow: the local end may be dst',
    'net_tcp_connect and security_socket_connect have no source port',
    'entity ids are 32-bit hashes and can collide',
    'hostName is the name of the container inside one',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json, text }: SniffRecord): Sniff {
  const found = traceeRecord(json, text);
  if (found === undefined) return no('no Tracee event');
  return 'eventName' in found.json ? yes(0.98, 'eventName and hostProcessId') : yes(0.96, 'name and workload');
}

function decode(record: RawRecord): Decoded {
  const found = traceeRecord(tryJson(record.text), record.text);
  if (found === undefined) return failed('no Tracee event');
  const part = packetPart(found, record.text) ?? processPart(found);
  if (part === undefined) return skipped('event without meaning here');
  const { stamp, raw } = found;
  const host = found.host ?? record.host;
  const time = timeOrObserved(stamp, {
    raw,
    basis: part.kind === 'network' ? 'packet' : 'event',
    observed: record.observed,
  });
  const clock = host === undefined ? 'timestamp' : `timestamp@${host}`;
  return decoded({ time, ref: record.ref, format: 'tracee', clock, ...compact({ host }), ...part } as Event);
}

type ProcessPart = Omit<ProcessEvent, 'time' | 'ref' | 'format' | 'clock'>;

function processPart(found: TraceeRecord): ProcessPart | undefined {
  const { args, who, name, returned } = found;
  const base = { kind: 'process' as const, ...who };
  const path = textOf(args['pathname']) ?? textOf(args['cmdpath']);
  const argv = arrayOf(args['argv']).filter((arg) => typeof arg === 'string');
  if (name === 'sched_process_exec')
    return compact({ ...base, op: 'exec' as const, exe: who.exe ?? path, args: argv.length > 0 ? argv : undefined });
  if (name === 'execve' || name === 'execveat') {
    const bad = returned !== undefined && returned < 0;
    // At a failed call the process still is the old program: the path is only what was tried.
    const what = compact({ exe: path ?? who.exe, args: argv.length > 0 ? argv : undefined });
    return bad ? { ...base, ...what, op: 'exec-failed', exit: returned } : { ...base, ...what, op: 'exec' };
  }
  if (name === 'sched_process_exit') return exitPart(found, base);
  if (name === 'sched_process_fork') return forkPart(found, base);
  if (isObject(found.json['threat']) || at(found.json, 'metadata', 'Properties', 'Severity') !== undefined)
    return alertPart(found, base);
  return socketPart(found, base);
}

type Base = Pick<ProcessPart, 'kind'> & TraceeRecord['who'];

function forkPart({ args }: TraceeRecord, base: Base): ProcessPart | undefined {
  const child = numberOf(args['child_pid'] ?? args['child_process_id']);
  const tid = numberOf(args['child_tid'] ?? args['child_thread_id']);
  // A new thread is no new process.
  if (child === undefined || (tid !== undefined && tid !== child)) return undefined;
  return compact({ ...base, op: 'fork' as const, childPid: child });
}

/** Told for each thread: the process ends with the last. The code is the kernel's, with the signal in its low byte. */
function exitPart({ args, who }: TraceeRecord, base: Base): ProcessPart | undefined {
  const isLast = args['process_group_exit'];
  const isThread = who.tid !== undefined && who.pid !== undefined && who.tid !== who.pid;
  if (isLast === undefined ? isThread : isLast === false || isLast === 'false') return undefined;
  const code = numberOf(args['exit_code']);
  return compact({ ...base, op: 'exit' as const, exit: code !== undefined && code > 255 ? code >> 8 : code });
}

const SEVERITY = wordTable<number>({ INFO: 0, LOW: 1, MEDIUM: 2, HIGH: 3, CRITICAL: 4 });

function alertPart({ json, name }: TraceeRecord, base: Base): ProcessPart {
  const word = textOf(at(json, 'threat', 'severity')) ?? '';
  const old = at(json, 'metadata', 'Properties');
  return compact({
    ...base,
    op: 'alert' as const,
    action: 'alert' as const,
    rule: compact({
      id: textOf(at(old, 'id')) ?? textOf(json['id']),
      name: textOf(at(json, 'threat', 'name')) ?? textOf(at(old, 'signatureName')) ?? name,
    }),
    severity: SEVERITY[word.toUpperCase().replace(/^SEVERITY_/, '')] ?? numberOf(at(old, 'Severity')),
  });
}

function addressOf(value: unknown): Endpoint {
  return endpoint(
    named(value, 'sin_addr') ?? named(value, 'sin6_addr'),
    numberOf(named(value, 'sin_port') ?? named(value, 'sin6_port')),
  );
}

/** System calls and hooks by what they mean for a socket; a datagram names its far end in each call. */
const CALLS = wordTable<'connect' | 'bind' | 'accept' | 'socket'>({
  connect: 'connect',
  bind: 'bind',
  accept: 'accept',
  accept4: 'accept',
  sendto: 'socket',
});

function socketPart({ args, name, returned }: TraceeRecord, base: Base): ProcessPart | undefined {
  const src = endpoint(args['src'], args['src_port']);
  const dst = endpoint(args['dst'] ?? args['dst_ip'], args['dst_port']);
  if (/^net_flow_tcp_(?:begin|end)$/.test(name)) {
    const inbound = textOf(args['conn_direction']) === 'incoming';
    const socket = { transport: 'tcp', local: inbound ? dst : src, remote: inbound ? src : dst };
    return { ...base, op: name.endsWith('end') ? 'close' : inbound ? 'accept' : 'connect', socket };
  }
  if (name === 'net_tcp_connect')
    return { ...base, op: 'connect', socket: { transport: 'tcp', local: {}, remote: dst } };
  const op = CALLS[name.replace(/^security_socket_/, '')];
  const far = addressOf(
    args['remote_addr'] ?? args['addr'] ?? args['dest_addr'] ?? (op === 'bind' ? args['local_addr'] : undefined),
  );
  if (op === undefined || far.ip === undefined) return undefined;
  const kind = textOf(args['type']) ?? '';
  const transport = /STREAM/.test(kind) ? 'tcp' : /DGRAM/.test(kind) ? 'udp' : 'ip';
  const result = returned === undefined || name !== 'connect' ? undefined : resultOf(returned);
  const socket = op === 'bind' ? { transport, local: far, remote: {} } : { transport, local: {}, remote: far };
  return compact({ ...base, op, socket, result });
}

function resultOf(returned: number): 'ok' | 'fail' | 'in-progress' {
  return returned === -115 ? 'in-progress' : returned < 0 ? 'fail' : 'ok';
}
