/** Smallest value over a list of any length (a spread argument list overflows the stack near 100,000); Infinity when empty. */
export function least<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((best, item) => Math.min(best, value(item)), Infinity);
}

/** Largest value over a list of any length; -Infinity when empty. */
export function greatest<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((best, item) => Math.max(best, value(item)), -Infinity);
}
