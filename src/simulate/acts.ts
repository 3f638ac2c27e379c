import type { Task } from './curriculum.ts';
import * as lines from './lines.ts';
import type { Host, Sandbox, Truth, World } from './world.ts';

export interface Episode {
  readonly id: string;
  readonly task: Task;
  readonly sandbox: Sandbox;
  readonly start: number;
  readonly end: number;
  /** False when the trace was lost: the lease stands, the calls do not. */
  readonly traced: boolean;
}

export interface Call {
  readonly id: string;
  readonly episode: Episode;
  readonly shell: lines.Exec;
  readonly start: number;
  readonly end: number;
}

/** Who opened a flow, and where it comes from. */
export interface Actor {
  readonly host: Host;
  readonly ip: string;
  readonly who: lines.Exec;
  readonly sandbox?: Sandbox;
}

export interface Flow {
  readonly proto?: 'tcp' | 'udp';
  readonly dst: string;
  readonly port: number;
  /** Loses the host's records of this flow. */
  readonly unseen?: boolean;
}

const utc = (t: number): string => `${lines.iso(t).slice(0, 23)}Z`;

export function newPid(host: Host, world: World): number {
  host.nextPid += world.random.between(1, 5);
  return host.nextPid;
}

/** An episode holds its sandbox until `seconds` later; the lease is the orchestrator's record of it. */
export function episode(
  world: World,
  sandbox: Sandbox,
  t: number,
  seconds: number,
  task: Task,
  traced = true,
): Episode {
  const start = Math.max(t, sandbox.freeAt);
  const made = { id: `traj-${world.random.hex(10)}`, task, sandbox, start, end: start + seconds, traced };
  sandbox.freeAt = made.end + 0.5;
  world.write('leases.jsonl', 'orchestrator', made.start, (read) =>
    JSON.stringify({
      sandbox_id: sandbox.id,
      server: sandbox.host.name,
      ip: sandbox.ip,
      uid: sandbox.uid,
      envd_pid: sandbox.envdPid,
      episode_id: made.id,
      env_id: task.envId,
      start: utc(read),
      end: utc(read + seconds),
    }),
  );
  if (traced)
    world.write('traces-otlp.jsonl', sandbox.host.name, made.end, (read) =>
      lines.agentSpan(sandbox.host.name, { ...made, envId: task.envId }, { start: read - seconds, end: read }),
    );
  consumed(world, made);
  return made;
}

/** The trainer's row of a rollout that it used; like the traces, it is gone where `traced` is false. */
function consumed(world: World, { id, task, sandbox, end, traced }: Episode): void {
  const { envId, step, reward } = task;
  if (traced)
    world.write('rollouts.jsonl', 'trainer', end + 20, () =>
      JSON.stringify({ run_id: 'night', episode_id: id, env_id: envId, global_step: step, reward }),
    );
  world.tell({ episode_id: id, sandbox_id: sandbox.id, group: envId, step, reward, traced });
}

/** A tool call: its trace, and on a watched host the shell that ran it. */
export function call(world: World, of: Episode, after: number, seconds: number, command: string): Call {
  const { sandbox } = of;
  const start = of.start + after;
  const pid = newPid(sandbox.host, world);
  const shell = { pid, ppid: sandbox.envdPid, uid: sandbox.uid, argv: ['bash', '-c', command] };
  const made = { id: `call_${world.random.hex(12)}`, episode: of, shell, start, end: start + seconds };
  if (of.traced)
    world.write('tool_calls.jsonl', sandbox.host.name, made.start, (read) =>
      JSON.stringify({
        episode_id: of.id,
        env_id: of.task.envId,
        sandbox_id: sandbox.id,
        tool: 'bash',
        tool_call_id: made.id,
        command,
        start: utc(read),
        end: utc(read + seconds),
      }),
    );
  exec(world, sandbox.host, start + 0.02, shell);
  return made;
}

export function exec(world: World, host: Host, t: number, who: lines.Exec): void {
  if (!host.telemetry) return;
  const serial = host.serial++;
  world.write(`${host.name}-audit.log`, host.name, t, (read) => lines.auditExec(read, serial, who));
}

