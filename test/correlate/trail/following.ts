import type { Group } from '../../../src/correlate/groups/group.ts';
import { HostTable } from '../../../src/correlate/hosts.ts';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import type { Forwarded } from '../../../src/correlate/trail/queries.ts';
import { followTrail } from '../../../src/correlate/trail/trail.ts';
import type { Trail, TrailContext } from '../../../src/correlate/trail/walk.ts';
import type { InventoryEvent, NatEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import type { ViolatingEvent } from '../../../src/model/violation.ts';

export const FAR = { ip: '203.0.113.9', port: 443 };
export const SANDBOX = { ip: '10.66.1.5', port: 40_001 };
export const HOST = '10.70.0.11';

interface Said {
  readonly at?: number;
  readonly lasts?: number;
  readonly errorUs?: number;
  readonly line?: number;
  readonly host?: string;
  readonly basis?: string;
}

export function timed(
  event: object,
  { at = 0, lasts = 0, errorUs = 0, line = 1, host = 'fw', basis = 'packet' }: Said = {},
) {
  const ref = { source: 'log', line, offset: line, bytes: 1 };
  const lo = at as Micros;
  const body = { format: 'x', ref, time: { at: lo, stepUs: 1, basis }, ...event };
  return { event: body, at: lo, lo, hi: (at + lasts) as Micros, errorUs, host } as unknown as Timed<ViolatingEvent>;
}

export const packet = { kind: 'network', type: 'alert', action: 'deny', transport: 'tcp', src: SANDBOX, dst: FAR };
export const query = { kind: 'dns', op: 'query', name: 'far.example', client: { ip: SANDBOX.ip, port: 5300 } };
export const opened = { kind: 'process', op: 'connect', pid: 7 };

/** A translation that a host's log shows. */
export function translated(
  from: typeof SANDBOX,
  to: { ip: string; port: number },
  { host = 'node-a', ...said }: Said = {},
) {
  const event = { kind: 'nat', phase: 'new', transport: 'tcp', src: from, dst: FAR, replySrc: FAR, replyDst: to };
  return timed(event, { host, ...said }) as unknown as Timed<NatEvent>;
}

export interface Known {
  readonly nat?: readonly Timed<NatEvent>[];
  readonly inventory?: readonly object[];
  /** Hosts of which a lease names the address, of which the sandboxes' network is known, and that have several sandboxes. */
  readonly leased?: readonly string[];
  readonly nets?: readonly string[];
  readonly crowded?: readonly string[];
  readonly statesIps?: boolean;
  readonly forwarded?: Forwarded;
  readonly notBefore?: number;
  readonly context?: readonly object[];
}

export function follow(
  members: readonly (Timed<ViolatingEvent> | [Timed<ViolatingEvent>, object])[],
  known: Known = {},
): Trail {
  const flagged = members.map((one) => (Array.isArray(one) ? { timed: one[0], repeats: one[1] } : { timed: one }));
  const group = { members: flagged, context: known.context ?? [], notBefore: known.notBefore } as unknown as Group;
  const { leased = [], nets = [], crowded = [], statesIps = false, forwarded } = known;
  const context = {
    nat: new NatTable(known.nat ?? []),
    hosts: new HostTable((known.inventory ?? []) as InventoryEvent[], []),
    leases: {
      hostsOfNet: () => nets,
      hostsByIp: () => leased,
      statesIpsOn: () => statesIps,
      sandboxesOnHost: (host: string) => new Set(crowded.includes(host) ? ['sb-1', 'sb-2'] : ['sb-1']),
      sandboxOfContainer: (id: string) => (id === 'c-1' ? 'sb-1' : undefined),
      ofSandbox: (name: string) => (name === 'pod-1' || name === 'ns/pod-2' ? [{}] : []),
    },
    queries: { namesOf: (ip: string) => (ip === FAR.ip ? [{ name: 'named.example' }] : []) },
    requests: [],
    httpSeen: [],
    forwarded: new Map(forwarded === undefined ? [] : [[group, forwarded]]),
  } as unknown as TrailContext;
  return followTrail(group, context);
}

export const ends = ({ tuples }: Trail): readonly string[] =>
  tuples.map((t) => `${t.transport} ${t.srcIp}:${t.srcPort} > ${t.dstIp}:${t.dstPort}`);
