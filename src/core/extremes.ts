/** Smallest value over a list of any length (a spread argument list overflows the stack near 100,000); Infinity when empty. */
export function least<T>(items: readonly T[], value: (item: T) => number): number {
  let best = Infinity;
  for (let i = 0; i < items.length; i++) best = Math.min(best, value(items[i] as T));
  return best;
}

/** Largest value over a list of any length; -Infinity when empty. */
export function greatest<T>(items: readonly T[], value: (item: T) => number): number {
  let best = -Infinity;
  for (let i = 0; i < items.length; i++) best = Math.max(best, value(items[i] as T));
  return best;
}
