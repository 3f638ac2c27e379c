import { LifeLook } from '../../core/life.ts';
import { numberAt, upTo, wholeNumberAt } from '../../core/look.ts';
import { parseEpoch } from '../../core/time.ts';
import type { Glance, Look } from '../../model/format.ts';
import { OpenEvents } from './open-events.ts';

/**
 * What stands behind the stamp: execve, execveat, clone, fork, vfork, clone3, exit_group of x86-64, and of arm64 those that do not
 * mean another call there; or, cut out, one of connect, accept, accept4, bind, sendto, sendmsg, getpeername.
 */
const CALL =
  /: arch=(?:c000003e syscall=(?:59|322|56|57|58|435|231|(42|43|288|49|44|46|52))|c00000b7 syscall=(?:221|281|220|435|94|(203|202|242|200|206|211|205))) /y;
interface Ids {
  readonly host: string | undefined;
  readonly pid: number;
  readonly ppid: number;
}

const [LETTER_N, LETTER_S] = [110, 83];

const SOCKET = { kind: 'socket' } as const;

/** Looks at the events in which a process begins, ends or uses a socket: all records of one event are answered alike. */
export function lookAtAudit(): Look {
  const life = new LifeLook((stamp) => parseEpoch(upTo(stamp, 0, ':'))?.at);
  const open = new OpenEvents<Ids | typeof SOCKET>();
  /** `sec.ms:serial)` and `node=host ` of the line before, and what was answered: records of one event mostly stand together. */
  let stamp = '';
  let node = '';
  let answer: Glance | undefined;
  return (line): Glance | undefined => {
    const at = line.indexOf('audit(');
    if (at < 0) return undefined;
    const isCall = isCallAt(line, at);
    if (!isCall && stamp !== '' && line.startsWith(stamp, at + 6) && isOn(line, node)) return answer;
    const close = line.indexOf(')', at);
    if (close < 0) return undefined;
    const host = line.startsWith('node=') ? upTo(line, 5, ' ') : undefined;
    node = host === undefined ? '' : `node=${host} `;
    stamp = line.slice(at + 6, close + 1);
    const serial = numberAt(line, line.indexOf(':', at) + 1);
    const name = `${host ?? ''} ${stamp}`;
    const seen = isCall ? seenIn(line, close + 1, host) : open.get(serial, name);
    if (isCall && seen !== undefined) open.set(serial, name, seen);
    answer = seen !== undefined && 'pid' in seen ? life.of(stamp, seen) : seen;
    return answer;
  };
}

/** Whether the head before `audit(` is that of a call. One letter tells most others. */
function isCallAt(line: string, at: number): boolean {
  if (line.charCodeAt(at - 12) === LETTER_S && line.startsWith('type=SYSCALL msg=', at - 17)) return true;
  return line.charCodeAt(at - 8) === LETTER_S && line.startsWith('type=SYSCALL ', at - 13);
}

/** Whether the line is of that host, `node=` and a blank around its name, or of none. */
function isOn(line: string, node: string): boolean {
  if (node !== '') return line.startsWith(node);
  return line.charCodeAt(0) !== LETTER_N || !line.startsWith('node=');
}

/** `from`: behind the stamp. */
function seenIn(line: string, from: number, host: string | undefined): Ids | typeof SOCKET | undefined {
  CALL.lastIndex = from;
  const call = CALL.exec(line);
  if (call === null) return undefined;
  if (call[1] !== undefined || call[2] !== undefined) return SOCKET;
  const ppid = line.indexOf(' ppid=');
  const pid = line.indexOf(' pid=', ppid);
  if (ppid < 0 || pid < 0) return undefined;
  const ids = { host, pid: wholeNumberAt(line, pid + 5), ppid: wholeNumberAt(line, ppid + 6) };
  return ids.pid < 0 || ids.ppid < 0 ? undefined : ids;
}
