import { decoded, skipped } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { Line } from './line.ts';
import type { Threads } from './threads.ts';

type Base = Omit<ProcessEvent, 'op'>;

/** `res=0 exe=NAME args=A.B. tid=1(x) pid=1(x) ptid=2(y) cwd=/ fdlimit=...`. */
const PROCESS =
  /(?:^| )res=(-?\d+)(?:\(\w*\))? exe=(.*?) args=(.*?) tid=(\d+)\(.*?\) pid=(\d+)\(.*?\) ptid=(\d+)(?:\(.*?\))?(?: cwd=(\S*))?/s;
const ENOENT = -2;

export function execOf(base: Base, info: string): Decoded {
  const m = PROCESS.exec(info);
  const res = Number(/(?:^| )res=(-?\d+)/.exec(info)?.[1] ?? Number.NaN);
  // Shells try each folder of PATH.
  if (res === ENOENT) return skipped('program not found');
  const { comm: _before, ...rest } = base;
  if (res < 0) return decoded({ ...rest, op: 'exec-failed', exit: res });
  if (m === null) return skipped('exec without its process');
  const [, , exe = '', args = '', , pid, ppid, cwd] = m;
  return decoded(
    compact({
      ...base,
      op: 'exec' as const,
      pid: Number(pid),
      ppid: parentOf(ppid),
      uid: uidOf(info),
      exe: / exepath=(\/\S*)/.exec(info)?.[1] ?? (exe.startsWith('/') ? exe : undefined),
      args: exe === '' ? undefined : argsOf(exe, args),
      cwd: cwd?.startsWith('/') ? cwd : undefined,
    }),
  );
}

const parentOf = (ppid: string | undefined): number | undefined => (ppid === '0' ? undefined : Number(ppid));

const uidOf = (info: string): number | undefined => {
  const uid = / uid=(\d+)/.exec(info)?.[1];
  return uid === undefined ? undefined : Number(uid);
};

/** A dot ends each argument, and may stand in one: known is none, and one without a dot within. */
function argsOf(exe: string, text: string): readonly string[] | undefined {
  if (text === '') return [exe];
  return /^[^.]+\.$/.test(text) ? [exe, text.slice(0, -1)] : undefined;
}

/** The child's line: its `ptid` is the parent. The parent's line names the child by its pid inside a container. */
export function forkOf(base: Base, line: Line, threads: Threads): Decoded {
  const m = PROCESS.exec(line.info);
  if (m === null) return skipped('fork without its process');
  const [, res, , , tid = '', pid = '', ppid = ''] = m;
  if (res !== '0') return skipped("parent's side of a fork");
  threads.begin(Number(tid), Number(pid));
  if (tid !== pid) return skipped('thread that begins');
  const { tid: _tid, ...rest } = base;
  return decoded({ ...rest, op: 'fork', pid: threads.of(Number(ppid)), childPid: Number(pid) });
}

/** `status` is what wait(2) tells: the exit code stands above eight bits, a signal below. */
export function exitOf(base: Base, { tid, info }: Line, threads: Threads): Decoded {
  const isThread = base.pid !== tid;
  threads.end(tid);
  if (isThread) return skipped('thread that ends');
  const status = Number(/(?:^| )status=(\d+)/.exec(info)?.[1] ?? Number.NaN);
  const exit = (status & 127) === 0 && !Number.isNaN(status) ? (status >> 8) & 255 : undefined;
  return decoded(compact({ ...base, op: 'exit' as const, exit }));
}
