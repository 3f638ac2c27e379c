import { LifeLook } from '../../core/looks/life.ts';
import { emptyTraffic, plainPid, plainPort } from '../../core/looks/look.ts';
import { Shapes } from '../../core/looks/shapes.ts';
import { isPlainContainer, withoutEngine } from '../../core/network/container-id.ts';
import { parseIso } from '../../core/time/time.ts';
import type { Glance, Look } from '../../model/format.ts';
import type { Template } from '../../model/template.ts';
import { isStop } from './sockets.ts';

const RECORDS = ['process_exec', 'process_exit'] as const;
const POD_CONTAINER = ['process', 'pod', 'container', 'id'] as const;
/** Behind the key, at 1 and 2 the host and the stamp, at 3 to 6 the pids, at 7 to 10 the containers, at 11 to 14 the call. */
const VALUES = [
  ['node_name'],
  ['time'],
  ...RECORDS.flatMap((name) => [[name, 'process', 'pid'] as const, [name, 'parent', 'pid'] as const]),
  ...RECORDS.flatMap((name) => [[name, ...POD_CONTAINER] as const, [name, 'process', 'docker'] as const]),
  ['process_kprobe', 'function_name'],
  ['process_kprobe', 'args'],
  ['process_kprobe', 'action'],
  ['process_kprobe', 'return_action'],
] as const;
const USES = [
  'whose',
  'second',
  ...RECORDS.flatMap(() => ['pid', 'parent'] as const),
  ...RECORDS.flatMap(() => ['whose', 'whose'] as const),
] as const;
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
    if (cut[11] !== '') {
      const isLet = !isStop(cut[13]) && !isStop(cut[14]);
      const isConnection = cut[11] === 'tcp_connect' && isLet && parseIso(stamp) !== undefined;
      return isConnection ? connection(cut[12] ?? '', traffic) : undefined;
    }
    const containerId = withoutEngine(cut[7] || cut[9] || '') || cut[8] || cut[10] || undefined;
    if (containerId !== undefined && !isPlainContainer(containerId)) return undefined;
    const ids = { host, pid: plainPid(cut[3] || cut[5] || ''), ppid: plainPid(cut[4] || cut[6] || ''), containerId };
    if (ids.pid <= 0 || ids.ppid <= 0) return undefined;
    return life.of(stamp, ids);
  };
  const templateOf = (line: string): Template | undefined => {
    const cut = shapes.cut(line, line.slice(2, 14)) ?? [];
    const [execPid = '', exitPid = '', call = ''] = [cut[3], cut[5], cut[11]];
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
