import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import { compact } from '../../core/json/json.ts';
import { networkEvent, verdictOf } from '../../core/network/device.ts';
import { rowObject } from '../../core/tables/table.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { NetworkEvent, ProcessEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Columns as all releases write them; `pid` came later. */
const FIELDS =
  'date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid'.split(
    ' ',
  );
const HEADER =
  /^#(?:Software: Microsoft (?:Windows Firewall|Internet Connection Firewall)|Fields: date time action protocol )/;
const ROW =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:DROP|ALLOW|OPEN|OPEN-INBOUND|CLOSE|INFO-EVENTS-LOST) (?:[A-Z]+\d?|\d{1,3}|-) \S+ /;
/** Idle and System: no process of a user. */
const LEAST_PID = 5;

/** `pfirewall.log` of Windows Defender Firewall. Microsoft Learn, "Configuring Firewall Log Files". */
export const windowsFirewall: Format = {
  id: 'windows-firewall',
  title: 'Windows Firewall log (pfirewall.log)',
  roles: ['violation', 'flow', 'process'],
  framing: 'auto',
  status: 'documented',
  clock: 'date and time of the host, local, 1 s, no zone',
  traps: [
    'INFO-EVENTS-LOST says how many packets were not logged',
    'allowed traffic is logged only where it was asked for: by default dropped packets alone',
    '`path` is SEND, RECEIVE or FORWARD; only newer releases name the pid',
  ],
  claims,
  isInOrder: true,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (HEADER.test(text)) return yes(0.97, 'header of a Windows Firewall log');
  return ROW.test(text) ? yes(0.96, 'date, time, action and protocol of a Windows Firewall log') : no('no packet');
}

function open(context: DecodeContext): Decoder {
  let fields: readonly string[] = FIELDS;
  const decode = (record: RawRecord): Decoded => {
    const { text } = record;
    if (text.startsWith('#Fields:')) fields = text.slice(8).trim().split(/\s+/);
    if (text.startsWith('#')) return skipped('header');
    const row = rowObject(fields, text.trim().split(' '));
    return row['action'] === undefined ? failed('no packet') : packet(record, context, row);
  };
  return { decode };
}

function packet(record: RawRecord, context: DecodeContext, row: Readonly<Record<string, string>>): Decoded {
  const raw = `${row['date']} ${row['time']}`;
  const stamp = parseIso(raw, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the time is none');
  const time = eventTime(stamp, { raw, basis: 'packet', observed: record.observed });
  if (row['action'] === 'INFO-EVENTS-LOST') {
    const count = Number(row['info']);
    return missing(record, { format: 'windows-firewall', clock: 'local', time, reason: 'lost', count });
  }
  const event = networkEvent('windows-firewall', record, {
    time,
    clock: 'local',
    type: 'packet',
    action: verdictOf(row['action']),
    actionRaw: row['action'],
    srcIp: row['src-ip'],
    srcPort: row['src-port'],
    dstIp: row['dst-ip'],
    dstPort: row['dst-port'],
    transport: row['protocol'],
    direction: row['path'] === 'SEND' ? 'outbound' : row['path'] === 'RECEIVE' ? 'inbound' : undefined,
    icmp: icmpOf(row),
  });
  const seq = Number(row['tcpsyn']);
  const whole = seq > 0 ? { ...event, seq } : event;
  const sender = senderOf(whole, row);
  return sender === undefined ? decoded(whole) : decoded(whole, sender);
}

function icmpOf(row: Readonly<Record<string, string>>): NetworkEvent['icmp'] {
  const [type, code] = [Number(row['icmptype']), Number(row['icmpcode'])];
  return Number.isInteger(type) ? compact({ type, code: Number.isInteger(code) ? code : undefined }) : undefined;
}

/** The process that sent the packet, where the release names it. */
function senderOf(event: NetworkEvent, row: Readonly<Record<string, string>>): ProcessEvent | undefined {
  const pid = Number(row['pid']);
  if (row['path'] !== 'SEND' || !(pid >= LEAST_PID)) return undefined;
  const { format, clock, time, ref, host, src: local, dst: remote, transport = 'ip' } = event;
  const socket = { transport, local, remote };
  return compact({ kind: 'process' as const, format, clock, time, ref, host, op: 'connect' as const, pid, socket });
}
