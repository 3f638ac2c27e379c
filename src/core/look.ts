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
