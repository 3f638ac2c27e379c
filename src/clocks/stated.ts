import type { Diagnostic } from '../model/diagnostic.ts';
import type { ClockReport } from '../model/report.ts';

/** Fewer pairs may be chance, and the user may well know better. */
const MIN_PAIRS = 10;
/** Nobody states a clock more finely by hand. */
const TOLERANCE_US = 1_000_000;

/**
 * Offsets that the user stated and that the records deny: a wrong one moves every alert of its log beside what caused it.
 * `found` are the clocks as the records alone tell them; `stated` is in microseconds ahead, by domain.
 */
export function deniedOffsets(
  stated: ReadonlyMap<string, number>,
  found: readonly ClockReport[],
): readonly Diagnostic[] {
  return found.flatMap(({ domain, offsetUs, intervalUs: [lo, hi], pairs }) => {
    const ahead = stated.get(domain);
    if (ahead === undefined || pairs < MIN_PAIRS) return [];
    if (ahead > lo - TOLERANCE_US && ahead < hi + TOLERANCE_US) return [];
    const message = `clock offset of ${domain}: ${seconds(ahead)} is stated, and ${pairs} pairs of its records with other clocks say ${seconds(offsetUs)}; what is stated was taken`;
    return [{ severity: 'warning', code: 'clock-denied', message }];
  });
}

/** As `--clock-offset` takes it. */
function seconds(us: number): string {
  return `${us < 0 ? '' : '+'}${Math.round(us / 1e5) / 10}s`;
}
