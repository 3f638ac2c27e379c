import { hasPorts } from '../../core/network/network.ts';
import { type FieldMap, mappedFormat } from '../../core/tables/mapping.ts';
import { parseIso } from '../../core/time/time.ts';
import type { Action } from '../../model/event.ts';

/** `serial(vsys) id Traffic@FLOW: SESSION: client:port->server:port(TCP), ...`. */
const HEAD =
  /\((?:[\w.-]+)\) [0-9a-f]{8} Traffic@FLOW: (?:SESSION|NAT): (\S+?):(\d{1,5})->(\S+?):(\d{1,5})\(([\w-]+)\)[,.]/i;
const OTHERS = /\d\([\w.-]+\) [0-9a-f]{8} (?:Event|Network|Config(?:uration)?|Operation|Traffic)@[A-Z0-9_]+: /i;
const STAMP = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/;
/** Divided by commas, in some versions by points or blanks alone. */
const VALUES = {
  policy: /\bpolicy (\d+|[\w-]+)(?=[,.\s])/,
  rule: /\brule (\d+)/,
  interface: /\binterface ([\w./-]+)/,
  application: /\bapplication ([^,]+)/,
  sent: /\bsend bytes (\d+)/,
  received: /\breceive bytes (\d+)/,
  start: new RegExp(`\\bstart time (${STAMP.source})`),
  close: new RegExp(`\\bclose time (${STAMP.source})`),
  reason: /\bsession end[,.] *([A-Za-z][\w ]*)/,
  phase: /\b(session (?:start|end)|policy deny|default deny|deny)\b/,
  snat: /\bsnat to (\S+?):(\d{1,5})\b/,
  dnat: /\bdnat to (\S+?):(\d{1,5})\b/,
} as const;

function read(text: string): FieldMap | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  const [whole, srcIp = '', srcPort = '', dstIp = '', dstPort = '', transport = ''] = head;
  const fields: FieldMap = { srcIp, dstIp, transport: transport.toLowerCase() };
  // Of ICMP they are type, code and identifier.
  if (hasPorts(fields['transport'])) Object.assign(fields, { srcPort, dstPort });
  const rest = text.slice(head.index + whole.length);
  for (const [name, value] of Object.entries(VALUES)) {
    const [, first, second] = value.exec(rest) ?? [];
    if (first !== undefined) fields[name] = first.trim();
    if (second !== undefined) fields[`${name}Port`] = second;
  }
  return fields;
}

function verdict(f: FieldMap): Action | undefined {
  const phase = f['phase'] ?? '';
  if (phase.endsWith('deny')) return 'deny';
  return phase.startsWith('session') ? 'allow' : undefined;
}

function lasted(f: FieldMap): number | undefined {
  const [start, close] = [parseIso(f['start'] ?? ''), parseIso(f['close'] ?? '')];
  return start === undefined || close === undefined ? undefined : (close.at - start.at) / 1_000_000;
}

/** Session and NAT logs of Hillstone firewalls. Hillstone "StoneOS Log Messages Reference Guide", Traffic logs. */
export const hillstone = mappedFormat({
  format: {
    id: 'hillstone',
    title: 'Hillstone firewalls (session, NAT)',
    roles: ['violation', 'flow', 'nat'],
    status: 'real',
    clock: '`close time` of ended sessions, else the header: both local time of the device, one second',
    traps: [
      'a session is told when it starts, when it ends or both, as the policy logs',
      'the translated address stands in the NAT log alone, the rule of the policy in the session log alone',
    ],
  },
  mark: HEAD,
  others: OTHERS,
  score: 0.97,
  fields: read,
  action: verdict,
  facts: (f) => ({
    srcIp: f['srcIp'],
    srcPort: f['srcPort'],
    dstIp: f['dstIp'],
    dstPort: f['dstPort'],
    natSrcIp: f['snat'],
    natSrcPort: f['snatPort'],
    natDstIp: f['dnat'],
    natDstPort: f['dnatPort'],
    transport: f['transport'],
    ruleId: f['policy'] ?? f['rule'],
    actionRaw: f['phase'],
    inIf: f['interface'],
    state: f['reason'],
    bytesToDst: f['sent'],
    bytesToSrc: f['received'],
  }),
  stamp: (f) => f['close'],
  lasted,
});
