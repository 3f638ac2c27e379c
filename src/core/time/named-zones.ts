import { similarWord } from '../text/similar.ts';
import { zoneMinutes } from './units.ts';

/** Days twice a month: Morocco's other time is that of Ramadan, some five weeks long and not the same ones each year. */
const SEASONS = Array.from({ length: 24 }, (_, i) => Date.UTC(2026, Math.floor(i / 2), i % 2 === 0 ? 1 : 15));

/** Offsets from UTC of a zone that has a name, as `+08:00`: two where it has summer time, none where there is no such zone. */
export function namedZone(name: string): readonly string[] {
  if (!/^[A-Za-z]/.test(name)) return [];
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
    return [...new Set(SEASONS.map((day) => offsetOf(format.formatToParts(day))))];
  } catch {
    return [];
  }
}

function offsetOf(parts: readonly Intl.DateTimeFormatPart[]): string {
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') ?? '';
  return text === '' ? '+00:00' : text;
}

/**
 * Minutes east of UTC of an offset as `+08:00` or of a zone's name as `Asia/Shanghai`; a text says why it is none. One offset holds
 * for a whole source, so a zone with summer time does not say enough.
 */
export function statedZone(zone: string): number | string {
  const own = zoneMinutes(zone);
  if (own !== undefined) return own;
  const [offset, other] = namedZone(zone);
  if (other !== undefined) return `${zone} is ${offset} or ${other}, as the season is: write the one of that night`;
  const minutes = offset === undefined ? undefined : zoneMinutes(offset);
  if (minutes !== undefined) return minutes;
  const meant = similarWord(zone, Intl.supportedValuesOf('timeZone'));
  return meant === undefined ? 'expected an offset as +08:00, UTC, or Asia/Shanghai' : `did you mean ${meant}?`;
}
