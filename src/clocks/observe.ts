import type { CallLog } from '../core/calls/columns.ts';
import { shellScript } from '../core/tools/arguments.ts';
import type {
  DnsEvent,
  Endpoint,
  EpisodeEvent,
  Event,
  LeaseEvent,
  NatEvent,
  NetworkEvent,
  ProcessEvent,
} from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import { openFirstAttempts } from './attempts.ts';
import { command, commandKeysOf, type Note, type ObserveContext, type Put, width } from './noting.ts';
import { observeCalls } from './observe-calls.ts';
import { HOW, type How, type Observation, type Sighted, Sightings } from './sightings.ts';

/** Whoever is told of all events: of calls once for all of one log. */
export interface Observing {
  see(event: Exclude<Event, { kind: 'tool-call' }>): void;
  seeCalls(calls: CallLog): void;
}

/** Of so many calls of a log the others are foretold; of a log with less than `MANY_CALLS` nothing need be. */
const PILOT_CALLS = 2000;
const MANY_CALLS = 200_000;

/**
 * Sightings that need no clock to be paired: 5-tuples and packet ids, queries, requests, equal command lines, call ids,
 * episode bounds. Keys that occur more than once in a domain are numbered in order of appearance.
 */
export function observe(each: (observing: Observing) => void, context: ObserveContext): Sighted {
  const sightings = seenBy(each, context, { isForetold: true });
  return (sightings.isMistaken ? seenBy(each, context, { isForetold: false }) : sightings).sighted();
}

function seenBy(
  each: (observing: Observing) => void,
  context: ObserveContext,
  { isForetold }: { readonly isForetold: boolean },
): Sightings {
  const sightings = new Sightings();
  const put = putInto(sightings, context);
  each({
    see: (event) => sight(event, put, context),
    seeCalls: (calls) => {
      if (isForetold && calls.length >= MANY_CALLS) sightings.presume(foretold(calls, context));
      observeCalls(calls, put, context);
    },
  });
  return sightings;
}

/** How many sightings of each kind are to come, as far as calls here and there tell. */
function foretold(calls: CallLog, context: ObserveContext): ReadonlyMap<number, number> {
  const pilot = new Sightings();
  const step = Math.floor(calls.length / PILOT_CALLS);
  observeCalls(calls, putInto(pilot, context), context, step);
  return new Map(Array.from(pilot.sizes(), ([kind, size]) => [kind, size * step]));
}

function putInto(sightings: Sightings, context: ObserveContext): Put {
  const noteOf =
    (how: How): Note =>
    (event, key, lo, widthUs) => {
      const kind = sightings.kindTaking(key);
      if (kind === undefined) return;
      sightings.add(kind, { domain: context.domainOf(event), key, lo, hi: (lo + widthUs) as Micros }, how);
    };
  return {
    takes: (beginning, text, length) => sightings.takesParts(beginning, text, length),
    takesHash: (beginning, hash) => sightings.takesHash(beginning, hash),
    commandKeys: commandKeysOf(),
    once: noteOf(HOW.once),
    first: noteOf(HOW.first),
    each: noteOf(HOW.each),
    numbered: noteOf(HOW.numbered),
    paired: noteOf(HOW.paired),
    isFirstAttempt: openFirstAttempts(),
  };
}

function sight(event: Parameters<Observing['see']>[0], put: Put, context: ObserveContext): void {
  if (event.time.basis === 'none') return;
  switch (event.kind) {
    case 'network':
      network(event, put, context);
      return;
    case 'nat':
      nat(event, put, context);
      return;
    case 'dns':
      dns(event, put, context);
      return;
    case 'process':
      process(event, put, context);
      return;
    case 'episode':
    case 'lease':
      bounds(event, put);
      return;
    default:
      return;
  }
}