/** A child of `parent`; `ppid` 1 when it was orphaned before its exec. */
export function child(world: World, from: Call, t: number, argv: readonly string[], ppid = from.shell.pid): Actor {
  const { sandbox } = from.episode;
  const who = { pid: newPid(sandbox.host, world), ppid, uid: sandbox.uid, argv };
  exec(world, sandbox.host, t, who);
  return { host: sandbox.host, ip: sandbox.ip, who, sandbox };
}

export interface Sent {
  /** As the actor's own machine saw it. */
  readonly inner: lines.Packet;
  /** After the machine's source address translation. */
  readonly packet: lines.Packet;
}

/** The connection attempt, in the records of the machine it started on. */
export function send(world: World, t: number, actor: Actor, flow: Flow): Sent {
  const { random } = world;
  const { host, who, sandbox, ip } = actor;
  const proto = flow.proto ?? 'tcp';
  const inner = { proto, src: ip, sport: random.between(32_768, 60_999), dst: flow.dst, dport: flow.port };
  const port = sandbox === undefined ? inner.sport : random.between(1024, 65_535);
  const packet = { ...inner, src: host.lanIp, sport: port };
  if (!host.telemetry || flow.unseen === true) return { inner, packet };
  const serial = host.serial++;
  const id = random.between(1, 4_000_000_000);
  world.write(`${host.name}-audit.log`, host.name, t, (read) =>
    lines.auditConnect(read, serial, who, flow.dst, flow.port),
  );
  const state = proto === 'tcp' ? 'SYN_SENT' : '';
  world.write(`${host.name}-conntrack.log`, host.name, t + 0.0003, (read) =>
    lines.conntrack(read, inner, { ip: host.lanIp, port }, id, state),
  );
  if (host.name.endsWith('2') && sandbox !== undefined)
    world.write(`${host.name}-ss.log`, host.name, t + 0.2, (read) => lines.ssSnapshot(read, sandbox.id, inner, who));
  return { inner, packet };
}

/** The firewall's refusal, in the packet log and in the kernel log: one packet, two records. */
export function denied(world: World, t: number, { packet }: Sent, prefix: string, truth: Truth): void {
  const seq = world.random.between(1, 4_294_967_295);
  world.write('fw-ulogd.json', 'edge-fw', t + 0.001, (read) => lines.ulogd(read, prefix, packet, seq), truth);
  world.write('fw-kernel.log', 'edge-fw', t + 0.001, (read) => lines.kernelLog(read, prefix, packet, seq), truth);
}

/** An IDS alert on a flow that passed. */
export function alerted(world: World, t: number, { packet }: Sent, signature: string, truth: Truth): void {
  const alert = { action: 'allowed', gid: 1, signature_id: 9_000_004, rev: 1, signature, category: '', severity: 1 };
  world.write(
    'ids-eve.json',
    'edge-fw',
    t + 0.002,
    (read) => lines.eve(read, packet, { event_type: 'alert', alert }),
    truth,
  );
}

/** The second translation, at the edge: what the outside sees. */
export function behindEdge(world: World, t: number, { packet }: Sent): lines.Packet {
  const port = world.random.between(1024, 65_535);
  const id = world.random.between(1, 4_000_000_000);
  world.write('fw-conntrack.log', 'edge-fw', t + 0.0006, (read) =>
    lines.conntrack(read, packet, { ip: '198.51.100.1', port }, id, 'SYN_SENT'),
  );
  return { ...packet, src: '198.51.100.1', sport: port };
}

/** A name lookup through the machine's forwarder and the internal server; `truth` where asking is the violation. */
export function lookup(world: World, t: number, actor: Actor, name: string, truth?: Truth): void {
  const { host } = actor;
  const port = world.random.between(32_768, 60_999);
  const upstream = world.random.between(1024, 65_535);
  const serial = world.random.between(1, 9999);
  if (host.telemetry) {
    const log = `${host.name}-dnsmasq.log`;
    world.write(log, host.name, t, (read) => lines.dnsmasq(read, serial, actor.ip, port, name), truth);
    world.write(log, host.name, t + 0.0001, (read) => lines.forwarded(read, serial, actor.ip, port, name));
  }
  world.write(
    'ns1-dnsmasq.log',
    'ns1',
    t + 0.002,
    (read) => lines.dnsmasq(read, serial, host.lanIp, upstream, name),
    truth,
  );
}
