import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { eventTime, micros, parseEpoch } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

const RESULTS = wordTable<NetworkEvent['action']>({ '1': 'alert', '2': 'deny' });
/** `AttackType` of DescribeRiskEventGroup. */
const ATTACKS = wordTable<string>({
  '1': 'abnormal connection',
  '2': 'command execution',
  '3': 'brute force',
  '4': 'scan',
  '5': 'other',
  '6': 'information leak',
  '7': 'denial of service',
  '8': 'overflow',
  '9': 'web attack',
  '10': 'trojan',
  '11': 'worm',
  '12': 'mining',
  '13': 'reverse shell',
});

/** Intrusion events of Cloud Firewall: each stands for many flows. */
export const alibabaCfwEvents: Format = {
  id: 'alibaba-cfw-events',
  title: 'Alibaba Cloud Firewall intrusion events (DescribeRiskEventGroup)',
  roles: ['violation'],
  framing: 'auto',
  status: 'documented',
  clock: '`FirstEventTime` and `LastEventTime`: first and last flow of the group, whole epoch seconds',
  traps: [
    'aggregated over many flows and without ports',
    'several private addresses may stand behind one event',
    '`DataList` and `ResourcePrivateIPList` are an object or an array',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  if (groupsOf(json).length > 0) return yes(0.98, 'events with EventCount and FirstEventTime');
  return isObject(json) && 'DataList' in json && 'TotalCount' in json ? yes(0.7, 'empty answer') : no('no event group');
}

/** The list inside an answer, or a single event of an export with one event a line. */
function groupsOf(json: unknown): readonly unknown[] {
  const list = at(json, 'DataList') ?? at(json, 'body', 'DataList');
  const groups = list === undefined ? [json] : isObject(list) ? [list] : arrayOf(list);
  return groups.filter((group) => at(group, 'FirstEventTime') !== undefined && at(group, 'EventName') !== undefined);
}

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  const groups = groupsOf(json);
  if (groups.length === 0) {
    return isObject(json) && 'DataList' in json ? skipped('answer without events') : failed('no event group');
  }
  const events = groups.flatMap((group) => networkEvent(group, record.ref) ?? []);
  return events.length === 0 ? failed('no address or time in the event group') : decoded(...events);
}

function networkEvent(group: unknown, ref: SourceRef): NetworkEvent | undefined {
  const raw = textOf(at(group, 'FirstEventTime')) ?? '';
  const first = parseEpoch(raw);
  const src = parseIp(textOf(at(group, 'SrcIP')) ?? '');
  const dst = parseIp(textOf(at(group, 'DstIP')) ?? '');
  if (first === undefined || (src === undefined && dst === undefined)) return undefined;
  const last = parseEpoch(textOf(at(group, 'LastEventTime')) ?? '');
  const hi = micros(Math.max(first.at, last?.at ?? 0) + first.stepUs);
  const attack = textOf(at(group, 'AttackType'));
  const inner = privateSources(group);
  const level = numberOf(at(group, 'VulLevel'));
  return compact({
    kind: 'network' as const,
    format: 'alibaba-cfw-events',
    clock: 'FirstEventTime',
    time: eventTime(first, { raw, basis: 'window', hi }),
    ref,
    type: 'finding' as const,
    action: RESULTS[textOf(at(group, 'RuleResult')) ?? ''] ?? 'unknown',
    actionRaw: textOf(at(group, 'RuleResult')),
    src: compact({ ip: src }),
    dst: compact({ ip: dst }),
    direction: directionOf(textOf(at(group, 'Direction'))),
    // With several private sources the record does not say whose flow it was.
    nat: inner.length === 1 ? compact({ srcIp: inner[0] }) : undefined,
    rule: compact({
      id: textOf(at(group, 'RuleId')),
      name: textOf(at(group, 'EventName')),
      category: attack === undefined ? undefined : (ATTACKS[attack] ?? attack),
    }),
    severity: level !== undefined && level >= 1 && level <= 3 ? level : undefined,
    severityRaw: textOf(at(group, 'VulLevel')),
    count: numberOf(at(group, 'EventCount')),
    flowId: textOf(at(group, 'EventId')),
  });
}

function privateSources(group: unknown): readonly string[] {
  const listed = arrayOf(at(group, 'SrcPrivateIPList')).map((ip) => parseIp(textOf(ip) ?? ''));
  const resources = at(group, 'ResourcePrivateIPList');
  const rows = isObject(resources) ? [resources] : arrayOf(resources);
  const owned = rows.map((row) => parseIp(textOf(at(row, 'ResourcePrivateIP')) ?? ''));
  const found = listed.some((ip) => ip !== undefined) ? listed : at(group, 'Direction') === 'out' ? owned : [];
  return [...new Set(found.filter((ip) => ip !== undefined))];
}

function directionOf(text: string | undefined): NetworkEvent['direction'] | undefined {
  return text === 'out' ? 'outbound' : text === 'in' ? 'inbound' : undefined;
}
