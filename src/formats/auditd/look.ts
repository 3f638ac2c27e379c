import { LifeLook } from '../../core/life.ts';
import { numberAt, upTo } from '../../core/look.ts';
import { parseEpoch } from '../../core/time.ts';
import type { Glance, Look } from '../../model/format.ts';

/** execve, execveat, clone, fork, vfork, clone3, exit_group: x86-64 and, of arm64, those that do not mean another call there. */
const LIVES = / arch=c000003e syscall=(?:59|322|56|57|58|435|231) | arch=c00000b7 syscall=(?:221|281|220|435|94) /;
/** Records of one event may lie apart. */
const OPEN_EVENTS = 64;

/** Looks at the events in which a process begins or ends: all records of one event are answered alike. */
export function lookAtAudit(): Look {
  const life = new LifeLook((line) => parseEpoch(upTo(line, line.indexOf('audit(') + 6, ':'))?.at);
  const open = new Map<string, { host: string | undefined; pid: number; ppid: number }>();
  return (line): Glance | undefined => {
    const at = line.indexOf('audit(');
    if (at < 0) return undefined;
    const host = line.startsWith('node=') ? upTo(line, 5, ' ') : undefined;
    const event = `${host ?? ''} ${upTo(line, at + 6, ')')}`;
    if (line.indexOf('type=SYSCALL ') >= 0 && LIVES.test(line)) {
      const ppid = line.indexOf(' ppid=');
      const pid = line.indexOf(' pid=', ppid);
      if (ppid < 0 || pid < 0) return undefined;
      open.set(event, { host, pid: numberAt(line, pid + 5), ppid: numberAt(line, ppid + 6) });
      for (const oldest of open.size > OPEN_EVENTS ? open.keys() : []) {
        open.delete(oldest);
        break;
      }
    }
    const known = open.get(event);
    return known === undefined ? undefined : life.of(line, known);
  };
}