function network(event: NetworkEvent, put: Put, context: ObserveContext): void {
  const { isNumbered, isProxy } = context;
  if (event.type === 'proxy') {
    if (isNumbered(event)) proxied(event, put);
    return;
  }
  if (event.type === 'http' && event.http?.url !== undefined && isNumbered(event))
    put.numbered(event, `http|${event.src.ip ?? ''}|${event.http.url}`, event.time.at, width(event));
  const [src, dst] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
  if (src.ip !== undefined) reached(event, src.ip, dst, put, context);
  if (src.port === undefined || dst.port === undefined || src.ip === undefined || dst.ip === undefined) return;
  if ((event.type === 'packet' || event.type === 'alert') && isNumbered(event))
    put.first(event, `aim|${dst.ip}|${dst.port}`, event.time.at, width(event));
  const tuple = `${event.transport ?? ''}|${src.ip}|${src.port}|${dst.ip}|${dst.port}`;
  connection(event, tuple, put);
  const host = event.isSyn === true && isNumbered(event) ? context.hostOfIp(src.ip) : undefined;
  // What a firewall logs of all that a host sends to a far end: as many as the host knows of itself.
  if (host !== undefined && put.isFirstAttempt(event, context.domainOf(event), tuple))
    put.paired(event, `connect|${host}|${dst.ip}|${dst.port}`, event.time.at, width(event));
  if (event.type === 'flow' && opens(event) && isProxy(dst.ip) && isNumbered(event))
    put.paired(event, `proxied|${src.ip}`, event.time.at, width(event));
  const { dns, initiator } = event;
  if (dns !== undefined && dst.port === 53 && event.type === 'dns' && dns.answers === undefined && initiator !== 'dst')
    put.once(event, `query|${src.ip}|${src.port}|${dns.name}|${dns.type ?? ''}`, event.time.at, width(event));
}

/** Where packets of a host went, which also those tell that name no source port. */
function reached(
  event: NetworkEvent,
  client: string,
  dst: Endpoint,
  put: Put,
  { hostOfIp, isNumbered }: ObserveContext,
): void {
  if (event.transport === 'udp' || event.transport === 'icmp') return;
  if ((!opens(event) && event.type !== 'alert') || dst.ip === undefined || dst.port === undefined) return;
  const host = isNumbered(event) ? hostOfIp(client) : undefined;
  if (host === undefined) return;
  put.each(event, `reach|${host}|${dst.ip}|${dst.port}`, event.time.at, width(event));
  put.each(event, `aimed|${host}|${dst.ip}`, event.time.at, width(event));
}

function proxied(event: NetworkEvent, put: Put): void {
  const client = event.src.ip ?? '';
  put.paired(event, `proxied|${client}`, event.time.lo, width(event));
  if (event.http?.url !== undefined)
    put.numbered(event, `http|${client}|${event.http.url}`, event.time.lo, width(event));
}

/** What others may have seen of the same connection: `tuple`. */
function connection(event: NetworkEvent, tuple: string, put: Put): void {
  if (event.type === 'alert' && event.rule?.id !== undefined)
    put.numbered(event, `alert|${tuple}|${event.rule.id}`, event.time.at, width(event));
  // A sensor that writes alerts alone: most fire within the first packets of their flow, later ones agree with nothing.
  if (event.type === 'alert' && event.transport !== 'icmp')
    put.once(event, `begin|${tuple}`, event.time.at, width(event));
  if (event.type === 'flow' && event.time.basis === 'window')
    put.once(event, `begin|${tuple}`, event.time.lo, event.time.hi - event.time.lo);
  if (event.ipId !== undefined && event.ipId !== 0)
    put.once(event, `packet|${tuple}|${event.ipId}`, event.time.at, width(event));
  if (opens(event) && event.transport !== 'icmp') put.once(event, `flow|${tuple}`, event.time.at, width(event));
}

/** Whether its time is that of the beginning of the connection. */
function opens({ type, time }: NetworkEvent): boolean {
  return type === 'packet' || (type === 'flow' && time.basis === 'flow-start');
}

function nat(event: NatEvent, put: Put, context: ObserveContext): void {
  if (event.phase !== 'new' || event.src.port === undefined || event.transport === 'icmp') return;
  const { src, dst, replySrc, replyDst, transport } = event;
  const inside = `${transport}|${src.ip ?? ''}|${src.port}|${dst.ip ?? ''}|${dst.port ?? ''}`;
  const outside = `${transport}|${replyDst.ip ?? ''}|${replyDst.port ?? ''}|${replySrc.ip ?? ''}|${replySrc.port ?? ''}`;
  for (const tuple of [inside, outside]) {
    put.once(event, `flow|${tuple}`, event.time.at, 0);
    put.once(event, `begin|${tuple}`, event.time.at, 0);
  }
  const host = context.hostOf(event);
  if (transport === 'tcp' && context.isNumbered(event)) {
    if (host !== undefined) put.paired(event, `connect|${host}|${dst.ip ?? ''}|${dst.port ?? ''}`, event.time.at, 0);
    const sender = (src.ip === undefined ? undefined : context.hostOfIp(src.ip)) ?? host;
    if (sender !== undefined) {
      put.each(event, `reach|${sender}|${dst.ip ?? ''}|${dst.port ?? ''}`, event.time.at, 0);
      put.each(event, `aimed|${sender}|${dst.ip ?? ''}`, event.time.at, 0);
    }
  }
  if (dst.port === 53) put.once(event, `asker|${src.ip ?? ''}|${src.port}`, event.time.at, 0);
  // A client that asks once over each connection, as curl does, has as many of them as the proxy has requests of it.
  if (replySrc.ip !== undefined && context.isProxy(replySrc.ip) && context.isNumbered(event))
    put.paired(event, `proxied|${replyDst.ip ?? ''}`, event.time.at, 0);
}

