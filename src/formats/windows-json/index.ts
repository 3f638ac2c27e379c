import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact, tryJson } from '../../core/json/json.ts';
import { securityPart, sysmonPart } from '../../core/products/windows.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';
import { type WindowsRecord, windowsRecord } from './fields.ts';

/** Longest delay of a collector that was measured, with a margin. */
const RECEIPT_US = 90_000_000;

/** Windows events as JSON: Winlogbeat, NXLog, evtx dumps and flat exports. */
export const windowsJson: Format = {
  id: 'windows-json',
  title: 'Windows Sysmon and Security events, JSON',
  roles: ['process', 'socket', 'dns'],
  framing: 'auto',
  status: 'real',
  clock: '`UtcTime` of Sysmon, else the creation time; the reception time where the feed has no other zoned one',
  traps: [
    'UtcTime may be days off, and differently per event id',
    'exporters write local time with a false Z',
    'NXLog drops ProcessId of some events: it is taken from the message',
    'in Security 4688 ProcessId is the creator',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ json }: SniffRecord): Sniff {
  const found = windowsRecord(json);
  if (found === undefined) return no('no Windows event');
  return found.source === 'other' ? yes(0.9, 'Windows event') : yes(0.97, `Windows ${found.source} event`);
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const found = windowsRecord(tryJson(record.text));
  if (found === undefined) return failed('no Windows event');
  if (found.source === 'other') return skipped('event of another channel');
  const part = found.source === 'sysmon' ? sysmonPart(found.id, found.data) : securityPart(found.id, found.data);
  if (part === undefined) return skipped('event id without meaning here');
  const stamp = timeOf(found, record, context);
  if (stamp === undefined) return failed('no time');
  const host = found.host ?? record.host;
  const base = compact({
    time: stamp.time,
    ref: record.ref,
    format: 'windows-json',
    clock: host === undefined ? stamp.clock : `${stamp.clock}@${host}`,
    host,
  });
  return decoded({ ...base, ...part } as Event);
}

function timeOf(
  found: WindowsRecord,
  record: RawRecord,
  context: DecodeContext,
): { time: EventTime; clock: string } | undefined {
  const utc = found.source === 'sysmon' ? (found.data['UtcTime'] ?? '') : '';
  const own = parseIso(utc);
  const received = parseIso(found.received ?? '', context.zoneOffsetMin);
  const created = parseIso(found.created ?? '', context.zoneOffsetMin);
  const observed = created?.at ?? received?.at ?? record.observed;
  // The offset differs per event id, so each has a clock of its own.
  if (own !== undefined) {
    const stamp = { ...own, zone: 'explicit' as const };
    return { time: eventTime(stamp, { raw: utc, basis: 'event', observed }), clock: `UtcTime.${found.id}` };
  }
  if (created !== undefined)
    return {
      time: eventTime(created, { raw: found.created ?? '', basis: 'event', observed: received?.at ?? record.observed }),
      clock: 'TimeCreated',
    };
  if (received !== undefined) {
    const options = { raw: found.received ?? '', basis: 'receipt' as const, beforeUs: RECEIPT_US };
    return { time: eventTime(received, options), clock: '@timestamp' };
  }
  const local = parseIso(found.local ?? '', context.zoneOffsetMin);
  if (local === undefined) return undefined;
  return { time: eventTime(local, { raw: found.local ?? '', basis: 'event', observed }), clock: 'EventTime' };
}
