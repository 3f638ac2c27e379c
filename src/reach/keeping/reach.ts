import type { GlanceRules } from '../../core/looks/glance-rules.ts';
import type { ScanMemory } from '../../scan/memory.ts';
import type { ClockSample } from './clock-sample.ts';
import type { Interest } from './interest.ts';
import type { Retention } from './retention.ts';

/** What all readings of one run share. */
export interface Reach {
  readonly retention: Retention;
  readonly interest: Interest;
  readonly sample: ClockSample;
  readonly rules: GlanceRules;
  readonly memory: ScanMemory;
}
