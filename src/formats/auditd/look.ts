import { LifeLook } from '../../core/life.ts';
import { upTo, wholeNumberAt } from '../../core/look.ts';
import { parseEpoch } from '../../core/time.ts';
import { forgetOldest } from '../../core/tool-call.ts';
import type { Glance, Look } from '../../model/format.ts';

/** execve, execveat, clone, fork, vfork, clone3, exit_group: x86-64 and, of arm64, those that do not mean another call there. */
const LIVES = / arch=c000003e syscall=(?:59|322|56|57|58|435|231) | arch=c00000b7 syscall=(?:221|281|220|435|94) /;
/** connect, accept, accept4, bind, sendto, sendmsg, getpeername. */
const SOCKETS =
  / arch=c000003e syscall=(?:42|43|288|49|44|46|52) | arch=c00000b7 syscall=(?:203|202|242|200|206|211|205) /;
/** Records of one event may lie apart. */
const OPEN_EVENTS = 64;

type Seen = 'socket' | { readonly host: string | undefined; readonly pid: number; readonly ppid: number };

/** Looks at the events in which a process begins, ends or uses a socket: all records of one event are answered alike. */
export function lookAtAudit(): Look {
  const life = new LifeLook((line) => parseEpoch(upTo(line, line.indexOf('audit(') + 6, ':'))?.at);
  const open = new Map<string, Seen>();
  return (line): Glance | undefined => {
    const at = line.indexOf('audit(');
    if (at < 0) return undefined;
    const host = line.startsWith('node=') ? upTo(line, 5, ' ') : undefined;
    const event = `${host ?? ''} ${upTo(line, at + 6, ')')}`;
    if (line.indexOf('type=SYSCALL ') >= 0) {
      const seen = seenIn(line, host);
      if (seen === undefined) return undefined;
      open.set(event, seen);
      forgetOldest(open, OPEN_EVENTS);
    }
    const known = open.get(event);
    if (known === undefined) return undefined;
    return known === 'socket' ? { kind: 'socket' } : life.of(line, known);
  };
}

function seenIn(line: string, host: string | undefined): Seen | undefined {
  if (SOCKETS.test(line)) return 'socket';
  if (!LIVES.test(line)) return undefined;
  const ppid = line.indexOf(' ppid=');
  const pid = line.indexOf(' pid=', ppid);
  if (ppid < 0 || pid < 0) return undefined;
  const ids = { host, pid: wholeNumberAt(line, pid + 5), ppid: wholeNumberAt(line, ppid + 6) };
  return ids.pid < 0 || ids.ppid < 0 ? undefined : ids;
}
