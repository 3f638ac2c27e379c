import type { SourceRef } from './source.ts';
import type { EventTime, Micros } from './time.ts';

/** Fields that every event has. Absent means "the record does not say": never guessed, never null. */
interface EventBase {
  readonly time: EventTime;
  readonly ref: SourceRef;
  /** Id of the format that read the record. */
  readonly format: string;
  /**
   * Names the clock inside the file: the field the stamp came from, and the host where one file mixes hosts.
   * The pipeline prefixes the file; (file, clock) is one clock domain.
   */
  readonly clock: string;
  /** Host that wrote or is described by the record, when the record says so. */
  readonly host?: string;
}

export interface Endpoint {
  readonly ip?: string;
  readonly port?: number;
  /** Lower case, no final dot. */
  readonly domain?: string;
}

export type Action = 'allow' | 'deny' | 'alert' | 'unknown';

interface NatSide {
  readonly srcIp?: string;
  readonly srcPort?: number;
  readonly dstIp?: string;
  readonly dstPort?: number;
}

/** A packet, flow, alert or proxied request seen by a network sensor. */
export interface NetworkEvent extends EventBase {
  readonly kind: 'network';
  readonly type: 'packet' | 'flow' | 'alert' | 'proxy' | 'dns' | 'http' | 'tls' | 'ssh' | 'finding';
  readonly action: Action;
  readonly actionRaw?: string;
  /** Literal order of the record. */
  readonly src: Endpoint;
  readonly dst: Endpoint;
  /** Which side opened the flow, when the record tells. */
  readonly initiator?: 'src' | 'dst';
  /** Lower-case IANA name: tcp, udp, icmp, icmp6, ... */
  readonly transport?: string;
  readonly direction?: 'inbound' | 'outbound' | 'internal';
  /** Addresses after (or, for `inner`, before) translation, where the record holds both sides. */
  readonly nat?: NatSide;
  readonly rule?: { readonly id?: string; readonly name?: string; readonly category?: string };
  /** 0 informational .. 4 critical. */
  readonly severity?: number;
  readonly severityRaw?: string;
  /** How many packets or connections the record stands for; 1 when absent. */
  readonly count?: number;
  /** TCP sequence number of the packet. */
  readonly seq?: number;
  /** The packet asks for a connection: SYN without ACK. */
  readonly isSyn?: true;
  /** IPv4 identification of the packet. */
  readonly ipId?: number;
  readonly icmp?: { readonly type: number; readonly code?: number; readonly id?: number };
  /** Sensor-local flow id as text. */
  readonly flowId?: string;
  readonly communityId?: string;
  readonly inIf?: string;
  readonly outIf?: string;
  readonly zoneIn?: string;
  readonly zoneOut?: string;
  readonly observer?: string;
  /** Owner of the local socket, where the sensor logs it (netfilter UID=, Calico process_*). */
  readonly uid?: number;
  readonly pid?: number;
  readonly ppid?: number;
  readonly comm?: string;
  readonly dns?: {
    readonly name: string;
    readonly type?: string;
    readonly id?: number;
    readonly answers?: readonly string[];
  };
  readonly http?: {
    readonly method?: string;
    readonly url?: string;
    readonly host?: string;
    readonly status?: number;
    readonly userAgent?: string;
  };
  /** The address the proxy really connected to. */
  readonly upstream?: Endpoint;
  /** Explicit sandbox, container or pod identity in the network record. */
  readonly sandboxId?: string;
  readonly containerId?: string;
  readonly srcPod?: string;
  readonly dstPod?: string;
  readonly bytes?: { readonly toDst?: number; readonly toSrc?: number };
  readonly state?: string;
}

/** One address translation: the original tuple and its reply tuple, as conntrack writes them. */
export interface NatEvent extends EventBase {
  readonly kind: 'nat';
  /** `session` covers [time.lo, time.hi]; the others are moments in one entry's life. */
  readonly phase: 'new' | 'update' | 'destroy' | 'session';
  readonly transport: string;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly replySrc: Endpoint;
  readonly replyDst: Endpoint;
  readonly id?: string;
  /** `replyId`: the ICMP id after translation. */
  readonly icmp?: { readonly type: number; readonly code?: number; readonly id?: number; readonly replyId?: number };
  readonly state?: string;
}

