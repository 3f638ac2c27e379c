// One record of each kind of log, in the format's own grammar. All addresses are private or for documentation.
import { ale } from './ale.mjs';
import { iso } from './time.mjs';

const SITES = [
  'mirror.pkgs.example',
  'pypi.example',
  'git.example',
  'registry.example',
  'cdn.example',
  'api.example',
  'hub.example',
  'ntp.example',
];
const GOOD = Array.from({ length: 64 }, (_, i) => `192.0.2.${i + 1}`);
const BAD = Array.from({ length: 12 }, (_, i) => `203.0.113.${i + 1}`);
const pick = (list, random) => list[Math.floor(random() * list.length)];
const port = (random) => 32768 + Math.floor(random() * 28000);
const audit = (us) => `${Math.floor(us / 1e6)}.${String(Math.floor((us % 1e6) / 1e3)).padStart(3, '0')}`;
const eveTime = (us) => iso(us).replace('Z', '+0000');
const filler = (n) => Array.from({ length: 10 }, (_, i) => ((n * 2654435761 + i * 40503) >>> 0).toString(16)).join('');

/** Suricata EVE as a busy sensor writes it: flows, dns, tls, http and a few alerts. */
function eve({ n, at, sandbox, alert, random }) {
  const src = `"src_ip":"${sandbox.ip}","src_port":${port(random)}`;
  const head = `{"timestamp":"${eveTime(at)}","flow_id":${1e15 + n},"in_iface":"inbr"`;
  if (alert)
    return `${head},"event_type":"alert",${src},"dest_ip":"${pick(BAD, random)}","dest_port":3333,"proto":"TCP","pkt_src":"wire/pcap","alert":{"action":"allowed","gid":1,"signature_id":9000002,"rev":1,"signature":"POLICY Stratum mining subscribe","category":"Crypto Currency Mining Activity Detected","severity":2},"app_proto":"failed","direction":"to_server","flow":{"pkts_toserver":4,"pkts_toclient":3,"bytes_toserver":512,"bytes_toclient":198,"start":"${eveTime(at - 40000)}"},"payload":"${filler(n)}${filler(n + 1)}"}`;
  const roll = random();
  const dst = `"dest_ip":"${pick(GOOD, random)}"`;
  if (roll < 0.55)
    return `${head},"event_type":"flow",${src},${dst},"dest_port":443,"proto":"TCP","app_proto":"tls","flow":{"pkts_toserver":${n % 90},"pkts_toclient":${n % 80},"bytes_toserver":${n % 9000},"bytes_toclient":${n % 900000},"start":"${eveTime(at - 9e6)}","end":"${eveTime(at - 1e5)}","age":9,"state":"closed","reason":"timeout","alerted":false},"tcp":{"tcp_flags":"1b","tcp_flags_ts":"1b","tcp_flags_tc":"1b","syn":true,"fin":true,"psh":true,"ack":true,"state":"closed","ts_max_regions":1,"tc_max_regions":1},"community_id":"1:${filler(n).slice(0, 27)}="}`;
  if (roll < 0.75)
    return `${head},"event_type":"dns",${src},"dest_ip":"10.77.0.53","dest_port":53,"proto":"UDP","dns":{"version":2,"type":"${roll < 0.65 ? 'query' : 'answer'}","id":${n % 65536},"rrname":"${pick(SITES, random)}","rrtype":"A","tx_id":0,"opcode":0},"community_id":"1:${filler(n).slice(0, 27)}="}`;
  if (roll < 0.9)
    return `${head},"event_type":"tls",${src},${dst},"dest_port":443,"proto":"TCP","tls":{"subject":"CN=${pick(SITES, random)}","issuerdn":"CN=Example CA","serial":"0A:${n % 99}","fingerprint":"${filler(n).slice(0, 40)}","sni":"${pick(SITES, random)}","version":"TLS 1.3","notbefore":"2026-01-01T00:00:00","notafter":"2027-01-01T00:00:00","ja3":{"hash":"${filler(n).slice(0, 32)}","string":"771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53"},"ja3s":{"hash":"${filler(n + 1).slice(0, 32)}","string":"771,4865,51-43"}}}`;
  return `${head},"event_type":"http",${src},${dst},"dest_port":80,"proto":"TCP","tx_id":0,"http":{"hostname":"${pick(SITES, random)}","url":"/simple/${n % 1000}/index.html","http_user_agent":"pip/24.0","http_content_type":"text/html","http_method":"GET","protocol":"HTTP/1.1","status":200,"length":${n % 9000}}}`;
}

