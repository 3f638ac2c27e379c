import type { Action, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime, TimeBasis } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import { parseSyslog, type SyslogHeader } from '../lines/syslog.ts';
import type { Stamp } from '../time/stamp.ts';
import { timeOrObserved } from '../time/time.ts';
import { wordTable } from '../word-table.ts';
import { domainName, isPrivateIp, parseIp, parsePort, transportName, urlHost } from './ip.ts';
import { bytesOf } from './network.ts';

type Text = string | undefined;

/** What a firewall line states, as text; the builder checks addresses and ports and leaves out what is none. */
export interface NetworkFacts {
  readonly time: EventTime;
  readonly clock: string;
  readonly type?: NetworkEvent['type'];
  readonly action?: Action | undefined;
  readonly actionRaw?: Text;
  readonly srcIp?: Text;
  readonly srcPort?: string | number | undefined;
  readonly dstIp?: Text;
  readonly dstPort?: string | number | undefined;
  readonly domain?: Text;
  readonly natSrcIp?: Text;
  readonly natSrcPort?: string | number | undefined;
  readonly natDstIp?: Text;
  readonly natDstPort?: string | number | undefined;
  readonly transport?: Text;
  readonly rule?: Text;
  readonly ruleId?: Text;
  readonly ruleCategory?: Text;
  readonly severity?: number | undefined;
  readonly severityRaw?: Text;
  readonly direction?: NetworkEvent['direction'] | undefined;
  readonly initiator?: 'src' | 'dst' | undefined;
  readonly inIf?: Text;
  readonly outIf?: Text;
  readonly zoneIn?: Text;
  readonly zoneOut?: Text;
  readonly observer?: Text;
  readonly host?: Text;
  readonly flowId?: Text;
  readonly count?: number | undefined;
  readonly icmp?: NetworkEvent['icmp'] | undefined;
  readonly state?: Text;
  readonly url?: Text;
  /** Of the request for `url`. */
  readonly method?: Text;
  readonly userAgent?: Text;
  /** Name that the packet asks a resolver for: it is not the destination's. */
  readonly query?: Text;
  readonly queryType?: Text;
  /** Octets from source to destination and back. */
  readonly bytesToDst?: Text;
  readonly bytesToSrc?: Text;
}

const said = (text: Text): Text =>
  text === undefined || text === '' || text === '-' || text === 'N/A' ? undefined : text;

/** Words by which some firewalls say that a request had none. */
const named = (text: Text): Text => (/^(?:unknown|none|null|na)$/i.test(text ?? '') ? undefined : said(text));

/** Builds the event; an address that is none, an unused port and empty words are left out. */
export function networkEvent(format: string, record: RawRecord, facts: NetworkFacts): NetworkEvent {
  const rule = compact({ id: said(facts.ruleId), name: said(facts.rule), category: said(facts.ruleCategory) });
  return compact({
    kind: 'network' as const,
    format,
    clock: facts.clock,
    time: facts.time,
    ref: record.ref,
    type: facts.type ?? ('flow' as const),
    action: facts.action ?? ('unknown' as const),
    actionRaw: said(facts.actionRaw),
    src: compact({ ip: parseIp(facts.srcIp?.trim() ?? ''), port: parsePort(facts.srcPort) }),
    dst: compact({
      ip: parseIp(facts.dstIp?.trim() ?? ''),
      port: parsePort(facts.dstPort),
      domain: domainName(facts.domain),
    }),
    nat: natOf(facts),
    transport: transportName(said(facts.transport)),
    rule: Object.keys(rule).length === 0 ? undefined : rule,
    severity: facts.severity,
    severityRaw: said(facts.severityRaw),
    direction: facts.direction,
    initiator: facts.initiator,
    inIf: said(facts.inIf),
    outIf: said(facts.outIf),
    zoneIn: said(facts.zoneIn),
    zoneOut: said(facts.zoneOut),
    observer: said(facts.observer),
    host: said(facts.host) ?? record.host,
    flowId: said(facts.flowId),
    count: facts.count ?? record.repeats,
    icmp: facts.icmp,
    state: said(facts.state),
    dns: dnsOf(facts),
    bytes: bytesOf(said(facts.bytesToDst), said(facts.bytesToSrc)),
    http: httpOf(facts),
  });
}

