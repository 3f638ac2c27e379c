import { glances } from '../core/calls/columns.ts';
import { createDetector, rulePacks } from '../detect/index.ts';
import type { Folding } from '../fold/folding.ts';
import type { Event } from '../model/event.ts';
import type { Overflow } from '../model/overflow.ts';
import type { Finding, ViolatingEvent } from '../model/violation.ts';
import { ClockSample } from '../reach/keeping/clock-sample.ts';
import { Interest } from '../reach/keeping/interest.ts';
import type { Reach } from '../reach/keeping/reach.ts';
import { Retention } from '../reach/keeping/retention.ts';
import type { ScanMemory } from '../scan/memory.ts';
import { type EventsByKind, eachButPlainLeases } from './store/evidence-store.ts';

/** A record is seldom shorter. */
const RECORD_BYTES = 200;

interface ReachContext {
  /** Of the longest log that is read in reach. */
  readonly longestBytes: number;
  readonly memory: ScanMemory;
  readonly logOf: (source: string) => string;
  readonly folding: Folding;
  /** See `RetentionContext`. */
  readonly mostNear: number;
  readonly mostFlows: number;
  readonly overflow: Overflow | undefined;
  readonly onFinding?: ((event: ViolatingEvent, finding: Finding) => void) | undefined;
}

/** What matters of long logs, as far as the short files tell it. */
export function openReach(
  store: EventsByKind,
  { longestBytes, memory, logOf, folding, mostNear, mostFlows, overflow, onFinding }: ReachContext,
): Reach {
  const detector = createDetector(rulePacks, { inventory: store.inventory, leased: store.leases.ips() });
  const interest = new Interest();
  for (const event of [...store.network, ...store.dns, ...store.processes])
    if (detector.observe(event) !== undefined) interest.addViolation(event);
  for (const row of store.inventory)
    if (row.role === 'proxy') for (const ip of row.ips ?? []) interest.addEndpoint({ ip });
  const sample = new ClockSample(longestBytes / RECORD_BYTES, (see) =>
    eachButPlainLeases(store, see, (calls) => {
      for (const event of glances(calls)) see(event);
    }),
  );
  const retention = new Retention({
    interest,
    sample,
    observe: (event: Event) => detector.observe(event),
    folding,
    mostNear,
    mostFlows,
    overflow,
    calls: glances(store.calls),
    leases: store.leases.whole,
    logOf,
    ...(onFinding === undefined ? {} : { onFinding }),
  });
  return { memory, interest, sample, rules: detector.glanceRules, retention };
}
