import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { printedEndpoint } from '../../core/network/sockaddr.ts';
import { timeOrObserved } from '../../core/time/time.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Line, lineOf } from './line.ts';
import { descriptorOf, execveOf, type Syscall, sockaddrIn, syscallOf, transportOf } from './syscall.ts';
import { type Base, Threads } from './threads.ts';

/**
 * `strace -f` output, as strace(1) describes it: processes, what they run and which sockets they use, with `-o` or as on the screen,
 * with any of `-t`, `-tt`, `-ttt`, `-r`, `-T`, `-y`, `-yy`, `-Y`, `-i`, `-n`, and one file of `-ff`.
 */
export const strace: Format = {
  id: 'strace',
  title: 'strace output',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock: '`-ttt`: wall clock, microseconds; a time of day (`-t`, `-tt`) names no day and is not used',
  traps: [
    "pids are those of the tracer's pid namespace, and the first column names threads",
    'connect has no source port, unless `-yy` shows the socket bound',
    'a call that waits stands on two lines; the first one is when it began',
    'strings are cut to 32 characters without `-s`',
  ],
  claims,
  isInOrder: true,
  open,
};

const TELLING =
  /^(?:execve(?:at)?|connect|clone3?|v?fork|exit_group|socket|sendto|accept4?|bind)\(|^\+\+\+ (?:exited with|killed by) /;

function claims({ text }: SniffRecord): Sniff {
  const line = lineOf(text);
  if (line === undefined) return no('no system call');
  if (/^strace: Process \d+ (?:at|de)tached/.test(line.body)) return yes(0.95, 'attached by strace');
  const isWhole = syscallOf(line.body) !== undefined || / <unfinished \.\.\.>$|^<\.\.\. \w+ resumed/.test(line.body);
  if (!isWhole && !/^(?:\+\+\+ .* \+\+\+|--- SIG.* ---)$/.test(line.body)) return no('no system call');
  return yes(TELLING.test(line.body) ? 0.95 : 0.8, 'system call as strace prints it');
}

function open(context: DecodeContext): Decoder {
  const threads = new Threads();
  // `-ff -o NAME` writes each process into NAME.PID.
  const own = Number(/\.(\d+)$/.exec(context.path)?.[1] ?? Number.NaN);
  const decode = (record: RawRecord): Decoded => {
    const line = lineOf(record.text);
    // On the screen what the program prints stands between.
    if (line === undefined) return /^\s*(?:>|$)/.test(record.text) ? skipped('stack') : foreign();
    if (line.body.startsWith('strace: ')) return skipped('message of strace');
    const tid = line.tid ?? (Number.isNaN(own) ? undefined : own);
    if (tid === undefined) return skipped('process not named');
    const base = { ...baseOf(record, line), ...threads.named(tid) };
    const end = /^\+\+\+ (?:exited with (\d+)|killed by (SIG\w+))/.exec(line.body);
    if (end !== null) return exitOf(base, tid, end[1], threads);
    const call = threads.joined(tid, line.body, base);
    if (call === undefined) return skipped('call that goes on, or a signal');
    const syscall = syscallOf(call.text);
    return syscall === undefined ? skipped('other system call') : eventOf(syscall, call.base, tid, threads);
  };
  return { decode, flush: () => unfinished(threads) };
}

/** Connects that were still waiting when the file ended. */
function unfinished(threads: Threads): readonly Event[] {
  return threads.waiting().flatMap(({ tid, text, base }) => {
    const call = syscallOf(`${text}) = ?`);
    const made = call?.name === 'connect' ? eventOf(call, base, tid, threads) : undefined;
    return made?.status === 'decoded' ? made.events : [];
  });
}

function baseOf(record: RawRecord, { stamp, raw, comm }: Line): Base {
  return compact({
    kind: 'process' as const,
    time: timeOrObserved(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'strace',
    clock: stamp === undefined ? 'none' : '-ttt',
    host: record.host,
    containerId: record.containerId,
    comm,
  });
}

function exitOf(base: Base, tid: number, code: string | undefined, threads: Threads): Decoded {
  if (threads.end(tid) !== tid) return skipped('thread that ends');
  return decoded(compact({ ...base, op: 'exit' as const, exit: code === undefined ? undefined : Number(code) }));
}

function eventOf(call: Syscall, base: Base, tid: number, threads: Threads): Decoded {
  switch (call.name) {
    case 'execve':
    case 'execveat':
      return execOf(call, base);
    case 'clone':
    case 'clone3':
    case 'fork':
    case 'vfork':
      return forkOf(call, base, tid, threads);
    case 'socket':
      if (call.result !== undefined) threads.openSocket(tid, call.result, transportOf(call.args));
      return skipped('socket without a far end');
    case 'connect':
    case 'sendto':
    case 'sendmsg':
    case 'accept':
    case 'accept4':
      return socketOf(call, base, tid, threads);
    default:
      return skipped('other system call');
  }
}

function execOf({ args, result, error }: Syscall, base: Base): Decoded {
  const run = execveOf(args);
  if (run === undefined) return skipped('exec without a name');
  const { comm: _before, ...rest } = base;
  const ran = result === 0;
  // Shells try each folder of PATH.
  if (!ran && error === 'ENOENT') return skipped('program not found');
  return decoded(
    compact({ ...rest, op: ran ? ('exec' as const) : ('exec-failed' as const), exe: run.exe, args: run.args }),
  );
}

function forkOf({ args, result }: Syscall, base: Base, tid: number, threads: Threads): Decoded {
  if (result === undefined || result <= 0) return skipped('fork that failed');
  const isThread = args.includes('CLONE_THREAD');
  threads.begin(result, tid, isThread);
  return isThread ? skipped('thread that begins') : decoded({ ...base, op: 'fork', childPid: result });
}

function socketOf(call: Syscall, base: Base, tid: number, threads: Threads): Decoded {
  const socket = descriptorOf(call.args);
  const far =
    sockaddrIn(call.args) ?? (call.name.startsWith('send') ? printedEndpoint(socket?.remote ?? '') : undefined);
  if (far === undefined || socket === undefined) return skipped('socket that is none of the network');
  if (socket.remote !== undefined && !threads.connects(tid, socket.fd, `${socket.local}->${socket.remote}`))
    return skipped('socket that was told before');
  const transport = socket.transport ?? threads.transport(tid, socket.fd) ?? 'ip';
  const local = printedEndpoint(socket.local ?? '');
  const near = local?.ip === undefined || /^(?:0\.0\.0\.0|::)$/.test(local.ip) ? compact({ port: local?.port }) : local;
  const tuple = { transport, local: near, remote: far };
  if (call.name.startsWith('accept')) return decoded({ ...base, op: 'accept', socket: tuple });
  if (call.name !== 'connect') return decoded({ ...base, op: 'socket', socket: tuple });
  const result =
    call.result === 0 ? 'ok' : call.error === 'EINPROGRESS' || call.error === undefined ? 'in-progress' : 'fail';
  return decoded({ ...base, op: 'connect', socket: tuple, result });
}
