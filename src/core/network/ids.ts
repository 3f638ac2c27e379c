import type { Action, Endpoint, NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { compact } from '../json/json.ts';
import { beganBehind } from './answers.ts';
import { parseIp, parsePort, splitHostPort, transportName } from './ip.ts';
import { networkEvent } from './network.ts';

/** What one alert of Snort or Suricata states, however it is written. */
export interface Alert {
  readonly gid: string;
  readonly sid: string;
  readonly rev: string;
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  /** 1 is the highest; 0 none given. */
  readonly priority?: string | undefined;
  readonly transport?: string | undefined;
  readonly src: Endpoint;
  readonly dst: Endpoint;
  readonly icmp?: NetworkEvent['icmp'] | undefined;
}

const RULE = /^\[(\d+):(\d+):(\d+)\]:?\s+/;
const ENDPOINTS = /^\{([^{}]+)\}\s+(\S+) -> (\S+)/;

/** Reads `[gid:sid:rev] msg [**] [Classification: c] [Priority: p] {PROTO} a -> b`, the second `[**]` optional. */
export function parseAlert(text: string): Alert | undefined {
  const rule = RULE.exec(text);
  const brace = text.lastIndexOf('{');
  if (rule === null || brace < 0) return undefined;
  const tail = ENDPOINTS.exec(text.slice(brace));
  if (tail === null) return undefined;
  const [, gid = '', sid = '', rev = ''] = rule;
  const middle = text.slice(rule[0].length, brace);
  const icmp = icmpOf(tail);
  const portless = ({ ip }: Endpoint): Endpoint => compact({ ip });
  const ends = [tail[2], tail[3]].map((end) => endpointOfPair(end ?? '', tail[1])) as [Endpoint, Endpoint];
  const [src, dst] = icmp === undefined ? ends : [portless(ends[0]), portless(ends[1])];
  return {
    gid,
    sid,
    rev,
    ...parseLabels(middle),
    transport: tail[1],
    src,
    dst,
    icmp,
  };
}

/** Suricata writes type and code where others have ports. */
function icmpOf([, protocol = '', source = '', target = '']: readonly string[]): NetworkEvent['icmp'] {
  if (!/^(?:ipv6-)?icmp(?:v6)?$/i.test(protocol)) return undefined;
  const { host, port: type } = splitHostPort(source);
  const code = splitHostPort(target).port;
  return type === undefined || parseIp(host) === undefined ? undefined : compact({ type, code });
}

const FIRST_LABEL = /\s*\[(?:\*\*\]|Classification: |Priority: |AppID: |Impact: )/;

/** Message, classification and priority between the rule id and the endpoints. */
export function parseLabels(text: string): Pick<Alert, 'name' | 'category' | 'priority'> {
  const end = FIRST_LABEL.exec(text)?.index ?? text.length;
  const name = text
    .slice(0, end)
    .trim()
    .replace(/^<[^<>]*> /, '')
    .replace(/^"([^"]*)"$/, '$1');
  return {
    name: name === '' ? undefined : name,
    category: /\[Classification: (?!\(null\))([^\]]*)\]/.exec(text)?.[1],
    priority: /\[Priority: (\d+)\]/.exec(text)?.[1],
  };
}

/**
 * `a.b.c.d:port` or a bare address. IPv6 stands without brackets: where the protocol has ports, the last group is one.
 */
export function endpointOfPair(text: string, transport?: string): Endpoint {
  const { host, port } = splitHostPort(text);
  const last = text.lastIndexOf(':');
  if (host === text && last > 0 && /^(?:tcp|udp|sctp)$/i.test(transport ?? '')) {
    const ip = parseIp(text.slice(0, last));
    if (ip !== undefined) return compact({ ip, port: parsePort(text.slice(last + 1)) || undefined });
  }
  const ip = parseIp(host);
  return compact({ ip, port: ip === undefined ? undefined : port || undefined });
}

/** Endpoint of two cells; port 0 is none. */
export function endpointOfCells(ip: string | undefined, port: string | number | undefined): Endpoint {
  return compact({ ip: parseIp(ip ?? ''), port: parsePort(port) || undefined });
}

/** What became of the packet where the record says so; a record without such a word only says that a rule matched. */
function actionOfAlert(word: string | undefined): Action {
  if (word === undefined) return 'alert';
  if (/^(?:drop|block|reject|reset|sdrop|den(?:y|ied))/i.test(word)) return 'deny';
  return /^(?:allow|pass)/i.test(word) ? 'allow' : 'alert';
}

/** 4 critical .. 0 informational from a priority, which counts the other way. */
function severityOfPriority(priority: string | undefined): number | undefined {
  const value = Number(priority);
  return priority === undefined || value === 0 || Number.isNaN(value) ? undefined : Math.max(0, 4 - value);
}

interface AlertRecord {
  readonly format: string;
  readonly clock: string;
  readonly time: EventTime;
  readonly actionRaw?: string | undefined;
  readonly ruleId: string;
  readonly more?: Partial<NetworkEvent>;
}

/** The event of an alert. */
export function alertEvent(record: RawRecord, alert: Alert, facts: AlertRecord): NetworkEvent {
  return networkEvent(record, {
    format: facts.format,
    clock: facts.clock,
    time: facts.time,
    host: facts.more?.host ?? record.host,
    type: 'alert',
    action: actionOfAlert(facts.actionRaw),
    actionRaw: facts.actionRaw,
    src: alert.src,
    dst: alert.dst,
    initiator: beganBehind(alert.src, alert.dst),
    icmp: alert.icmp,
    transport: transportName(alert.transport),
    rule: compact({ id: facts.ruleId, name: alert.name, category: alert.category }),
    severity: severityOfPriority(alert.priority),
    severityRaw: alert.priority,
    ...(facts.more ?? {}),
  } as Parameters<typeof networkEvent>[1]);
}
