import { shellScript } from '../core/arguments.ts';
import { type CallLog, glance } from '../core/call-columns.ts';
import { idFactsOf } from '../core/id-facts.ts';
import { idEpoch, SHORTEST_WITH_EPOCH } from '../core/model-calls.ts';
import type { DnsEvent, Event, NatEvent, NetworkEvent, ProcessEvent, ToolCallEvent } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import { type KeyBeginning, keyBeginning, type Moment, type Observation, Sightings } from './sightings.ts';

export interface ObserveContext {
  readonly domainOf: (event: Event) => string;
  readonly hostOf: (event: Event) => string | undefined;
  readonly hostOfIp: (ip: string) => string | undefined;
}

/** A virtual domain: the epoch milliseconds that some tool-call ids embed, taken on the trainer's host. */
export const ID_CLOCK = '(epoch in tool-call ids)';

/**
 * Sightings that need no clock to be paired: 5-tuples and packet ids, queries, requests, equal command lines, call ids,
 * episode bounds. Keys that occur more than once in a domain are numbered in order of appearance.
 */
export function observe(each: (see: (event: Event) => void) => void, context: ObserveContext): Observation[] {
  const sightings = new Sightings();
  const noteOf =
    (note: (domain: string, key: string, moment: Moment) => void): Note =>
    (event, key, lo, widthUs) => {
      if (sightings.takes(key)) note(context.domainOf(event), key, { lo, hi: (lo + widthUs) as Micros });
    };
  const put: Put = {
    takes: (beginning, text, length) => sightings.takesParts(beginning, text, length),
    commandKeys: commandKeysOf(),
    once: noteOf((domain, key, moment) => sightings.once(domain, key, moment)),
    first: noteOf((domain, key, moment) => sightings.first(domain, key, moment)),
    numbered: noteOf((domain, key, moment) => sightings.numbered(domain, key, moment)),
    paired: noteOf((domain, key, moment) => sightings.paired(domain, key, moment)),
  };
  each((event) => sight(event, put, context));
  return sightings.all();
}

type Note = (event: Event, key: string, lo: Micros, widthUs: number) => void;

interface Put {
  /** Whether it is worth while to put such a key together. */
  takes(beginning: KeyBeginning, text: string, length?: number): boolean;
  commandKeys(host: string): CommandKeys;
  readonly once: Note;
  readonly first: Note;
  readonly numbered: Note;
  readonly paired: Note;
}

function sight(event: Event, put: Put, context: ObserveContext): void {
  if (event.time.basis === 'none') return;
  switch (event.kind) {
    case 'network':
      network(event, put);
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
    case 'tool-call':
      call(event, put, context);
      return;
    case 'episode':
      bounds(event, event.episodeId, event.start, event.end, put);
      return;
    case 'lease':
      if (event.episodeId !== undefined) bounds(event, event.episodeId, event.start, event.end, put);
      return;
    default:
      return;
  }
}

const width = (event: Event): number => (event.time.stepUs > 1 ? event.time.stepUs : 0);

function network(event: NetworkEvent, put: Put): void {
  const swapped = event.initiator === 'dst';
  const src = swapped ? event.dst : event.src;
  const dst = swapped ? event.src : event.dst;
  if (event.type === 'proxy') {
    if (event.http?.url !== undefined)
      put.numbered(event, `http|${event.src.ip ?? ''}|${event.http.url}`, event.time.lo, width(event));
    return;
  }
  if (event.type === 'http' && event.http?.url !== undefined)
    put.numbered(event, `http|${event.src.ip ?? ''}|${event.http.url}`, event.time.at, width(event));
  if (src.port === undefined || dst.port === undefined || src.ip === undefined || dst.ip === undefined) return;
  if (event.type === 'packet' || event.type === 'alert')
    put.first(event, `aim|${dst.ip}|${dst.port}`, event.time.at, width(event));
  const tuple = `${event.transport ?? ''}|${src.ip}|${src.port}|${dst.ip}|${dst.port}`;
  if (event.type === 'alert' && event.rule?.id !== undefined)
    put.numbered(event, `alert|${tuple}|${event.rule.id}`, event.time.at, width(event));
  // A sensor that writes alerts alone: most fire within the first packets of their flow, later ones agree with nothing.
  if (event.type === 'alert' && event.transport !== 'icmp')
    put.once(event, `begin|${tuple}`, event.time.at, width(event));
  if (event.type === 'flow' && event.time.basis === 'window')
    put.once(event, `begin|${tuple}`, event.time.lo, event.time.hi - event.time.lo);
  if (event.ipId !== undefined && event.ipId !== 0)
    put.once(event, `packet|${tuple}|${event.ipId}`, event.time.at, width(event));
  const opens = event.type === 'packet' || (event.type === 'flow' && event.time.basis === 'flow-start');
  if (opens && event.transport !== 'icmp') put.once(event, `flow|${tuple}`, event.time.at, width(event));
  if (
    event.dns !== undefined &&
    dst.port === 53 &&
    event.type === 'dns' &&
    event.dns.answers === undefined &&
    !swapped
  ) {
    put.once(
      event,
      `query|${src.ip}|${src.port}|${event.dns.name}|${event.dns.type ?? ''}`,
      event.time.at,
      width(event),
    );
  }
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
  if (host !== undefined && transport === 'tcp')
    put.paired(event, `connect|${host}|${dst.ip ?? ''}|${dst.port ?? ''}`, event.time.at, 0);
  if (dst.port === 53) put.once(event, `asker|${src.ip ?? ''}|${src.port}`, event.time.at, 0);
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
    if (asker !== undefined) put.numbered(event, `forward|${asker}|${event.name}`, event.time.at, width(event));
  }
  const host = context.hostOf(event);
  if (event.op === 'forward' && host !== undefined)
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
  if (event.op === 'connect' && event.socket?.remote.port !== undefined && event.socket.transport !== 'udp') {
    const { remote } = event.socket;
    put.paired(event, `connect|${host}|${remote.ip ?? ''}|${remote.port ?? ''}`, event.time.at, width(event));
  }
  if (event.op !== 'exec') return;
  if (event.pid !== undefined)
    put.numbered(event, `exec|${host}|${event.pid}|${event.exe ?? ''}`, event.time.at, width(event));
  const script = shellScript(event.args);
  if (script !== undefined) command(event, host, script, event.time.at, put);
}

