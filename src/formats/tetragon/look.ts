import { LifeLook } from '../../core/life.ts';
import { emptyTraffic, numberAt, upTo, valueAfter } from '../../core/look.ts';
import { parseIso } from '../../core/time.ts';
import type { Glance, Look } from '../../model/format.ts';

/** Functions whose record says nothing but that a process opened a connection. */
const CONNECT = '"function_name":"tcp_connect"';

/** Looks at execs, exits and connections as Tetragon's exporter writes them. */
export function lookAtTetragon(): Look {
  const life = new LifeLook((line) => parseIso(timeText(line))?.at);
  const traffic = emptyTraffic();
  return (line): Glance | undefined => {
    if (!line.endsWith('}')) return undefined;
    if (line.startsWith('{"process_exec":{"process":{') || line.startsWith('{"process_exit":{"process":{')) {
      const pid = line.indexOf('"pid":');
      const parent = line.indexOf('"parent":{', pid);
      const parentPid = line.indexOf('"pid":', parent);
      const node = valueAfter(line, '"node_name":"', parent);
      if (pid < 0 || parent < 0 || parentPid < 0 || node === undefined) return undefined;
      const ids = { host: node, pid: numberAt(line, pid + 6), ppid: numberAt(line, parentPid + 6) };
      return life.of(line, ids);
    }
    if (!line.startsWith('{"process_kprobe":{')) return undefined;
    const name = line.indexOf(CONNECT);
    const sock = line.indexOf('"sock_arg":{', name);
    const daddr = line.indexOf('"daddr":"', sock);
    const sport = line.indexOf('"sport":', daddr);
    const dport = line.indexOf('"dport":', sport);
    if (name < 0 || sock < 0 || daddr < 0 || sport < 0 || dport < 0) return undefined;
    traffic.key = line.slice(daddr, sport) + numberAt(line, dport + 8);
    traffic.port = numberAt(line, sport + 8);
    return traffic;
  };
}

/** The record's own time stands last; that of its process stands before. */
function timeText(line: string): string {
  const at = line.lastIndexOf('"time":"');
  return at < 0 ? '' : upTo(line, at + 8, '"');
}
