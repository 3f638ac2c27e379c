/** Days of both seasons. */
const SEASONS = [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)];

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