function conntrack({ n, at, sandbox, random }) {
  const time = `${Math.floor(at / 1e6)}.${String(Math.floor(at % 1e6)).padStart(6, '0')}`;
  const p = port(random);
  const dst = pick(GOOD, random);
  const lan = `10.70.0.${10 + Number(sandbox.host.slice(-1))}`;
  const phase = ['[NEW]', '[UPDATE]', '[DESTROY]'][n % 3];
  const state = phase === '[NEW]' ? '120 SYN_SENT ' : phase === '[UPDATE]' ? '60 SYN_RECV ' : '';
  const unreplied = phase === '[NEW]' ? '[UNREPLIED] ' : '';
  return `[${time}]\t${phase.padStart(9)} tcp      6 ${state}src=${sandbox.ip} dst=${dst} sport=${p} dport=443 ${unreplied}src=${dst} dst=${lan} sport=443 dport=${p} id=${(n * 2654435761) >>> 0}`;
}

function netfilter({ n, at, sandbox, alert, random }) {
  const date = new Date(at / 1000).toISOString();
  const dst = alert ? pick(BAD, random) : pick(GOOD, random);
  const prefix = alert ? 'EGRESS-DENY ' : 'FWD-ACCEPT ';
  return `${date.slice(0, 19)}.${String(Math.floor(at % 1e6)).padStart(6, '0')}+00:00 edge-fw kernel: [${(at / 1e6 - 1.79e9).toFixed(6)}] ${prefix}IN=inbr OUT=wan MAC=02:42:0a:42:00:01:02:42:0a:42:00:02:08:00 SRC=${sandbox.ip} DST=${dst} LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=${n % 65536} DF PROTO=TCP SPT=${port(random)} DPT=${alert ? 3333 : 443} SEQ=${spread(n)} ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0`;
}

/** Tetragon's export: execs and exits, and connects of the sandbox's processes. */
function tetragon({ n, at, sandbox, random }) {
  const pid = 30000 + (n % 20000);
  const own = `"exec_id":"${Buffer.from(`${sandbox.host}:${at}:${pid}`).toString('base64')}","pid":${pid},"uid":${sandbox.pid},"cwd":"/repo","binary":"/usr/bin/python3","arguments":"/repo/run_${n % 300}.py --seed ${n % 300}","flags":"execve clone","start_time":"${iso(at)}","auid":4294967295,"docker":"${sandbox.id.padEnd(15, '0')}"`;
  const parent = `"parent":{"exec_id":"${Buffer.from(`${sandbox.host}:1:${sandbox.pid}`).toString('base64')}","pid":${sandbox.pid},"uid":0,"cwd":"/","binary":"/usr/bin/envd","flags":"procFS auid","start_time":"2026-11-23T19:00:00.000000000Z"}`;
  const tail = `"node_name":"${sandbox.host}","time":"${iso(at)}"`;
  if (random() < 0.01)
    return `{"process_kprobe":{"process":{${own}},${parent},"function_name":"tcp_connect","args":[{"sock_arg":{"family":"AF_INET","type":"SOCK_STREAM","protocol":"IPPROTO_TCP","saddr":"${sandbox.ip}","daddr":"${pick(BAD, random)}","sport":${port(random)},"dport":3333}}],"action":"KPROBE_ACTION_POST","policy_name":"connect"},${tail}}`;
  if (n % 2 === 0) return `{"process_exec":{"process":{${own}},${parent}},${tail}}`;
  return `{"process_exit":{"process":{${own}},${parent},"status":0},${tail}}`;
}

