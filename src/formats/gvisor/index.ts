import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact, tryJson } from '../../core/json/json.ts';
import { micros, timeOrObserved } from '../../core/time/time.ts';
import { forgetOldest } from '../../core/tools/tool-call.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Call, callOf, execIn, messageOf, sockaddrIn } from './line.ts';

/** Debug log of gVisor's runsc with `--strace`: what ran in a sandbox and which sockets it used, as its own kernel saw it. */
export const gvisor: Format = {
  id: 'gvisor',
  title: 'gVisor debug log (runsc --strace)',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'documented',
  clock: 'wall clock of the sandbox process, microseconds: without year and zone, in JSON with both',
  traps: [
    'pids are those of the root pid namespace within the sandbox: every sandbox has them, and they are none of the host',
    'what `clone` returns is a pid of the caller’s own namespace: no parents are taken from it',
    'a call is told when it begins (E) and when it ends (X): a connect that is dropped ends minutes later',
    'a connect has no source port',
  ],
  claims,
  isInOrder: true,
  open,
};

function claims({ text, json }: SniffRecord): Sniff {
  const message = messageOf(text, json, undefined);
  if (message === undefined || callOf(message) === undefined) return no('no system call of a sandbox');
  return yes(0.95, 'system call as the kernel of gVisor tells it');
}

type Base = Omit<ProcessEvent, 'op'>;
const MOST = 50_000;
const IN_PROGRESS = 115;

/** Sockets by process and descriptor, and connects that have begun, by thread. */
interface State {
  readonly sandbox: Sandbox;
  readonly sockets: Map<string, string>;
  readonly begun: Map<string, { readonly call: Call; readonly record: RawRecord }>;
}

/** What is known of the sandbox that wrote a file. */
interface Sandbox {
  readonly path: string;
  /** `--debug-log=/var/log/runsc/%ID%/gvisor.%COMMAND%.log`, as the guides set it up. */
  readonly containerId: string | undefined;
}

function open(context: DecodeContext, held?: unknown): Decoder {
  const sandbox = { path: context.path, containerId: /(?<![\da-f])[\da-f]{64}(?![\da-f])/.exec(context.path)?.[0] };
  const state = (held as State | undefined) ?? { sandbox, sockets: new Map(), begun: new Map() };
  const decode = (record: RawRecord): Decoded => {
    const json = record.text.startsWith('{') ? tryJson(record.text) : undefined;
    const message = messageOf(record.text, json, context);
    if (message === undefined) return foreign();
    const call = callOf(message);
    return call === undefined ? skipped('message that is no system call') : eventOf(call, record, state);
  };
  const flush = (): readonly ProcessEvent[] => {
    const rest = [...state.begun.values()].flatMap(({ call, record }) => socketEvent(call, record, state) ?? []);
    state.begun.clear();
    return rest;
  };
  return { decode, flush, held: () => state };
}

function eventOf(call: Call, record: RawRecord, state: State): Decoded {
  const { name, ended } = call;
  if (name === 'exit_group') return ended === undefined ? exitOf(call, record, state) : skipped('end of a call');
  if (name === 'connect' && ended === undefined) {
    put(state.begun, entityOf(call.tid, record, state.sandbox), { call, record });
    return sockaddrIn(call.args) === undefined ? skipped('socket that is none of the network') : decoded();
  }
  if (ended === undefined) return skipped('call that begins');
  switch (name) {
    case 'execve':
    case 'execveat':
      return execOf(call, record, state);
    case 'socket': {
      const transport = transportOf(call.args);
      if (transport !== undefined)
        put(state.sockets, `${entityOf(call.pid, record, state.sandbox)}/${ended.result}`, transport);
      return skipped('socket without a far end');
    }
    case 'connect':
      state.begun.delete(entityOf(call.tid, record, state.sandbox));
      return socketOf(call, record, state);
    case 'sendto':
    case 'accept':
    case 'accept4':
      return socketOf(call, record, state);
    default:
      return skipped('other system call');
  }
}

/** Tells processes from those of other sandboxes: by the container, which the path or an envelope names, else by the log. */
function entityOf(pid: number, record: RawRecord, { path, containerId = record.containerId }: Sandbox): string {
  return `${containerId?.slice(0, 12) ?? path}/${pid}`;
}

/** At the moment at which the call began. */
function baseOf({ stamp, raw, pid, comm, ended }: Call, record: RawRecord, sandbox: Sandbox): Base {
  const began = stamp && { ...stamp, at: micros(stamp.at - (ended?.tookUs ?? 0)) };
  return compact({
    kind: 'process' as const,
    time: timeOrObserved(began, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'gvisor',
    clock: stamp === undefined ? 'none' : 'sandbox',
    host: record.host,
    containerId: sandbox.containerId ?? record.containerId,
    entityId: entityOf(pid, record, sandbox),
    comm,
  });
}

function execOf(call: Call, record: RawRecord, { sandbox }: State): Decoded {
  const run = execIn(call.args);
  if (run === undefined) return skipped('exec without a name');
  const ran = call.ended?.errno === undefined;
  // Shells try each folder of PATH.
  if (call.ended?.errno === 2) return skipped('program not found');
  const { comm: _before, ...base } = baseOf(call, record, sandbox);
  return decoded(compact({ ...base, op: ran ? ('exec' as const) : ('exec-failed' as const), ...run }));
}

function exitOf(call: Call, record: RawRecord, { sandbox }: State): Decoded {
  const status = Number(call.args);
  return decoded(
    compact({
      ...baseOf(call, record, sandbox),
      op: 'exit' as const,
      exit: Number.isNaN(status) ? undefined : status & 255,
    }),
  );
}

function socketOf(call: Call, record: RawRecord, state: State): Decoded {
  const event = socketEvent(call, record, state);
  return event === undefined ? skipped('socket that is none of the network') : decoded(event);
}

function socketEvent(call: Call, record: RawRecord, state: State): ProcessEvent | undefined {
  const remote = sockaddrIn(call.args);
  const fd = /^(0x[0-9a-f]+|\d+)/.exec(call.args)?.[1];
  if (remote === undefined || fd === undefined) return undefined;
  const transport = state.sockets.get(`${entityOf(call.pid, record, state.sandbox)}/${Number(fd)}`) ?? 'ip';
  const base = { ...baseOf(call, record, state.sandbox), socket: { transport, local: {}, remote } };
  if (call.name.startsWith('accept')) return { ...base, op: 'accept' };
  if (call.name === 'sendto') return { ...base, op: 'socket' };
  const errno = call.ended === undefined ? IN_PROGRESS : call.ended.errno;
  return {
    ...base,
    op: 'connect',
    result: errno === undefined ? 'ok' : errno === IN_PROGRESS ? 'in-progress' : 'fail',
  };
}

/** What `socket` makes. */
function transportOf(args: string): string | undefined {
  if (!/^AF_INET6?,/.test(args)) return undefined;
  if (args.includes('SOCK_STREAM')) return 'tcp';
  return args.includes('SOCK_DGRAM') ? 'udp' : undefined;
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  forgetOldest(map, MOST);
}
