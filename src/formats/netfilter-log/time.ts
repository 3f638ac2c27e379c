import type { SyslogHeader } from '../../core/lines/syslog.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

export function timeOf(header: Pick<SyslogHeader, 'stamp' | 'rawTime'> | undefined, record: RawRecord): EventTime {
  if (header?.stamp === undefined) return timeFromObserved(record.observed);
  return eventTime(header.stamp, {
    raw: header.rawTime,
    basis: 'packet',
    beforeUs: header.stamp.stepUs > 1 ? 0 : 1_000_000,
    observed: record.observed,
  });
}
