import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { headed } from '../../core/lines/headed.ts';
import { alertEvent, parseAlert } from '../../core/network/ids.ts';
import { eventTime, parseSlashed } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEAD =
  /^(\d\d\/\d\d\/\d{4}-\d\d:\d\d:\d\d\.\d{1,6})\s+(?:\[(Drop|wDrop|reject)\] )?\[\*\*\]\s+(?=\[\d+:\d+:\d+\])/;

/** Suricata `fast.log`: four-digit year in the date. */
export const suricataFast: Format = headed({
  id: 'suricata-fast',
  title: 'Suricata fast.log',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'packet time in the sensor’s local zone, no zone written',
  traps: ['repeats every alert of eve.json', 'no flow id, no application fields', '[Drop] marks blocked packets'],
  claims: ({ text }: SniffRecord): Sniff =>
    HEAD.test(text) ? yes(0.97, 'dated line with [**] [gid:sid:rev] and {PROTO}') : no('not a fast.log line'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const head = HEAD.exec(record.text);
  if (head === null) return failed('not a fast.log line');
  const [whole, raw = '', mark] = head;
  const alert = parseAlert(record.text.slice(whole.length));
  // Of packets without an address the raw bytes stand instead (`AlertFastLogDecoderEvent`).
  if (alert === undefined && / \[\*\*\] \[Raw pkt: /.test(record.text))
    return skipped('alert of a packet without an address');
  if (alert === undefined) return failed('no rule and endpoints of an alert');
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the date is none');
  return decoded(
    alertEvent(record, alert, {
      format: 'suricata-fast',
      clock: 'timestamp',
      time: eventTime(stamp, { raw, basis: 'packet' }),
      actionRaw: mark,
      ruleId: `${alert.gid}:${alert.sid}:${alert.rev}`,
    }),
  );
}