/** A line of a DNS server's or forwarder's query log. */
export interface DnsEvent extends EventBase {
  readonly kind: 'dns';
  readonly op: 'query' | 'forward' | 'answer';
  readonly name: string;
  readonly qtype?: string;
  readonly client?: Endpoint;
  /** Server the query was forwarded to, or that answered. */
  readonly upstream?: string;
  readonly answers?: readonly string[];
  /** Query serial inside this log, joins query, forward and answer. */
  readonly serial?: string;
  readonly rcode?: string;
  /** Process that asked, where the sensor sits on the host (Sysmon 22). */
  readonly pid?: number;
  readonly exe?: string;
  readonly comm?: string;
  readonly entityId?: string;
  readonly action?: Action;
  readonly rule?: { readonly id?: string; readonly name?: string };
  readonly transport?: string;
}

export type StartBasis =
  | 'recorded'
  | 'prev-step'
  | 'end-minus-duration'
  | 'model-call-end'
  | 'id-epoch'
  | 'inferred'
  | 'none';
export type EndBasis = 'recorded' | 'batch-end' | 'step-end' | 'next-model-call' | 'inferred' | 'none';

/** One execution of a tool by an agent. OTel GenAI: an `execute_tool` span. */
export interface ToolCallEvent extends EventBase {
  readonly kind: 'tool-call';
  readonly episodeId: string;
  /** Order inside the episode; (episodeId, index) is the key, ids repeat in the wild. */
  readonly index: number;
  readonly callId?: string;
  readonly name: string;
  /** Shell or code text, verbatim. */
  readonly command?: string;
  /** All arguments as JSON text, verbatim (used for argument proof). */
  readonly argumentsText?: string;
  readonly start?: Micros;
  readonly end?: Micros;
  readonly startBasis: StartBasis;
  readonly endBasis: EndBasis;
  /** How far the recorded bounds may be off, microseconds. */
  readonly slack: { readonly earlyUs: number; readonly lateUs: number };
  readonly executed: 'yes' | 'no' | 'unknown';
  readonly status?: 'completed' | 'failed' | 'timeout' | 'cancelled' | 'incomplete';
  readonly exit?: number;
  readonly output?: string;
  readonly background?: {
    readonly handle?: string;
    readonly pid?: number;
    readonly pgid?: number;
    readonly end?: Micros;
  };
  readonly cwd?: string;
  readonly agentPath?: readonly string[];
  readonly sandboxId?: string;
  readonly containerId?: string;
  readonly pid?: number;
  readonly step?: number;
  /** Finer evidence: sandbox-level execs inside the call. */
  readonly execs?: readonly { readonly command: string; readonly start: Micros; readonly end?: Micros }[];
  /** The command text was cut by its writer. */
  readonly truncated?: true;
  /** The record lives inside the sandbox, where the agent can write. */
  readonly trust: 'outside' | 'agent-writable';
}

/** A text of whoever set the task, and the record in which it stands. */
export interface Prompt {
  readonly text: string;
  readonly ref: SourceRef;
}

/** One rollout attempt of one agent. Several records may describe one episode; they are merged by id. */
export interface EpisodeEvent extends EventBase {
  readonly kind: 'episode';
  readonly episodeId: string;
  readonly run?: string;
  readonly group?: string;
  readonly step?: number;
  readonly attempt?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly start?: Micros;
  readonly end?: Micros;
  readonly reward?: number;
  readonly task?: string;
  /** What the giver of the task wrote, bounded (`core/tools/prompts.ts`): never the agent's words or a tool's output. */
  readonly prompts?: readonly Prompt[];
  readonly sandboxId?: string;
  readonly containerId?: string;
  /** Other ids of the same episode (session id, trajectory id). */
  readonly aliases?: readonly string[];
  readonly outcome?: string;
  /** What the rollout was made for, when the record says so: a training batch, or an evaluation that trains nothing. */
  readonly use?: 'train' | 'eval';
  /** `dropped`: named by a log, never dumped. */
  readonly traced?: 'yes' | 'dropped';
}

