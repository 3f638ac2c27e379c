import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { parseIp } from '../../core/ip.ts';
import { snortEvent } from '../../core/snort.ts';
import { splitRow } from '../../core/table.ts';
import { eventTime, parseSlashed } from '../../core/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const START = /^(\d\d\/\d\d(?:\/\d\d)?-\d\d:\d\d:\d\d\.\d{1,6})\s*,\s*\d+\s*,\s*\d+\s*,/;

/** Snort `alert_csv` with the default columns, and the pfSense variant that ends with action and disposition. */
export const snortCsv: Format = {
  id: 'snort-csv',
  title: 'Snort alert_csv',
  roles: ['violation'],
  framing: 'auto',
  status: 'real',
  clock: 'packet time, sensor local, usually without a year',
  traps: ['columns are configurable; the default order is read', 'ports are empty for ICMP'],
  claims: ({ text }: SniffRecord): Sniff =>
    START.test(text) && text.split(',').length >= 10
      ? yes(0.95, 'MM/DD- time, gid, sid, rev')
      : no('not an alert_csv row'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const raw = START.exec(record.text)?.[1];
  if (raw === undefined) return failed('not an alert_csv row');
  const cells = splitRow(record.text).map((cell) => cell.trim());
  const stamp = parseSlashed(raw, context.reference, context.zoneOffsetMin);
  if (stamp === undefined) return failed('the date is none');
  const [, , sid, , name, transport, from = '', fromPort, to = '', toPort] = cells;
  if (parseIp(from) === undefined && parseIp(to) === undefined) return failed('no addresses in columns 7 and 9');
  const last = cells[cells.length - 1] ?? '';
  const pfSense = /^(?:allow|drop|block|reject|alert|pass)$/i.test(last);
  const event = snortEvent(record, {
    format: 'snort-csv',
    clock: 'timestamp',
    time: eventTime(stamp, { raw, basis: 'packet', observed: record.observed }),
    sid,
    name,
    transport,
    from,
    fromPort,
    to,
    toPort,
    action: pfSense ? last : undefined,
    category: pfSense && cells[11] !== '' ? cells[11] : undefined,
    priority: pfSense && /^\d+$/.test(cells[12] ?? '') ? cells[12] : undefined,
  });
  return event === undefined ? failed('no addresses') : decoded(event);
}
