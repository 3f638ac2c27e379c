import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { headerOf, timeOr } from '../../core/network/device.ts';
import { alertEvent, parseAlert } from '../../core/network/ids.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const MARK = /(?:^|:\s|\s)(?:\[(Drop|wDrop|reject|Reject)\]\s+)?(\[\d+:\d+:\d+\]:?\s+)/;

/** Alerts that Snort, Suricata or Barnyard2 send to syslog. */
export const snortSyslog: Format = {
  id: 'snort-syslog',
  title: 'Snort and Suricata alerts in syslog',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header: local time, one second, often without year',
  traps: ['the header is the only time; it is the log daemon’s, not the packet’s'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (!text.includes('} ') || text.includes('[**]')) return no('no {PROTO}');
  const mark = MARK.exec(text);
  if (mark === null || parseAlert(text.slice(text.indexOf(mark[2] ?? ''))) === undefined) return no('no alert');
  return yes(0.96, '[gid:sid:rev] msg {PROTO} a -> b without [**]');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const mark = MARK.exec(record.text);
  if (mark === null) return /\b(?:snort|suricata)\b/.test(record.text) ? skipped('no alert') : failed('not an alert');
  const alert = parseAlert(record.text.slice(record.text.indexOf(mark[2] ?? '')));
  if (alert === undefined) return failed('no endpoints of an alert');
  const header = headerOf(record, context);
  const host = header.host ?? record.host;
  return decoded(
    alertEvent(record, alert, {
      format: 'snort-syslog',
      clock: 'header',
      time: timeOr(record, header.stamp, header.rawTime, 'emit'),
      actionRaw: mark[1],
      ruleId: alert.sid,
      ...(host === undefined ? {} : { more: { host } }),
    }),
  );
}
