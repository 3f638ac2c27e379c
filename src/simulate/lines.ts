/** Lines as the real programs write them. All times are epoch seconds of the writing clock. */
export interface Packet {
  readonly proto: 'tcp' | 'udp';
  readonly src: string;
  readonly sport: number;
  readonly dst: string;
  readonly dport: number;
}

export interface Exec {
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  readonly argv: readonly string[];
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const PROTOCOL = { tcp: 6, udp: 17 } as const;

/** 2026-11-23T17:19:11.462529, without a zone. */
export function iso(t: number): string {
  const us = Math.round(t * 1e6);
  const micro = String(us % 1_000_000).padStart(6, '0');
  return `${new Date(Math.floor(us / 1_000_000) * 1000).toISOString().slice(0, 19)}.${micro}`;
}

function syslogTime(t: number): string {
  const stamp = iso(t);
  const day = String(Number(stamp.slice(8, 10))).padStart(2, ' ');
  return `${MONTHS[Number(stamp.slice(5, 7)) - 1]} ${day} ${stamp.slice(11, 19)}`;
}

const hexOf = (text: string): string => Buffer.from(text, 'utf8').toString('hex').toUpperCase();

export function ulogd(t: number, prefix: string, p: Packet, seq: number): string {
  const us = Math.round(t * 1e6);
  return JSON.stringify({
    timestamp: iso(t),
    dvc: 'edge-fw',
    'oob.prefix': `${prefix} `,
    'oob.time.sec': Math.floor(us / 1e6),
    'oob.time.usec': us % 1_000_000,
    'oob.hook': 2,
    'oob.family': 2,
    'oob.protocol': 2048,
    'ip.protocol': PROTOCOL[p.proto],
    'ip.ttl': 62,
    'ip.totlen': 60,
    'ip.id': seq & 0xffff,
    src_port: p.sport,
    dest_port: p.dport,
    ...(p.proto === 'tcp' ? { 'tcp.seq': seq, 'tcp.ackseq': 0, 'tcp.syn': 1, 'tcp.ack': 0, 'tcp.rst': 0 } : {}),
    'oob.in': 'inbr',
    'oob.out': 'outbr',
    src_ip: p.src,
    dest_ip: p.dst,
  });
}

export function kernelLog(t: number, prefix: string, p: Packet, id: number): string {
  const transport = `PROTO=${p.proto.toUpperCase()} SPT=${p.sport} DPT=${p.dport}`;
  const tail = p.proto === 'tcp' ? 'WINDOW=64240 RES=0x00 SYN URGP=0 ' : 'LEN=40 ';
  return `${iso(t).replace('.', ',')}+00:00 ${prefix} IN=inbr OUT=outbr SRC=${p.src} DST=${p.dst} LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=${id & 0xffff} DF ${transport} ${tail}`;
}

export function eve(t: number, p: Packet, more: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    timestamp: `${iso(t)}+0000`,
    flow_id: Math.round(t * 1000) * 64 + (p.sport & 63),
    in_iface: 'inbr',
    ...more,
    src_ip: p.src,
    src_port: p.sport,
    dest_ip: p.dst,
    dest_port: p.dport,
    proto: p.proto.toUpperCase(),
  });
}

/** `conntrack -E -o timestamp,id`: the original direction and the reply the translation expects. */
export function conntrack(t: number, p: Packet, nat: { ip: string; port: number }, id: number, state: string): string {
  const kind = state === 'SYN_SENT' || state === '' ? '[NEW]' : '[UPDATE]';
  const wait = p.proto === 'tcp' ? `120 ${state}` : '30';
  const reply = `src=${p.dst} dst=${nat.ip} sport=${p.dport} dport=${nat.port}`;
  const unreplied = kind === '[NEW]' ? '[UNREPLIED] ' : '';
  return `[${t.toFixed(6)}]\t${kind.padStart(9)} ${p.proto.padEnd(8)} ${PROTOCOL[p.proto]} ${wait} src=${p.src} dst=${p.dst} sport=${p.sport} dport=${p.dport} ${unreplied}${reply} id=${id}`;
}

function auditHead(t: number, serial: number): string {
  return `msg=audit(${t.toFixed(3)}:${serial}):`;
}

function auditSyscall(head: string, number: number, who: Exec): string {
  const exe = who.argv[0] ?? 'sh';
  const ids = ['uid', 'gid', 'euid', 'suid', 'fsuid', 'egid', 'sgid', 'fsgid'].map((name) => `${name}=${who.uid}`);
  const name = exe.slice(exe.lastIndexOf('/') + 1);
  return `type=SYSCALL ${head} arch=c000003e syscall=${number} success=yes exit=0 a0=3 a1=7ffc0 a2=10 a3=0 items=0 ppid=${who.ppid} pid=${who.pid} auid=4294967295 ${ids.join(' ')} tty=(none) ses=4294967295 comm="${name}" exe="/usr/bin/${name}" key="${number === 59 ? 'exec' : 'net'}"`;
}