/** Half-open [start, end): who held an address, uid, container or port range. */
export interface LeaseEvent extends EventBase {
  readonly kind: 'lease';
  readonly sandboxId: string;
  readonly episodeId?: string;
  readonly group?: string;
  readonly ip?: string;
  readonly uid?: number;
  readonly containerId?: string;
  /** Pid of the process that starts the sandbox's commands (exec daemon, container init), on the host. */
  readonly rootPid?: number;
  readonly portFrom?: number;
  readonly portTo?: number;
  readonly start?: Micros;
  readonly end?: Micros;
  /** Hardware address that the address was given to, lower case. */
  readonly mac?: string;
  /** How the container ended, when the record tells. */
  readonly exit?: number;
  /** Binding state as its source names it. */
  readonly state?: string;
  /** `ip` is the host's own address, shared by all of its sandboxes. */
  readonly sharedIp?: true;
}

export interface SocketTuple {
  readonly transport: string;
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** A kernel, runtime or snapshot record about a process or its socket. */
export interface ProcessEvent extends EventBase {
  readonly kind: 'process';
  readonly op:
    | 'exec'
    | 'fork'
    | 'exit'
    | 'connect'
    | 'accept'
    | 'bind'
    | 'close'
    | 'socket'
    | 'alert'
    | 'exec-failed'
    | 'runtime-exec';
  readonly pid?: number;
  readonly tid?: number;
  readonly ppid?: number;
  /** New process of a fork. */
  readonly childPid?: number;
  /** Sensor's own identity of the process (Tetragon exec_id, ProcessGuid, entity id). */
  readonly entityId?: string;
  readonly parentEntityId?: string;
  readonly uid?: number;
  readonly exe?: string;
  readonly comm?: string;
  readonly args?: readonly string[];
  /** Command line as one string, when the sensor gives no array. */
  readonly commandLine?: string;
  readonly cwd?: string;
  readonly start?: Micros;
  readonly exit?: number;
  readonly containerId?: string;
  readonly pod?: string;
  readonly sandboxId?: string;
  readonly socket?: SocketTuple;
  /** Pids that share the socket (ss). */
  readonly sharers?: readonly { readonly pid: number; readonly comm?: string }[];
  /** Kernel socket address or cookie: joins records of one socket whose tuple is not complete yet. */
  readonly cookie?: string;
  readonly result?: 'ok' | 'fail' | 'in-progress';
  readonly state?: string;
  readonly rule?: { readonly id?: string; readonly name?: string };
  readonly severity?: number;
  readonly action?: Action;
  readonly dnsName?: string;
}

/** Who has which address: hosts, services, egress addresses. */
export interface InventoryEvent extends EventBase {
  readonly kind: 'inventory';
  readonly role: 'host' | 'firewall' | 'proxy' | 'dns' | 'metadata' | 'service' | 'egress' | 'sandbox' | 'approved';
  readonly name?: string;
  readonly ips?: readonly string[];
  readonly port?: number;
  readonly domain?: string;
  /** Network of the sandboxes behind a host, CIDR. */
  readonly sandboxNet?: string;
  /** Uids of the platform's own daemons on that host. */
  readonly infraUids?: readonly number[];
}

export interface MetricEvent extends EventBase {
  readonly kind: 'metric';
  readonly name: string;
  /** `ratio` is 0..1. */
  readonly value: number;
  readonly unit: 'ratio' | 'watt' | 'byte' | 'celsius' | 'hertz' | 'count' | 'other';
  readonly device?: string;
  readonly pid?: number;
  readonly comm?: string;
  readonly pod?: string;
  readonly containerId?: string;
}

/** The source itself says that records are missing. */
export interface CoverageEvent extends EventBase {
  readonly kind: 'coverage';
  readonly reason: 'dropped' | 'throttled' | 'lost' | 'restart' | 'rotated' | 'sampled';
  readonly count?: number;
  readonly from?: Micros;
  readonly to?: Micros;
}

export const EVENT_KINDS = [
  'network',
  'nat',
  'dns',
  'tool-call',
  'episode',
  'lease',
  'process',
  'inventory',
  'metric',
  'coverage',
] as const satisfies readonly Event['kind'][];

export type Event =
  | NetworkEvent
  | NatEvent
  | DnsEvent
  | ToolCallEvent
  | EpisodeEvent
  | LeaseEvent
  | ProcessEvent
  | InventoryEvent
  | MetricEvent
  | CoverageEvent;
