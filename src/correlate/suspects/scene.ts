import type { Micros } from '../../model/time.ts';
import type { Category } from '../../model/violation.ts';
import type { Owner } from '../processes/owner.ts';
import type { Trail } from '../trail/walk.ts';
import type { LeaseFacts } from './lease-facts.ts';
import type { CallMention } from './mentions.ts';
import type { SeriesAround } from './series.ts';

/** What is known around one violation before anybody is suspected of it. */
export interface Scene {
  readonly trail: Trail;
  readonly category: Category;
  readonly sandboxes: ReadonlySet<string> | undefined;
  readonly owners: readonly Owner[];
  readonly mentions: Mentions;
  readonly leaseFacts: LeaseFacts;
  /** See `PauseBefore`. */
  readonly pausedAt: Micros | undefined;
  /** See `SeriesOf`. */
  readonly seriesAround: () => SeriesAround;
}

/** Calls that name the destination. */
export interface Mentions {
  /** By call key. */
  readonly byCall: ReadonlyMap<string, Mentioned>;
  /** Episodes of these calls. */
  readonly episodes: ReadonlySet<string>;
}

export interface Mentioned {
  readonly entry: CallMention;
  readonly via: 'ip' | 'domain';
  readonly value: string;
}
