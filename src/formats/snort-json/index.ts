import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { snortEvent } from '../../core/snort.ts';
import { eventTime, fromSecondsNanos, parseSlashed, timeFromObserved } from '../../core/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Snort 3 `alert_json`. */
export const snortJson: Format = {
  id: 'snort-json',
  title: 'Snort 3 alert_json',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: '`seconds`: epoch of the packet; `timestamp` repeats it with microseconds but without a year',
  traps: ['`action` is what happened to the packet, `class` the classification', 'fields are configurable'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a JSON object');
  const rule = typeof json['rule'] === 'string' && /^\d+:\d+:\d+$/.test(json['rule']);
  const address = json['src_addr'] !== undefined || json['src_ap'] !== undefined;
  return (rule || json['sid'] !== undefined) && address
    ? yes(0.96, 'rule gid:sid:rev and src_addr of Snort 3')
    : no('no rule and src_addr');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const seconds = textOf(json['seconds']);
  const raw = textOf(json['timestamp']) ?? '';
  const local = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  const stamp = seconds === undefined ? local : { ...fromSecondsNanos(seconds, 0), stepUs: 1_000_000 };
  const type = numberOf(json['icmp_type']);
  const icmpId = numberOf(json['icmp_id']);
  const event = snortEvent(record, {
    format: 'snort-json',
    clock: seconds === undefined ? 'timestamp' : 'seconds',
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, { raw: seconds ?? raw, basis: 'packet', observed: record.observed }),
    sid: textOf(json['sid']) ?? textOf(json['rule'])?.split(':')[1],
    name: textOf(json['msg']),
    category: textOf(json['class']),
    priority: textOf(json['priority']),
    transport: textOf(json['proto']),
    from: textOf(json['src_addr']) ?? textOf(json['src_ap']) ?? '',
    fromPort: json['src_port'],
    to: textOf(json['dst_addr']) ?? textOf(json['dst_ap']) ?? '',
    toPort: json['dst_port'],
    action: textOf(json['action']),
    ipId: numberOf(json['ip_id']),
    ...(type === undefined
      ? {}
      : { icmp: { type, code: numberOf(json['icmp_code']) ?? 0, ...(icmpId === undefined ? {} : { id: icmpId }) } }),
  });
  return event === undefined ? failed('no addresses') : decoded(event);
}
