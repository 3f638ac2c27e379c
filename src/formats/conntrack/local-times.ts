import type { Stamp } from '../../core/time/stamp.ts';
import { parseIso, parseMonthDay } from '../../core/time/time.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { Micros } from '../../model/time.ts';

/** What an entry says of its own times, in the zone of its host, whole seconds. */
export interface LocalTimes {
  readonly clock: 'start' | 'when';
  readonly stamp: Stamp;
  readonly raw: string;
  readonly lo: Micros;
  readonly hi: Micros;
}

const STAMP = '=[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4})\\]';
const START = new RegExp(`\\[start${STAMP}`);
const STOP = new RegExp(`\\[stop${STAMP}`);
const WHEN =
  /<when><hour>(\d+)<\/hour><min>(\d+)<\/min><sec>(\d+)<\/sec>(?:<wday>\d+<\/wday>)?<day>(\d+)<\/day><month>(\d+)<\/month><year>(\d{4})<\/year>/;
const STEP_US = 1_000_000;

/**
 * The times of an entry whose line has no stamp: `[start=Tue Mar  5 09:10:11 2024]` of `-o ktimestamp` (with `delta-time=`, the seconds
 * that it had lived when it was printed), `<when>` of `-o xml,timestamp`. libnetfilter_conntrack, `nfct_snprintf`.
 */
export function localTimes(text: string, context: DecodeContext): LocalTimes | undefined {
  if (text.includes('<when>')) return readAt(text, context);
  const raw = START.exec(text)?.[1];
  const start = parseMonthDay(raw ?? '', context.reference, context.zoneOffsetMin);
  if (raw === undefined || start === undefined) return undefined;
  const stopRaw = STOP.exec(text)?.[1];
  const stop = parseMonthDay(stopRaw ?? '', context.reference, context.zoneOffsetMin);
  const lived = Number(/delta-?time[=>](\d{1,9})\b/.exec(text)?.[1] ?? 0);
  const end = stop?.at ?? start.at + lived * STEP_US;
  return { clock: 'start', stamp: stop ?? start, raw: stopRaw ?? raw, lo: start.at, hi: (end + STEP_US) as Micros };
}

function readAt(text: string, context: DecodeContext): LocalTimes | undefined {
  const [hour, minute, second, day, month, year] = (WHEN.exec(text) ?? [])
    .slice(1)
    .map((part) => part.padStart(2, '0'));
  const raw = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const stamp = parseIso(raw, context.zoneOffsetMin);
  if (stamp === undefined) return undefined;
  const hi = (stamp.at + STEP_US) as Micros;
  return { clock: 'when', stamp, raw, lo: (stamp.at - STEP_US) as Micros, hi };
}
