import { Folding } from '../../src/fold/folding.ts';
import type { Finding } from '../../src/model/violation.ts';
import { ClockSample } from '../../src/reach/clock-sample.ts';
import { Interest } from '../../src/reach/interest.ts';
import { Retention, type RetentionContext } from '../../src/reach/retention.ts';

export const FINDING: Finding = {
  rule: { id: 'x', name: 'x' },
  category: 'policy-violation',
  severity: 'low',
  strength: 'verdict',
  attack: [],
  atlas: [],
};

/** A retention of a night without calls and leases, and what it was made with. Nothing is a violation unless `observe` says so. */
export function openRetention({
  observe = () => undefined,
  mostNear = 1000,
}: Partial<Pick<RetentionContext, 'observe' | 'mostNear'>> = {}) {
  const [interest, sample, folding] = [new Interest(), new ClockSample(1e9, () => {}), new Folding(10_000)];
  const retention = new Retention({
    interest,
    sample,
    observe,
    folding,
    calls: [],
    leases: [],
    logOf: String,
    mostNear,
  });
  return { interest, sample, retention };
}