function call(event: ToolCallEvent, put: Put, context: ObserveContext): void {
  if (event.start === undefined || event.startBasis === 'inferred' || event.startBasis === 'none') return;
  const recorded = event.startBasis !== 'id-epoch';
  // Made when it is asked for, where calls stand in columns.
  const { callId } = event;
  if (callId !== undefined && recorded && put.takes(CALL, callId)) put.once(event, CALL.text + callId, event.start, 0);
  if (recorded && event.executed !== 'no') aims(event, event.start, put);
  const host = context.hostOf(event);
  // Text that only one call of each source has: joins trainer logs, which name no host.
  const text = event.command?.trim();
  if (text === undefined || !recorded) return;
  if (text.length >= 24 && put.takes(TEXT, text)) put.paired(event, TEXT.text + text, event.start, width(event));
  if (host !== undefined && event.executed !== 'no') command(event, host, text, event.start, put);
}

/** Address and port as a command writes them, in a URL or side by side. */
const AIM = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?::|\s+)(\d{2,5})(?!\d)/g;

/** One cheap look before it. */
const MAY_AIM = /\d\.\d{1,3}\.\d/;

/** The flow to a destination that only this call names began while the call ran: an interval rather than a moment. */
function aims(event: ToolCallEvent, start: Micros, put: Put): void {
  if (event.end === undefined || event.end <= start || event.endBasis !== 'recorded') return;
  const { command } = event;
  if (command === undefined || !MAY_AIM.test(command)) return;
  const named = new Set([...command.matchAll(AIM)].map(([, ip, port]) => `${ip}|${port}`));
  for (const aim of named) put.paired(event, `aim|${aim}`, start, event.end - start);
}

/** Traces and sensors cut long commands: the whole text is one key, its beginnings are others. */
function command(event: Event, host: string, text: string, at: Micros, put: Put): void {
  const trimmed = text.trim();
  if (trimmed.length < 12) return;
  const { whole, parts } = put.commandKeys(host);
  if (put.takes(whole, trimmed)) put.numbered(event, whole.text + trimmed, at, width(event));
  for (const { length, beginning } of parts)
    if (trimmed.length >= length && put.takes(beginning, trimmed, length))
      put.paired(event, beginning.text + trimmed.slice(0, length), at, width(event));
}

const CALL = keyBeginning('call|');
const TEXT = keyBeginning('text|');

interface CommandKeys {
  readonly whole: KeyBeginning;
  readonly parts: readonly { readonly length: number; readonly beginning: KeyBeginning }[];
}

const MOST_HOSTS = 10_000;

/** There are few hosts, and millions of commands. */
function commandKeysOf(): (host: string) => CommandKeys {
  const known = new Map<string, CommandKeys>();
  return (host) => {
    const before = known.get(host);
    if (before !== undefined) return before;
    if (known.size >= MOST_HOSTS) known.clear();
    const part = (length: number) => ({ length, beginning: keyBeginning(`command${length}|${host}|`) });
    const keys = { whole: keyBeginning(`command|${host}|`), parts: [part(24), part(48)] };
    known.set(host, keys);
    return keys;
  };
}

/** Sightings of the clock that tool-call ids carry, beside the record's own. */
export function observeIds(calls: CallLog, context: ObserveContext): readonly Observation[] {
  const out: Observation[] = [];
  const ids = idFactsOf(calls);
  for (let row = 0; row < calls.length; row++) {
    const event = ids.length(row) < SHORTEST_WITH_EPOCH ? undefined : glance(calls, row);
    const callId = event?.callId;
    const at = idEpoch(callId);
    if (event === undefined || at === undefined || event.start === undefined || event.startBasis === 'id-epoch')
      continue;
    out.push({ domain: ID_CLOCK, key: `id|${callId ?? ''}`, lo: at, hi: (at + 1000) as Micros });
    out.push({
      domain: context.domainOf(event),
      key: `id|${callId ?? ''}`,
      lo: event.start,
      hi: (event.start + Math.max(event.time.stepUs, 1)) as Micros,
    });
  }
  return out;
}

function bounds(event: Event, episodeId: string, start: Micros | undefined, end: Micros | undefined, put: Put): void {
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
