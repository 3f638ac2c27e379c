import { setFlagsFromString } from 'node:v8';

/**
 * Three habits of V8 do not suit a program that reads gigabytes in seconds and keeps little (docs/adr/0013-flags-of-v8.md).
 * `version`: of V8, as Node states it.
 */
export function v8Flags(version: string): readonly string[] {
  return [
    // While the young generation is still small, the events of one batch outlive it; V8 then puts all later ones among the old.
    '--no-allocation-site-pretenuring',
    // Garbage may take 30 % of what is in use before it is cleared away, not several times as much.
    '--heap-growing-percent=30',
    ...lateOptimising(Number.parseInt(version, 10)),
  ];
}

/** A function is optimised after four times as much work as usual: most of ours are done before that pays. */
function lateOptimising(major: number): readonly string[] {
  if (major < 12) return ['--interrupt-budget=270000'];
  // From 13 on a quick compiler comes before the thorough one.
  return major === 12 ? ['--invocation-count-for-turbofan=12000'] : [];
}

/** Must be called before other code is loaded. */
export function tuneV8(): void {
  for (const flag of v8Flags(process.versions.v8)) setFlagsFromString(flag);
}
