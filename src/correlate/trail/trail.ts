import type { Fact } from '../../model/case.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { anchorOf, type Group } from '../groups/group.ts';
import { mayBePadded } from '../padded.ts';
import { proxyTrail } from './proxy-trail.ts';
import type { Forwarded } from './queries.ts';
import type { Tuple } from './tuple.ts';
import {
  explicitSandbox,
  finish,
  primaryOf,
  startTuple,
  statedSource,
  type Trail,
  type TrailContext,
  undoTranslations,
  useStatedSource,
  type Walk,
} from './walk.ts';

/** Follows a violation's packet back to the address that sent it first. */
export function followTrail(group: Group, context: TrailContext): Trail {
  const isPadded = group.members.some(({ timed }) => mayBePadded(timed.event));
  const trail: Trail = { ...trailOf(group, context), ...(isPadded ? { isPadded } : {}) };
  const many = group.members.find(({ repeats }) => repeats !== undefined);
  return many === undefined ? trail : { ...trail, windowUs: Math.max(0, many.timed.hi - trail.begun) };
}

function trailOf(group: Group, context: TrailContext): Trail {
  const primary = primaryOf(group);
  const names = namesIn(group);
  const start = startTuple(primary.event);
  const walk: Walk | undefined =
    start === undefined
      ? undefined
      : {
          tuple: start,
          ...anchorOf(group),
          notBefore: group.notBefore,
          anchored: false,
          host: undefined,
          facts: [],
        };
  if (walk === undefined) return bareTrail(group, primary, names, context);
  undoTranslations(walk, context);
  if (walk.facts.length === 0) useStatedSource(walk, primary);
  const proxied = proxyTrail(group, walk, names, context);
  if (proxied !== undefined) return proxied;
  const forwarded = context.forwarded.get(group);
  if (forwarded !== undefined) return forwarderTrail(group, walk, forwarded, names, context);
  return finish(walk, [walk.tuple], 'direct', names, primary.event, context);
}

/** Names that the records of the group give the destination. */
function namesIn(group: Group): Set<string> {
  const names = new Set<string>();
  for (const { timed } of group.members) addNames(timed.event, names);
  for (const { event } of group.context) addNames(event, names);
  return names;
}

function addNames(event: ViolatingEvent, names: Set<string>): void {
  if (event.kind === 'dns') names.add(event.name);
  else if (event.kind === 'network') {
    addName(event.dst.domain, names);
    addName(event.dns?.name, names);
    addName(event.http?.host, names);
  } else if (event.dnsName !== undefined) names.add(event.dnsName);
}

function addName(name: string | undefined, names: Set<string>): void {
  if (name !== undefined && !/^[\d.:]+$/.test(name)) names.add(name.toLowerCase());
}

function bareTrail(
  group: Group,
  primary: Timed<ViolatingEvent>,
  names: ReadonlySet<string>,
  context: TrailContext,
): Trail {
  const { event } = primary;
  const asked = event.kind === 'process' ? event.socket?.remote : undefined;
  const dst = event.kind === 'network' ? (event.initiator === 'dst' ? event.src : event.dst) : asked;
  const src = event.kind === 'network' ? (event.initiator === 'dst' ? event.dst : event.src) : undefined;
  const domains = new Set(names);
  const answers = dst?.ip === undefined ? [] : context.queries.namesOf(dst.ip, primary.at);
  for (const answer of answers) domains.add(answer.name);
  const source = statedSource(event) ?? src?.ip;
  const pseudo: Tuple = {
    transport: 'ip',
    srcIp: source ?? '',
    srcPort: 0,
    dstIp: dst?.ip ?? '',
    dstPort: dst?.port ?? 0,
  };
  return {
    tuples: source === undefined ? [] : [pseudo],
    host: source === undefined ? primary.host : (context.hosts.hostOfIp(source) ?? undefined),
    begun: Math.min(primary.lo, primary.at) as Micros,
    windowUs: 0,
    anchored: false,
    errorUs: primary.errorUs,
    coarseUs: 0,
    via: group.members.some(({ timed }) => timed.event.kind === 'network' && timed.event.type === 'proxy')
      ? 'proxy'
      : 'direct',
    hostOwned: false,
    domains,
    dstIps: new Set(dst?.ip === undefined ? [] : [dst.ip]),
    dstPort: dst?.port,
    facts: [],
    explicitSandbox: explicitSandbox(event, context),
    answers,
    missing: [],
    ...(asked?.ip === undefined ? {} : { record: event.ref }),
  };
}

/** A forwarder's query leads back to the client whose query it passed on. */
function forwarderTrail(
  group: Group,
  walk: Walk,
  forward: Forwarded,
  names: Set<string>,
  context: TrailContext,
): Trail {
  names.add(forward.name);
  const tuple: Tuple = {
    transport: 'udp',
    srcIp: forward.clientIp,
    srcPort: forward.clientPort ?? 0,
    dstIp: '',
    dstPort: 53,
  };
  const facts: Fact[] = [
    ...walk.facts,
    {
      code: 'proxy-join',
      strength: 'forwarder',
      says: `the DNS forwarder${forward.host === undefined ? '' : ` of ${forward.host}`} sent this query for ${forward.clientIp}${forward.clientPort === undefined ? '' : `:${forward.clientPort}`}`,
      trust: 'outside',
      refs: forward.refs,
    },
  ];
  const inner: Walk = {
    tuple,
    at: Math.min(walk.at, forward.at + forward.stepUs) as Micros,
    anchored: true,
    errorUs: Math.max(walk.errorUs, forward.errorUs),
    host: forward.host,
    facts,
  };
  const trail = finish(inner, [tuple], 'forwarder', names, primaryOf(group).event, context);
  return { ...trail, host: forward.host ?? trail.host, hostOwned: false };
}
