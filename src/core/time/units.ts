import { wordTable } from '../word-table.ts';
/** Minutes east of UTC of `+08:00`, `-0530`, `UTC`, `GMT` or `Z`; undefined for anything else. */
export function zoneMinutes(zone: string): number | undefined {
  if (/^(?:UTC|Z|GMT)$/i.test(zone)) return 0;
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  // No place on earth is farther from UTC.
  if (Number(match[3]) > 59 || minutes > 14 * 60) return undefined;
  return match[1] === '-' ? -minutes : minutes;
}

const UNIT_US = wordTable<number>({ us: 1, ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 });

/** Microseconds of `+2.3s`, `-450ms`, `90` (seconds), `2m`; undefined for anything else. */
export function durationUs(text: string): number | undefined {
  const match = /^([+-]?\d+(?:\.\d+)?)(us|ms|s|m|h)?$/.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (UNIT_US[match[2] ?? 's'] ?? 1_000_000));
}

const UNIT_MB = wordTable<number>({
  '': 1,
  m: 1,
  mb: 1,
  mib: 1.048576,
  g: 1000,
  gb: 1000,
  gib: 1073.741824,
});

/** Megabytes of `512`, `512MB`, `512MiB`, `2G`; undefined for anything else, and for none. */
export function megabytesOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(|[MG]|[MG]i?B)$/i.exec(text.trim());
  const value = Number(match?.[1]) * (UNIT_MB[match?.[2]?.toLowerCase() ?? ''] ?? 1);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

/** The text that `zoneMinutes` reads back. */
export function zoneText(minutes: number): string {
  const digits = (value: number): string => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

/** The text that `durationUs` reads back, in the largest unit that keeps it whole. */
export function durationText(us: number): string {
  const [unit, size] = us % 1_000_000 === 0 ? ['s', 1_000_000] : us % 1000 === 0 ? ['ms', 1000] : ['us', 1];
  return `${us < 0 ? '' : '+'}${us / size}${unit}`;
}
