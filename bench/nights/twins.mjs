// What a host's sensor tells of the flows that a network sensor raised alerts about: who opened them.
import { iso } from './time.mjs';

const ENDS = /"src_port":(\d+),"dest_ip":"([^"]+)","dest_port":(\d+)/;

/** Tetragon's record of the connection that an alert of Suricata is about: the shell of the call opened it, and began with the first. */
export function connected({ at, sandbox, span, text }) {
  const [, sport, daddr, dport] = ENDS.exec(text);
  const nth = sandbox.spans.indexOf(span);
  const isFirst = span.shell === undefined;
  span.shell ??= { pid: 1000 + ((sandbox.pid * 61 + nth * 67) % 18_000), start: iso(at) };
  const { pid, start } = span.shell;
  const process = `"process":{"exec_id":"${btoa(`${sandbox.host}:${span.call}:${pid}`)}","pid":${pid},"uid":${sandbox.pid},"cwd":"/repo","binary":"/bin/bash","arguments":"-c \\"python3 /repo/run_${nth}.py --seed ${nth}\\"","flags":"execve clone","start_time":"${start}","auid":4294967295,"docker":"${sandbox.id.padEnd(15, '0')}"}`;
  const parent = `"parent":{"exec_id":"${btoa(`${sandbox.host}:1:${sandbox.pid}`)}","pid":${sandbox.pid},"uid":0,"cwd":"/","binary":"/usr/bin/envd","flags":"procFS auid","start_time":"2026-11-23T19:00:00.000000000Z"}`;
  const tail = `"node_name":"${sandbox.host}","time":"${iso(at)}"`;
  const ends = `{"sock_arg":{"family":"AF_INET","type":"SOCK_STREAM","protocol":"IPPROTO_TCP","saddr":"${sandbox.ip}","daddr":"${daddr}","sport":${sport},"dport":${dport}}}`;
  const exec = isFirst ? [`{"process_exec":{${process},${parent}},${tail}}`] : [];
  return [
    ...exec,
    `{"process_kprobe":{${process},${parent},"function_name":"tcp_connect","args":[${ends}],"action":"KPROBE_ACTION_POST","policy_name":"connect"},${tail}}`,
  ];
}
