import { setFlagsFromString } from 'node:v8';

/**
 * Three habits of V8 do not suit a program that reads gigabytes in seconds and keeps little (docs/adr/0013-flags-of-v8.md). All are
 * flags of long standing; one that a later V8 no longer knows is reported by it and does nothing.
 */
export function tuneV8(): void {
  // While the young generation is still small, the events of one batch outlive it; V8 then puts all later ones among the old.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Garbage may take 40 % of what is in use before it is cleared away, not several times as much.
  setFlagsFromString('--heap-growing-percent=40');
  // A function is optimised after four times as much work: most of ours are done before that pays.
  setFlagsFromString('--interrupt-budget=270000');
}
