import { setFlagsFromString } from 'node:v8';

/**
 * Two habits of V8 do not suit a program that reads gigabytes and keeps little (docs/adr/0013-garbage-collection.md). Both are
 * flags of long standing; one that a later V8 no longer knows is reported by it and does nothing.
 */
export function tuneHeap(): void {
  // While the young generation is still small, the events of one batch outlive it; V8 then puts all later ones among the old.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Garbage may take 40 % of what is in use before it is cleared away, not several times as much.
  setFlagsFromString('--heap-growing-percent=40');
}
