import type { NetworkEvent } from '../../model/event.ts';
import { type ClockSample, MOST_REQUESTS } from './clock-sample.ts';

/** Requests that were kept for the clocks: of each log the first of those that the sample wants. */
export class KeptRequests {
  readonly #sample: ClockSample;
  /** Of each log how many, and the line of the last. */
  readonly #kept = new Map<string, { count: number; last: number }>();

  constructor(sample: ClockSample) {
    this.#sample = sample;
  }

  /** Whether the next one of its log is kept. */
  take(event: NetworkEvent): boolean {
    if (!this.#sample.wantsRequest(event)) return false;
    const { source, line } = event.ref;
    const kept = this.#kept.get(source) ?? { count: 0, last: 0 };
    if (kept.count >= MOST_REQUESTS) return false;
    this.#kept.set(source, { count: kept.count + 1, last: line });
    return true;
  }

  /** Whether it was, for this or another reason. */
  has(event: NetworkEvent): boolean {
    if (!this.#sample.wantsRequest(event)) return false;
    const kept = this.#kept.get(event.ref.source);
    return kept === undefined || kept.count < MOST_REQUESTS || event.ref.line <= kept.last;
  }
}
