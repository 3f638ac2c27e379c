import type { Action, DnsEvent, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { compact, numberOf, textOf } from '../json/json.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime, parseEpoch, parseIso, type TimeOptions, timeFromObserved } from '../time/time.ts';
import { wordTable } from '../word-table.ts';
import { domainName, parseIp, parsePort } from './ip.ts';

/** The same members, the optional ones also as `undefined`: what a reader has before empty fields are dropped. */
type Draft<T> = { [K in keyof T]: object extends Pick<T, K> ? T[K] | undefined : T[K] };

/** A network event of a record; fields that are undefined are left out. */
export function networkEvent(record: RawRecord, fields: Draft<Omit<NetworkEvent, 'kind' | 'ref'>>): NetworkEvent {
  return eventOf('network', record, fields) as unknown as NetworkEvent;
}

/** A DNS event of a record; fields that are undefined are left out. */
export function dnsEvent(record: RawRecord, fields: Draft<Omit<DnsEvent, 'kind' | 'ref'>>): DnsEvent {
  return eventOf('dns', record, fields) as unknown as DnsEvent;
}

/** One pass over some forty fields a record: `compact` of a spread copy costs three times as much. */
function eventOf(kind: 'network' | 'dns', record: RawRecord, fields: object): Record<string, unknown> {
  const out: Record<string, unknown> = { kind, ref: record.ref };
  if (record.host !== undefined) out['host'] = record.host;
  if (record.containerId !== undefined && kind === 'network') out['containerId'] = record.containerId;
  if (record.repeats !== undefined && kind === 'network') out['count'] = record.repeats;
  const values = fields as Readonly<Record<string, unknown>>;
  for (const key in values) if (values[key] !== undefined) out[key] = values[key];
  return out;
}

/** One side of a flow. A host name in place of an address becomes the domain; anything unreadable is absent. */
export function endpointOf(address: unknown, port?: unknown, domain?: unknown): Endpoint {
  const text = wordOf(address);
  const ip = text === undefined ? undefined : parseIp(text);
  const name = domainName(textOf(domain)) ?? (ip === undefined ? domainName(text) : undefined);
  return compact({ ip, port: parsePort(port), domain: name });
}

/** A queried name: lower case, no final dot. Unlike a domain it may look like an address. */
export function nameOf(text: string): string {
  return text.toLowerCase().replace(/\.$/, '');
}

/** True when an endpoint holds an address or a name. */
export function isPlaced(endpoint: Endpoint): boolean {
  return endpoint.ip !== undefined || endpoint.domain !== undefined;
}

/** Ports mean something only for these; cloud flow logs write 0 for all others. */
export function hasPorts(transport: string | undefined): boolean {
  return transport === undefined || transport === 'tcp' || transport === 'udp' || transport === 'sctp';
}

/** Rule of an event; undefined when nothing is named. */
export function ruleOf(name: unknown, id?: unknown, category?: unknown): NetworkEvent['rule'] {
  const rule = compact({ id: wordOf(id), name: wordOf(name), category: wordOf(category) });
  return Object.keys(rule).length === 0 ? undefined : rule;
}

/** Translated addresses; undefined when nothing was translated. */
export function natOf(src: Endpoint, dst: Endpoint): NetworkEvent['nat'] {
  const nat = compact({ srcIp: src.ip, srcPort: src.port, dstIp: dst.ip, dstPort: dst.port });
  return Object.keys(nat).length === 0 ? undefined : nat;
}

/** Octets per direction; undefined when neither is known. */
export function bytesOf(toDst: unknown, toSrc?: unknown): NetworkEvent['bytes'] {
  const bytes = compact({ toDst: numberOf(toDst), toSrc: numberOf(toSrc) });
  return Object.keys(bytes).length === 0 ? undefined : bytes;
}

/** Text of a member; undefined for the usual placeholders of an empty field. */
export function wordOf(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  return text === '' || text === '-' || text === '<nil>' ? undefined : text;
}

/** A stamp from an ISO text or an epoch number or text. */
export function stampOf(value: unknown, zoneOffsetMin = 0): Stamp | undefined {
  if (typeof value === 'number') return value > 0 ? parseEpoch(value) : undefined;
  if (typeof value !== 'string') return undefined;
  return parseIso(value, zoneOffsetMin) ?? parseEpoch(value);
}

/** Instant of `stampOf`, for times that stand beside the event's own. */
export function instantOf(value: unknown, zoneOffsetMin = 0): Micros | undefined {
  return stampOf(value, zoneOffsetMin)?.at;
}

/** Event time from a raw member, or the wrapper's time when the member is no stamp. */
export function timeOf(
  value: unknown,
  record: RawRecord,
  options: Omit<TimeOptions, 'raw'>,
  zoneOffsetMin = 0,
): EventTime {
  const stamp = stampOf(value, zoneOffsetMin);
  if (stamp === undefined) return observedTime(options.observed ?? record.observed, options);
  return eventTime(stamp, { observed: record.observed, ...options, raw: textOf(value) ?? '' });
}

/** Time of a record that left its stamp to the wrapper; the cause still lies before it. */
function observedTime(observed: Micros | undefined, options: Omit<TimeOptions, 'raw'>): EventTime {
  const time = timeFromObserved(observed);
  if (observed === undefined) return time;
  const lo = options.lo ?? ((observed - (options.beforeUs ?? 0)) as Micros);
  return { ...time, lo, hi: options.hi ?? time.hi };
}

/** `timeOf` for writers that cut final zeros from nanoseconds (Go, protobuf): fewer digits are no coarser step. */
export function nanoTimeOf(value: unknown, record: RawRecord, options: Omit<TimeOptions, 'raw'>): EventTime {
  return { ...timeOf(value, record, { afterUs: 0, ...options }), stepUs: 1 };
}

/** Clock of a field in files that hold the records of many hosts. */
export function clockOf(field: string, host: string | undefined): string {
  return host === undefined ? field : `${field}@${host}`;
}

const WORDS: readonly (readonly [Action, RegExp])[] = [
  [
    'deny',
    /^(?:den(?:y|ied|ies)|drop(?:ped)?|reject(?:ed)?|block(?:ed)?|reset|prevent(?:ed)?|refused?|discard(?:ed)?)/,
  ],
  ['allow', /^(?:allow(?:ed)?|accept(?:ed)?|permit(?:ted)?|pass(?:ed)?|forward(?:ed)?)/],
  ['alert', /^(?:alert(?:ed)?|detect(?:ed)?|audit(?:ed)?|would)/],
];

/** Action of a vendor's word for it, by its beginning; `unknown` for any other word. */
export function actionOf(word: string | undefined): Action {
  if (word === undefined) return 'unknown';
  const text = word.toLowerCase();
  for (const [action, pattern] of WORDS) if (pattern.test(text)) return action;
  return 'unknown';
}

/** Direction from the vendors' words; relative to what the format's card says. */
export function directionOf(word: unknown): NetworkEvent['direction'] {
  if (typeof word !== 'string') return undefined;
  switch (word.toLowerCase()) {
    case 'ingress':
    case 'inbound':
    case 'in':
    case 'i':
      return 'inbound';
    case 'egress':
    case 'outbound':
    case 'out':
    case 'o':
      return 'outbound';
    case 'internal':
    case 'lateral':
      return 'internal';
    default:
      return undefined;
  }
}

/** `namespace/pod`, or the bare pod name where no namespace is given. */
export function podName(namespace: unknown, pod: unknown): string | undefined {
  const name = wordOf(pod);
  if (name === undefined) return undefined;
  const space = wordOf(namespace);
  return space === undefined ? name : `${space}/${name}`;
}

/** 0..4 from the severity words that most products use. */
export function severityOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  return SEVERITIES[word.toLowerCase()];
}

const SEVERITIES = wordTable<number>({
  debug: 0,
  info: 0,
  informational: 0,
  notice: 1,
  low: 1,
  warning: 2,
  medium: 2,
  alert: 3,
  high: 3,
  critical: 4,
  fatal: 4,
});