function auditd({ n, at, sandbox, random }) {
  const stamp = `${audit(at)}:${1000 + n}`;
  const pid = 30000 + (n % 20000);
  const common = `ppid=${sandbox.pid} pid=${pid} auid=4294967295 uid=${sandbox.pid} gid=20003 euid=20003 suid=20003 fsuid=20003 egid=20003 sgid=20003 fsgid=20003 tty=(none) ses=4294967295 comm="python3" exe="/usr/bin/python3.12"`;
  if (n % 4 === 0) {
    const [a, b, c, d] = pick(GOOD, random).split('.').map(Number);
    const hex = [a, b, c, d]
      .map((x) => x.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase();
    return `type=SYSCALL msg=audit(${stamp}): arch=c000003e syscall=42 success=no exit=-115 a0=3 a1=7ffc a2=10 a3=0 items=0 ${common} key="rock_net"\ntype=SOCKADDR msg=audit(${stamp}): saddr=020001BB${hex}0000000000000000\ntype=PROCTITLE msg=audit(${stamp}): proctitle=707974686F6E33002F7265706F2F72756E2E7079`;
  }
  return `type=SYSCALL msg=audit(${stamp}): arch=c000003e syscall=59 success=yes exit=0 a0=7f98 a1=7f98 a2=7f98 a3=7f98 items=2 ${common} key="rock_exec"\ntype=EXECVE msg=audit(${stamp}): argc=3 a0="python3" a1="/repo/run_${n % 300}.py" a2="--seed"\ntype=CWD msg=audit(${stamp}): cwd="/repo"\ntype=PATH msg=audit(${stamp}): item=0 name="/usr/bin/python3" inode=260104 dev=fe:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0\ntype=PROCTITLE msg=audit(${stamp}): proctitle=707974686F6E33002F7265706F2F72756E2E7079`;
}

function falco({ n, at, sandbox, random }) {
  return `{"hostname":"${sandbox.host}","output":"${iso(at)}: Notice Unexpected connection","priority":"Informational","rule":"Outbound connection","source":"syscall","tags":["network"],"time":"${iso(at)}","output_fields":{"container.id":"${sandbox.id.padEnd(12, '0')}","evt.time":${Math.floor(at / 1e3) * 1e6},"evt.type":"connect","fd.name":"${sandbox.ip}:${port(random)}->${pick(GOOD, random)}:443","fd.sip":"${pick(GOOD, random)}","fd.sport":443,"proc.cmdline":"python3 /repo/run_${n % 300}.py","proc.name":"python3","proc.pid":${30000 + (n % 20000)},"proc.ppid":${sandbox.pid},"user.uid":${sandbox.pid}}}`;
}

function panos({ n, at, sandbox, alert, random }) {
  const d = new Date(at / 1000).toISOString();
  const stamp = `${d.slice(0, 10).replaceAll('-', '/')} ${d.slice(11, 19)}`;
  const dst = alert ? pick(BAD, random) : pick(GOOD, random);
  const [action, rule, dport] = alert ? ['deny', 'egress-deny', 3333] : ['allow', 'egress-allow', 443];
  return `Nov 23 20:00:00 pa-01 1,${stamp},001801000001,TRAFFIC,end,2561,${stamp},${sandbox.ip},${dst},198.51.100.1,${dst},${rule},,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,log-all,${stamp},${n},1,${port(random)},${dport},${port(random)},${dport},0x400053,tcp,${action},9000,4500,4500,30,${stamp},12,any,0,${1e9 + n},0x0,10.0.0.0-10.255.255.255,United States,0,15,15,tcp-fin,0,0,0,0,,pa-01,from-policy,,,0,,0,,N/A,0,0,0,0,${filler(n).slice(0, 36)},0,0,,,,,,,`;
}

function otlp({ n, at, sandbox }) {
  const hex = filler(n).padEnd(48, '0');
  return `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"agent"}},{"key":"host.name","value":{"stringValue":"${sandbox.host}"}}]},"scopeSpans":[{"scope":{"name":"agent"},"spans":[{"traceId":"${hex.slice(0, 32)}","spanId":"${hex.slice(32, 48)}","name":"execute_tool bash","kind":1,"startTimeUnixNano":"${Math.floor(at)}000","endTimeUnixNano":"${Math.floor(at) + 500000}000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},{"key":"gen_ai.tool.name","value":{"stringValue":"bash"}},{"key":"gen_ai.tool.call.id","value":{"stringValue":"otlp_${n}"}},{"key":"gen_ai.conversation.id","value":{"stringValue":"traj-${sandbox.id}-${n % 50}"}},{"key":"gen_ai.tool.call.arguments","value":{"stringValue":"{\\"command\\":\\"ls -la /repo/${n % 100}\\"}"}}]}]}]}]}`;
}

const whole = (file, line, key) => [{ file, line, key, alerts: key !== undefined }];

/** A number for a record that no other record of the log has, spread over 32 bits. */
const spread = (n) => Math.imul(n, 2654435761) >>> 0;

/**
 * Name of the mix -> its logs. Each has the writer of a record, `alerts` where some of its records are violations, and `key`
 * where peers join it: what names record `n` in the log itself, so that answers can be held against the truth. Logs of one
 * mix grow by `share`.
 */
export const mixes = {
  eve: whole('eve.json', eve, (n) => String(1e15 + n)),
  netfilter: whole('edge-fw-kernel.log', netfilter, (n) => String(spread(n))),
  panos: whole('panos.log', panos, (n) => String(1e9 + n)),
  tetragon: whole('tetragon.json', tetragon),
  falco: whole('falco.json', falco),
  auditd: whole('train-01-audit.log', auditd),
  conntrack: whole('train-01-conntrack.log', conntrack),
  otlp: whole('traces-otlp.jsonl', otlp),
  ale,
};
