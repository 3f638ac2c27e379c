import type { TrafficGlance } from '../model/format.ts';

/** The text between `start`, which ends with a quote, and the next quote; undefined where there is none or it holds an escape. */
export function valueAfter(line: string, start: string, from: number): string | undefined {
  const at = line.indexOf(start, from);
  if (at < 0) return undefined;
  const begin = at + start.length;
  const end = line.indexOf('"', begin);
  return end < 0 || line.charCodeAt(end - 1) === 92 ? undefined : line.slice(begin, end);
}

/** The decimal digits that stand at a place, as a number; 0 where there are none. */
export function numberAt(line: string, from: number): number {
  let value = 0;
  for (let at = from; ; at++) {
    const digit = line.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return value;
    value = value * 10 + digit;
  }
}

/** From one place up to a character, or to the end of the line. */
export function upTo(line: string, from: number, end: string): string {
  const to = line.indexOf(end, from);
  return to < 0 ? line.slice(from) : line.slice(from, to);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One object for all looks at a file. */
export function emptyTraffic(): Mutable<TrafficGlance> {
  return { kind: 'traffic', key: '', clientIp: '', port: 0, natPort: 0, url: undefined, userAgent: undefined };
}
