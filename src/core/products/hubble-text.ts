import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { compact } from '../json/json.ts';
import { parseIp, splitHostPort, transportName } from '../network/ip.ts';
import { clockOf, endpointOf, nameOf, networkEvent, ruleOf } from '../network/network.ts';
import type { Stamp } from '../time/stamp.ts';
import { parseIso, parseMonthDay, timeOrObserved } from '../time/time.ts';
import { wordTable } from '../word-table.ts';
import { commonStamp } from './common-log.ts';

/** What `--time-format` may write: StampMilli, RFC3339 with fractions or without, RFC1123Z. */
const STAMP = String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3}|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}`;
const VERDICT = 'FORWARDED|DROPPED|REDIRECTED|AUDITED?|ERROR|TRACED|TRANSLATED|ALLOWED|DENIED';

/** `hubble observe` in its default form: stamp, node where asked for, ends with their identities, event, verdict, summary. */
const LINE = new RegExp(
  String.raw`^(?<stamp>${STAMP})(?: \[(?<node>[^\]\s]+)\])?: (?<a>\S+) \((?<aId>[^()]*)\) (?<arrow>->|<-|<>) (?<b>\S+) \((?<bId>[^()]*)\) (?<event>.+?) (?<verdict>${VERDICT})(?: \((?<summary>.*)\))?\s*$`,
);

/** `-o tab`: cells apart by three blanks or more, below a header. */
const ROW = new RegExp(`^(?:${STAMP}) {3}.* {3}(?:${VERDICT})(?: {3}|\\s*$)`);
const VERDICT_CELL = new RegExp(`^(?:${VERDICT})$`);
const HEADER = /^TIMESTAMP {3,}(?:NODE {3,})?SOURCE {3,}DESTINATION {3,}TYPE {3,}VERDICT {3,}SUMMARY\s*$/;
const ACTIONS = wordTable<Action>({
  FORWARDED: 'allow',
  REDIRECTED: 'allow',
  ALLOWED: 'allow',
  DROPPED: 'deny',
  DENIED: 'deny',
  AUDIT: 'alert',
  AUDITED: 'alert',
});
const BEFORE_US = 10_000;

/** What the printer says in between where it was told that flows are missing; it states no time. */
const LOST = /^EVENTS LOST: [A-Z_]+ CPU\(\d+\) (\d+)/;

export function isCompact(text: string): boolean {
  return LINE.test(text) || LOST.test(text) || ROW.test(text) || isHeader(text);
}

export function isHeader(text: string): boolean {
  return HEADER.test(text);
}

/** What the printer writes of a flow. */
export interface Parts {
  readonly stamp: string;
  readonly node: string | undefined;
  readonly from: string;
  readonly to: string;
  /** The side that is written first asked; undefined where the line does not tell. */
  readonly arrow: string | undefined;
  readonly event: string;
  readonly verdict: string;
  readonly summary: string;
}

function partsOf(text: string): Parts | undefined {
  const groups = LINE.exec(text)?.groups;
  if (groups === undefined) return ROW.test(text) ? cellsOf(text.trim().split(/ {3,}/)) : undefined;
  const { stamp = '', node, a = '', b = '', arrow, event = '', verdict = '', summary = '' } = groups;
  // The arrow points to the packet's destination: `<-` is a reply, written behind whoever asked.
  const [from, to] = arrow === '<-' ? [b, a] : [a, b];
  return { stamp, node, from, to, arrow, event, verdict, summary };
}

function cellsOf(cells: readonly string[]): Parts | undefined {
  const at = cells.findIndex((cell) => VERDICT_CELL.test(cell));
  if (at !== 4 && at !== 5) return undefined;
  const [from = '', to = '', event = '', verdict = '', summary = ''] = cells.slice(at - 3);
  return {
    stamp: cells[0] ?? '',
    node: at === 5 ? cells[1] : undefined,
    from,
    to,
    arrow: undefined,
    event,
    verdict,
    summary,
  };
}

/** How many flows are missing; undefined for a line that says nothing of it. */
export function compactLost(text: string): number | undefined {
  const count = LOST.exec(text)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** One line of the compact output, or one row of a table; undefined for any other. */
export function compactEvent(record: RawRecord, context: DecodeContext): NetworkEvent | undefined {
  const parts = partsOf(record.text);
  return parts && printedEvent('cilium-hubble', record, parts, context);
}

/** A flow as the printer tells it. An end is an address, a name, or a pod whose address is not told. */
export function printedEvent(format: string, record: RawRecord, parts: Parts, context: DecodeContext): NetworkEvent {
  const { stamp: raw, node, from, to, arrow, event, verdict, summary } = parts;
  const stamp = stampOf(raw, context);
  const direction = /\b(EGRESS|INGRESS)\b/.exec(event)?.[1];
  return networkEvent(record, {
    format,
    clock: clockOf('flow.time', node),
    time: timeOrObserved(stamp, { raw, basis: 'packet', beforeUs: BEFORE_US, observed: record.observed }),
    type: verdict.startsWith('AUDIT') ? 'alert' : 'packet',
    action: ACTIONS[verdict] ?? 'unknown',
    actionRaw: verdict,
    src: endOf(from),
    dst: endOf(to),
    initiator: initiatorOf(arrow, summary),
    dns: dnsOf(summary),
    transport: transportName(/^(TCP|UDP|SCTP|ICMPv[46])\b/.exec(summary)?.[1]),
    direction: direction === 'EGRESS' ? 'outbound' : direction === 'INGRESS' ? 'inbound' : undefined,
    rule: ruleOf(undefined, event.replace(/ (?:EGRESS|INGRESS)$/, '')),
    host: node,
    srcPod: podOf(from),
    dstPod: podOf(to),
  });
}

function stampOf(raw: string, context: DecodeContext): Stamp | undefined {
  return (
    parseIso(raw, context.zoneOffsetMin) ??
    parseMonthDay(raw, context.reference, context.zoneOffsetMin) ??
    commonStamp(raw.replace(/^[A-Z][a-z]{2}, /, ''), context.zoneOffsetMin)
  );
}

/** `DNS Query name. TYPE`, `DNS Answer "addresses" TTL: n (Proxy name. TYPE)`. */
function dnsOf(summary: string): NetworkEvent['dns'] {
  const [, answered, name = '', type = ''] =
    /^DNS (?:Query|Answer(?: "([^"]*)")?.*\(Proxy) (\S+) ([A-Z0-9]+)/.exec(summary) ?? [];
  if (name === '') return undefined;
  const answers = (answered ?? '').split(',').flatMap((text) => parseIp(text) ?? []);
  return compact({ name: nameOf(name), type, answers: answers.length === 0 ? undefined : answers });
}

function initiatorOf(arrow: string | undefined, summary: string): NetworkEvent['initiator'] {
  if (arrow === '->' || arrow === '<-') return arrow === '->' ? 'src' : 'dst';
  return /Flags: SYN$/.test(summary) ? 'src' : /Flags: SYN, ACK$/.test(summary) ? 'dst' : undefined;
}

function endOf(text: string): Endpoint {
  const { host, port } = endParts(text);
  return podOf(text) === undefined ? endpointOf(host, port) : compact({ port });
}

/** `namespace/pod:port`; a slash stands in no address and no name. */
function podOf(text: string): string | undefined {
  return text.includes('/') ? endParts(text).host : undefined;
}

function endParts(text: string): { host: string; port?: number } {
  return parseIp(text) === undefined ? splitHostPort(text) : { host: text };
}
