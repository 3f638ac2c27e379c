import { foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { timeOrObserved } from '../../core/time/time.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { acceptOf, connectOf, farOf, type Near, socketTypeOf } from './ends.ts';
import { jsonLine, type Line, lineOf } from './line.ts';
import { execOf, exitOf, forkOf } from './processes.ts';
import { Threads } from './threads.ts';

/** Events as sysdig prints them, as text (also with `-pc`, `-pk`) or with `-j`: processes, what they run and which sockets they use. */
export const sysdig: Format = {
  id: 'sysdig',
  title: 'sysdig events',
  roles: ['process', 'socket'],
  framing: 'auto',
  status: 'real',
  clock:
    '`-j` and `-t a`: wall clock, nanoseconds; the time of day that is printed otherwise names no day and is not used',
  traps: [
    'older releases print the thread in place of the process',
    'arguments are divided by dots, as all that is no printable letter: several of them cannot be told apart',
    'in a container the parent is told the pid of the child inside: only the line of the child is used',
    'a filter on the command line hides events: absence means nothing',
  ],
  claims,
  isInOrder: true,
  open,
};

function claims({ text, json }: SniffRecord): Sniff {
  const line = json === undefined ? lineOf(text) : jsonLine(json, text);
  return line === undefined ? no('no event of sysdig') : yes(0.95, 'event of sysdig');
}

function open(): Decoder {
  const threads = new Threads();
  const decode = (record: RawRecord): Decoded => {
    const line = lineOf(record.text);
    if (line === undefined) return foreign();
    if (line.pid !== undefined) threads.begin(line.tid, line.pid);
    return eventOf(line, record, threads);
  };
  return { decode };
}

/** What every event of a line has in common. */
function baseOf(record: RawRecord, line: Line, pid: number): Omit<ProcessEvent, 'op'> {
  const { stamp, raw, tid, container, comm } = line;
  return compact({
    kind: 'process' as const,
    time: timeOrObserved(stamp, { raw, basis: 'event', observed: record.observed }),
    ref: record.ref,
    format: 'sysdig',
    clock: stamp === undefined ? 'none' : 'evt.outputtime',
    host: record.host,
    containerId: container ?? record.containerId,
    pid,
    tid: tid === pid ? undefined : tid,
    comm,
  });
}

function eventOf(line: Line, record: RawRecord, threads: Threads): Decoded {
  const pid = threads.of(line.tid);
  const base = baseOf(record, line, pid);
  const near: Near = { ...line, pid };
  switch (line.type) {
    case 'execve':
    case 'execveat':
      return line.isExit ? execOf(base, line.info) : skipped('call that begins');
    case 'clone':
    case 'clone3':
    case 'fork':
    case 'vfork':
      return line.isExit ? forkOf(base, line, threads) : skipped('call that begins');
    case 'procexit':
      return exitOf(base, line, threads);
    case 'socket':
      socketTypeOf(near, threads);
      return skipped('socket without a far end');
    case 'connect':
      return connectOf(base, near, threads);
    case 'accept':
    case 'accept4':
      return line.isExit ? acceptOf(base, line.info) : skipped('call that begins');
    case 'sendto':
    case 'sendmsg':
      return farOf(base, line.info);
    default:
      return skipped('other event');
  }
}