/** An address in a URL is no domain, and the name in it need not be the destination's: both stay the host of the request. */
function httpOf({ url, domain, method, userAgent }: NetworkFacts): NetworkEvent['http'] {
  if (said(url) === undefined) return undefined;
  return compact({
    method: named(method)?.toUpperCase(),
    url: url ?? '',
    host: parseIp(domain ?? '') ?? (domain === undefined ? urlHost(url) : undefined),
    userAgent: named(userAgent),
  });
}

function dnsOf({ query, queryType }: NetworkFacts): NetworkEvent['dns'] {
  const name = domainName(said(query)?.replace(/^"|"$/g, ''));
  return name === undefined ? undefined : compact({ name, type: said(queryType)?.toUpperCase() });
}

function natOf(facts: NetworkFacts): NetworkEvent['nat'] {
  const ip = (text: Text): Text => {
    const value = parseIp(text?.trim() ?? '');
    return value === '0.0.0.0' || value === '::' ? undefined : value;
  };
  const srcIp = ip(facts.natSrcIp);
  const dstIp = ip(facts.natDstIp);
  if (srcIp === undefined && dstIp === undefined) return undefined;
  const port = (value: string | number | undefined): number | undefined => parsePort(value) || undefined;
  const srcPort = port(facts.natSrcPort);
  const dstPort = port(facts.natDstPort);
  return compact({ srcIp, srcPort, dstIp, dstPort });
}

/**
 * Direction of a packet that crosses an interface of a firewall. What comes in from a private address comes in from the inside:
 * which way it goes is not said.
 */
export function directionAt(way: 'in' | 'out' | undefined, srcIp: Text): NetworkEvent['direction'] {
  if (way !== 'in') return way === 'out' ? 'outbound' : undefined;
  const ip = parseIp(srcIp?.trim() ?? '');
  return ip !== undefined && isPrivateIp(ip) ? undefined : 'inbound';
}

const DENY =
  /^(?:den(?:y|ied)|drop|block|reject|reset|prevent|discard|terminate|quarantine|refuse|sinkhole|rst|fail)|[-_ ](?:block|blocked|drop|dropped|denied|deny)$/i;
const ALLOW = /^(?:allow|accept|pass|permit|bypass|trust|fastpath|forward|redirect|open|close|encrypt|decrypt)/i;
const ALERT = /^(?:alert|detect|monitor|log[-_ ]only|alarm|would\b)/i;

/** Verdict behind a vendor's action word; undefined for words that are no verdict. */
export function verdictOf(word: Text): Action | undefined {
  if (word === undefined) return undefined;
  if (ALERT.test(word)) return 'alert';
  if (DENY.test(word)) return 'deny';
  return ALLOW.test(word) ? 'allow' : undefined;
}

/** Time of a stamp that may be missing: then the wrapper's, else none. */
export function timeOr(
  record: RawRecord,
  stamp: Stamp | undefined,
  raw: string,
  basis: TimeBasis,
  beforeUs = 1_000_000,
): EventTime {
  return timeOrObserved(stamp, { raw, basis, beforeUs, observed: record.observed });
}

/** Syslog header of a record, or the whole text as message when there is none. */
export function headerOf(record: RawRecord, context: DecodeContext): SyslogHeader {
  return parseSyslog(record.text, context.reference, context.zoneOffsetMin) ?? { rawTime: '', message: record.text };
}

const SEVERITIES = wordTable<number>({
  informational: 0,
  information: 0,
  info: 0,
  notice: 0,
  low: 1,
  warning: 2,
  medium: 2,
  error: 3,
  high: 3,
  critical: 4,
  alert: 4,
  emergency: 4,
});

/** 0..4 of a severity word. */
export function severityOf(word: Text): number | undefined {
  return word === undefined ? undefined : SEVERITIES[word.toLowerCase()];
}
