import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { type Alert, alertEvent, endpointOfPair, parseLabels } from '../../core/network/ids.ts';
import { eventTime, parseSlashed } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** What stands first in lines of other logs behind it in a file: they are no part of the alert. */
const OTHERS = '\\{"|[A-Z][a-z]{2} [ \\d]\\d \\d\\d:|\\d{4}-\\d\\d-\\d\\dT|type=|<\\d{1,3}>';
const START = /^\[\*\*\] \[(\d+):(\d+):(\d+)\] ?/;
const PACKET = /^(\d\d\/\d\d(?:\/\d\d)?-\d\d:\d\d:\d\d\.\d{1,9}) (.*)$/m;
/** With `-e` the line of the time holds the Ethernet addresses and the next one the endpoints. */
const ENDPOINTS = /(?:^|\s)(\S+) -> (\S+)$/;
const HEADER = /^([A-Z0-9:-]+) TTL:\d+ .*$/m;

/** Snort `alert_full`: one alert over several lines. */
export const snortFull: Format = {
  id: 'snort-full',
  title: 'Snort alert_full',
  roles: ['violation'],
  framing: { startsRecord: new RegExp(`^(?:\\[\\*\\*\\] \\[\\d+:\\d+:\\d+\\]|${OTHERS})`) },
  status: 'real',
  clock: 'packet time in the sensor’s local zone; no zone, no year unless Snort ran with -y',
  traps: ['one alert spans four to six lines', 'sequence numbers are hexadecimal'],
  claims: ({ text }: SniffRecord): Sniff =>
    START.test(text) && PACKET.test(text) ? yes(0.97, '[**] [gid:sid:rev] over a packet line') : no('not alert_full'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const { text } = record;
  const start = START.exec(text);
  const packet = PACKET.exec(text);
  if (start === null || packet === null) return failed('no rule or no packet line of alert_full');
  const [, raw = '', rest = ''] = packet;
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the date is none');
  const below = text.slice(packet.index + packet[0].length + 1);
  const line = / type:0x/.test(rest) ? (below.split('\n', 1)[0] ?? '') : rest;
  const ends = ENDPOINTS.exec(line.trim());
  const [, gid = '', sid = '', rev = ''] = start;
  const transport = HEADER.exec(below)?.[1];
  const alert: Alert = {
    gid,
    sid,
    rev,
    ...parseLabels(text.slice(start[0].length, packet.index)),
    transport,
    src: endpointOfPair(ends?.[1] ?? '', transport),
    dst: endpointOfPair(ends?.[2] ?? '', transport),
  };
  if (alert.src.ip === undefined) return failed('no addresses');
  const time = eventTime(stamp, { raw, basis: 'packet', observed: record.observed });
  return decoded(
    alertEvent(record, alert, {
      format: 'snort-full',
      clock: 'timestamp',
      time,
      ruleId: alert.sid,
      more: packetFields(below),
    }),
  );
}

function packetFields(text: string): Partial<NetworkEvent> {
  const seq = /\bSeq: 0x([0-9A-Fa-f]{1,8})\b/.exec(text)?.[1];
  const ipId = /\bTTL:\d+ TOS:\S+ ID:(\d+)/.exec(text)?.[1];
  const icmp = /^Type:\s*(\d+)\s+Code:\s*(\d+)(?:\s+ID:\s*(\d+))?/m.exec(text);
  return compact({
    seq: seq === undefined ? undefined : Number.parseInt(seq, 16),
    ipId: ipId === undefined ? undefined : Number(ipId),
    icmp:
      icmp === null
        ? undefined
        : compact({
            type: Number(icmp[1]),
            code: Number(icmp[2]),
            id: icmp[3] === undefined ? undefined : Number(icmp[3]),
          }),
  });
}
