import { Folding } from '../../src/fold/folding.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Finding } from '../../src/model/violation.ts';
import { ClockSample } from '../../src/reach/keeping/clock-sample.ts';
import { Interest } from '../../src/reach/keeping/interest.ts';
import { Retention, type RetentionContext } from '../../src/reach/keeping/retention.ts';
import { timeOf } from '../event-time.ts';

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
  mostFlows = 1000,
}: Partial<Pick<RetentionContext, 'observe' | 'mostNear' | 'mostFlows'>> = {}) {
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
    mostFlows,
  });
  return { interest, sample, retention };
}

/** What a record of `host.log` has at a second. */
export function recordAt(second: number) {
  const at = (second * 1e6) as Micros;
  return {
    ref: { source: 'host.log', line: second, offset: second, bytes: 1 },
    time: timeOf(at),
    format: 'x',
    clock: 'host',
  };
}
