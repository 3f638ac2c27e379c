import type { Violation } from '../../model/violation.ts';

/** How many records tell of a violation. */
export function recordsOf({ alsoSeen, repeats }: Violation): number {
  return 1 + alsoSeen.length + (repeats?.lines.length ?? 0);
}
