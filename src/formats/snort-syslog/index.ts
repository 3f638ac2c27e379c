import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { snortEvent } from '../../core/snort.ts';
import { parseSyslog } from '../../core/syslog.ts';
import { eventTime, timeFromObserved } from '../../core/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const BODY =
  /(?:snort|suricata)(?:\[\d+\])?:?\s+\[\d+:(\d+):\d+\] (.*?)(?: \[Classification: ([^\]]*)\])?(?: \[Priority: (\d+)\])?:? \{([^}]+)\} (\S+) -> (\S+)/;

/** Snort `alert_syslog`. */
export const snortSyslog: Format = {
  id: 'snort-syslog',
  title: 'Snort alert_syslog',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: seconds, local, usually without a year',
  traps: ['the time is the syslog daemon’s'],
  claims: ({ text }: SniffRecord): Sniff =>
    BODY.test(text) ? yes(0.96, 'snort: [gid:sid:rev] ... {PROTO}') : no('no snort tag with a signature'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = BODY.exec(record.text);
  if (match === null) return failed('not an alert_syslog line');
  const [, sid, name, category, priority, transport, from = '', to = ''] = match;
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const time =
    header?.stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(header.stamp, { raw: header.rawTime, basis: 'emit', beforeUs: 1_000_000, observed: record.observed });
  const event = snortEvent(record, {
    format: 'snort-syslog',
    clock: 'header',
    time,
    sid,
    name,
    category,
    priority,
    transport,
    from,
    to,
    host: header?.host,
  });
  return event === undefined ? failed('no addresses') : decoded(event);
}
