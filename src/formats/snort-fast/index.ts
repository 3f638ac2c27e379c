import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { snortEvent } from '../../core/snort.ts';
import { eventTime, parseSlashed } from '../../core/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE =
  /^(\d\d\/\d\d(?:\/\d\d)?-\d\d:\d\d:\d\d\.\d{1,6})\s+(?:\[(\w+)\] )?\[\*\*\]\s+\[\d+:(\d+):\d+\]\s+(.*?)\s+\[\*\*\]\s+(?:\[Classification: ([^\]]*)\]\s+)?(?:\[Priority: (\d+)\]\s+)?(?:\[AppID: [^\]]*\]\s+)?\{([^}]+)\}\s+(\S+) -> (\S+)/;

/** Snort `alert_fast`: no year, or two digits of it. */
export const snortFast: Format = {
  id: 'snort-fast',
  title: 'Snort alert_fast',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'packet time, sensor local, usually without a year',
  traps: ['IPv6 and ICMP without ports', 'the year must be assumed'],
  claims: ({ text }: SniffRecord): Sniff =>
    text.includes('[**]') && LINE.test(text)
      ? yes(0.97, 'MM/DD- time with [**] [gid:sid:rev] and {PROTO}')
      : no('not an alert_fast line'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = LINE.exec(record.text);
  if (match === null) return failed('not an alert_fast line');
  const [, raw = '', action, sid, name, category, priority, transport, from = '', to = ''] = match;
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the date is none');
  const time = eventTime(stamp, { raw, basis: 'packet', observed: record.observed });
  const event = snortEvent(record, {
    format: 'snort-fast',
    clock: 'timestamp',
    time,
    sid,
    name,
    category,
    priority,
    transport,
    from,
    to,
    action,
  });
  return event === undefined ? failed('no addresses') : decoded(event);
}
