import { LifeLook } from '../../core/life.ts';
import { emptyTraffic, plainPid, plainPort } from '../../core/look.ts';
import { Shapes } from '../../core/shapes.ts';
import { parseIso } from '../../core/time.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Template } from '../../model/template.ts';

const RECORDS = ['process_exec', 'process_exit'] as const;
/** Behind the key, at 1 and 2 the host and the stamp, at 3 to 6 the pids, at 7 and 8 the call. */
const VALUES = [
  ['node_name'],
  ['time'],
  ...RECORDS.flatMap((name) => [[name, 'process', 'pid'] as const, [name, 'parent', 'pid'] as const]),
  ['process_kprobe', 'function_name'],
  ['process_kprobe', 'args'],
] as const;
const USES = ['whose', 'second', ...RECORDS.flatMap(() => ['pid', 'parent'] as const)] as const;
/** A connection's ends in the order in which the exporter writes them, with nothing else but plain members around. */
const SOCKET =
  /^\[\{"sock_arg":\{(?:"(?!daddr|sport|dport)\w+":"?[^"{}[\],\\]*"?,)*("daddr":"[^"\\]*"),"sport":(\d+),("dport":\d+)(?:,"(?!daddr|sport|dport)\w+":"?[^"{}[\],\\]*"?)*\}\}\]$/;

/** Looks at execs, exits and connections as Tetragon's exporter writes them. */
export function lookAtTetragon(): Look {
  const life = new LifeLook((stamp) => parseIso(stamp)?.at);
  const traffic = emptyTraffic();
  const shapes = new Shapes({ values: VALUES, compared: [] });
  const look = (line: string): Glance | undefined => {
    const cut = shapes.cut(line, line.slice(2, 14));
    if (cut === undefined) return undefined;
    const host = cut[1] ?? '';
    const stamp = cut[2] ?? '';
    if (host === '' || host.includes('\\') || stamp.includes('\\')) return undefined;
    if (cut[7] !== '') {
      const isConnection = cut[7] === 'tcp_connect' && parseIso(stamp) !== undefined;
      return isConnection ? connection(cut[8] ?? '', traffic) : undefined;
    }
    const ids = { host, pid: plainPid(cut[3] || cut[5] || ''), ppid: plainPid(cut[4] || cut[6] || '') };
    if (ids.pid <= 0 || ids.ppid <= 0) return undefined;
    return life.of(stamp, ids);
  };
  const templateOf = (line: string): Template | undefined => {
    const [, , , execPid = '', , exitPid = '', , call = ''] = shapes.cut(line, line.slice(2, 14)) ?? [];
    // A connection's ends stand in a list.
    return call !== '' || (execPid !== '' && exitPid !== '') ? undefined : shapes.template(line, USES);
  };
  return Object.assign(look, { templateOf });
}

/** Records of tcp_connect say nothing but that a process opened a connection. */
function connection(args: string, traffic: ReturnType<typeof emptyTraffic>): Glance | undefined {
  const match = SOCKET.exec(args);
  if (match === null) return undefined;
  traffic.key = `${match[1]}${match[3]}`;
  traffic.port = plainPort(match[2] ?? '');
  return traffic.port < 0 ? undefined : traffic;
}