function dns(event: DnsEvent, put: Put, context: ObserveContext): void {
  const { client } = event;
  if (event.op === 'query' && client?.port !== undefined) {
    put.once(
      event,
      `query|${client.ip ?? ''}|${client.port}|${event.name}|${event.qtype ?? ''}`,
      event.time.at,
      width(event),
    );
    put.once(event, `asker|${client.ip ?? ''}|${client.port}`, event.time.at, width(event));
    const asker = client.ip === undefined ? undefined : context.hostOfIp(client.ip);
    if (asker !== undefined && context.isNumbered(event))
      put.numbered(event, `forward|${asker}|${event.name}`, event.time.at, width(event));
  }
  const host = context.hostOf(event);
  if (event.op === 'forward' && host !== undefined && context.isNumbered(event))
    put.numbered(event, `forward|${host}|${event.name}`, event.time.at, width(event));
}

function process(event: ProcessEvent, put: Put, context: ObserveContext): void {
  const host = context.hostOf(event) ?? '';
  if (event.op === 'connect' && event.socket?.local.port !== undefined) {
    const { local, remote, transport } = event.socket;
    const tuple = `${transport}|${local.ip ?? ''}|${local.port}|${remote.ip ?? ''}|${remote.port ?? ''}`;
    put.once(event, `flow|${tuple}`, event.time.at, width(event));
    // Sensors that write alerts or closed flows alone have nothing else to be held against.
    put.once(event, `begin|${tuple}`, event.time.at, width(event));
  }
  if (
    event.op === 'connect' &&
    event.socket?.remote.port !== undefined &&
    event.socket.transport !== 'udp' &&
    context.isNumbered(event)
  ) {
    const { remote } = event.socket;
    put.paired(event, `connect|${host}|${remote.ip ?? ''}|${remote.port ?? ''}`, event.time.at, width(event));
    if (host !== '') put.each(event, `reach|${host}|${remote.ip ?? ''}|${remote.port}`, event.time.at, width(event));
  }
  if (event.op !== 'exec') return;
  if (event.pid !== undefined)
    put.numbered(event, `exec|${host}|${event.pid}|${event.exe ?? ''}`, event.time.at, width(event));
  const script = shellScript(event);
  if (script !== undefined) command(event, host, script, event.time.at, put);
}

function bounds(event: EpisodeEvent | LeaseEvent, put: Put): void {
  const { episodeId, start, end } = event;
  if (episodeId === undefined) return;
  if (start !== undefined) put.once(event, `start|${episodeId}`, start, 0);
  if (end !== undefined) put.once(event, `end|${episodeId}`, end, 0);
}

/** One moment that two clocks stamped. */
export interface ClockPair {
  readonly key: string;
  readonly at: number;
  readonly other: string;
  readonly otherAt: number;
}

const MAX_PAIRS = 200;

/** Pairs of each domain with any other, for people who want to see them; at most 200 a domain. */
export function pairsOf(observations: readonly Observation[]): ReadonlyMap<string, readonly ClockPair[]> {
  const byKey = new Map<string, Observation>();
  const out = new Map<string, ClockPair[]>();
  const add = (a: Observation, b: Observation): void => {
    const list = out.get(a.domain) ?? [];
    if (list.length < MAX_PAIRS) list.push({ key: a.key, at: a.lo, other: b.domain, otherAt: b.lo });
    out.set(a.domain, list);
  };
  for (const observation of observations) {
    const first = byKey.get(observation.key);
    if (first === undefined) byKey.set(observation.key, observation);
    else if (first.domain !== observation.domain && first.total === observation.total) {
      add(observation, first);
      add(first, observation);
    }
  }
  return out;
}
