import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { headed } from '../../core/lines/headed.ts';
import { alertEvent, parseAlert } from '../../core/network/ids.ts';
import { eventTime, parseSlashed } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const HEAD = /^(\d\d\/\d\d(?:\/\d\d)?-\d\d:\d\d:\d\d\.\d{1,9})\s+(?:\[(\w[\w ]*)\]\s+)?\[\*\*\]\s+(?=\[\d+:\d+:\d+\])/;

/** Snort 2 and 3 `alert_fast`: no year in the date, or two digits of it. */
export const snortFast: Format = headed({
  id: 'snort-fast',
  title: 'Snort alert_fast',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'packet time in the sensor’s local zone; no zone, the year missing or in two digits',
  traps: [
    'the year is the reader’s guess unless Snort ran with -y',
    'no ports on ICMP',
    '[Drop] marks blocked packets',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    HEAD.test(text) ? yes(0.97, 'date without a full year, [**] [gid:sid:rev]') : no('not an alert_fast line'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
});

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const head = HEAD.exec(record.text);
  const [whole = '', raw = '', mark] = head ?? [];
  const alert = head === null ? undefined : parseAlert(record.text.slice(whole.length));
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (alert === undefined || stamp === undefined) return failed('not an alert_fast line');
  const time = eventTime(stamp, { raw, basis: 'packet', observed: record.observed });
  return decoded(
    alertEvent(record, alert, { format: 'snort-fast', clock: 'timestamp', time, actionRaw: mark, ruleId: alert.sid }),
  );
}