export function auditExec(t: number, serial: number, who: Exec): string {
  const head = auditHead(t, serial);
  const args = who.argv.map((arg, i) => (/^[\w./:@=+,-]+$/.test(arg) ? `a${i}="${arg}"` : `a${i}=${hexOf(arg)}`));
  return [
    auditSyscall(head, 59, who),
    `type=EXECVE ${head} argc=${args.length} ${args.join(' ')}`,
    `type=CWD ${head} cwd="/home/agent"`,
    `type=PROCTITLE ${head} proctitle=${hexOf(who.argv.join('\0'))}`,
  ].join('\n');
}

export function auditConnect(t: number, serial: number, who: Exec, ip: string, port: number): string {
  const head = auditHead(t, serial);
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
  const address = ip.split('.').map((part) => hex(Number(part), 2));
  return [
    auditSyscall(head, 42, who),
    `type=SOCKADDR ${head} saddr=0200${hex(port, 4)}${address.join('')}0000000000000000`,
    `type=PROCTITLE ${head} proctitle=${hexOf(who.argv.join('\0'))}`,
  ].join('\n');
}

export function ssSnapshot(t: number, sandbox: string, p: Packet, who: Exec): string {
  const state = p.proto === 'tcp' ? 'SYN-SENT' : 'ESTAB';
  return `# ${iso(t)}Z ${sandbox}\n${p.proto} ${state} 0      1      ${p.src}:${p.sport} ${p.dst}:${p.dport} users:(("${who.argv[0] ?? ''}",pid=${who.pid},fd=5))`;
}

export function dnsmasq(t: number, serial: number, client: string, port: number, name: string): string {
  return `${syslogTime(t)} dnsmasq[3001]: ${serial} ${client}/${port} query[A] ${name} from ${client}`;
}

export function forwarded(t: number, serial: number, client: string, port: number, name: string): string {
  return `${syslogTime(t)} dnsmasq[3001]: ${serial} ${client}/${port} forwarded ${name} to 10.77.0.53`;
}

export function squid(t: number, client: string, verdict: string, method: string, url: string): string {
  return `${t.toFixed(3).padStart(14)}     12 ${client} ${verdict} 764 ${method} ${url} - HIER_NONE/- text/html`;
}

export function vpcFlow(start: number, end: number, p: Packet, packets: number): string {
  return `2 123456789012 eni-0a1b2c3d4e5f60718 ${p.src} ${p.dst} ${p.sport} ${p.dport} ${PROTOCOL[p.proto]} ${packets} ${packets * 60} ${Math.floor(start)} ${Math.ceil(end)} REJECT OK`;
}

/** One exported batch with the `invoke_agent` span of an episode, OTel GenAI. */
export function agentSpan(
  host: string,
  episode: { readonly id: string; readonly envId: string; readonly sandbox: { readonly id: string } },
  read: { readonly start: number; readonly end: number },
): string {
  const text = (key: string, value: string): object => ({ key, value: { stringValue: value } });
  const nanos = (t: number): string => `${Math.round(t * 1e6)}000`;
  const span = {
    traceId: Buffer.from(episode.id.padEnd(16, '-').slice(0, 16), 'utf8').toString('hex'),
    spanId: Buffer.from(episode.id.slice(-8), 'utf8').toString('hex'),
    name: 'invoke_agent swe-agent',
    kind: 1,
    startTimeUnixNano: nanos(read.start),
    endTimeUnixNano: nanos(read.end),
    attributes: [
      text('gen_ai.operation.name', 'invoke_agent'),
      text('gen_ai.conversation.id', episode.id),
      text('rl.env_id', episode.envId),
      text('rock.sandbox.id', episode.sandbox.id),
    ],
  };
  const resource = { attributes: [text('service.name', 'rollout-worker'), text('host.name', host)] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'rollout' }, spans: [span] }] }] });
}

/** Antrea's audit log of network policies: it names the pod. */
export function antrea(t: number, p: Packet, pod: string): string {
  const stamp = `${iso(t).slice(0, 10).replaceAll('-', '/')} ${iso(t).slice(11)}`;
  return `${stamp} AntreaPolicyEgressRule AntreaNetworkPolicy:rollouts/deny-world DropWorld Egress Drop 14490 rollouts/${pod} ${p.src} ${p.sport} ${p.dst} ${p.dport} ${p.proto.toUpperCase()} 60 egress-label`;
}
