import type { Event } from '../model/event.ts';
import type { Glance } from '../model/format.ts';
import type { ClockSample } from './clock-sample.ts';
import type { Interest } from './interest.ts';
import type { Retention } from './retention.ts';

/** Keys that are remembered as of no interest; more would cost more memory than they save time. */
const MOST_QUIET = 200_000;

type Traffic = Extract<Glance, { kind: 'traffic' }>;
type Life = Extract<Glance, { kind: 'life' }>;

export interface ReadingContext {
  readonly retention: Retention;
  readonly interest: Interest;
  readonly sample: ClockSample;
  /** Path of the file that is read. */
  readonly source: string;
  readonly pass: 'first' | 'second';
}

/** One reading of a long file: what to keep of it, and which lines need not even be parsed. */
export class Reading {
  readonly #context: ReadingContext;
  readonly #quiet = new Set<string>();
  #version = 0;
  /** Something was dropped that may turn out to matter once all violations are known. */
  again = false;

  constructor(context: ReadingContext) {
    this.#context = context;
  }

  leaves(glance: Glance): boolean {
    return glance.kind === 'traffic' ? this.#leavesTraffic(glance) : this.#leavesLife(glance);
  }

  keep(events: readonly Event[], glance: Glance | undefined): readonly Event[] {
    const kept = events.filter((event) => this.#wants(event));
    if (kept.length === 0 && glance?.kind === 'traffic' && this.#quiet.size < MOST_QUIET) this.#quiet.add(glance.key);
    return kept;
  }

  #wants(event: Event): boolean {
    const { retention, pass } = this.#context;
    if (pass === 'second') return retention.second(event);
    const decision = retention.first(event);
    if (decision === 'later') this.again = true;
    return decision === 'keep';
  }

  /** A line whose like was read before and did not matter. */
  #leavesTraffic({ key, port, natPort }: Traffic): boolean {
    const { sample, interest } = this.#context;
    if (sample.wantsPort(port) || sample.wantsPort(natPort)) return false;
    if (this.#version !== interest.version) {
      this.#quiet.clear();
      this.#version = interest.version;
    }
    return this.#quiet.has(key);
  }

  #leavesLife(life: Life): boolean {
    const { retention, source, pass } = this.#context;
    const where = life.host ?? source;
    if (pass === 'second') return !retention.wantsLife(where, source, life);
    retention.addLife(where, life.pid, life.ppid);
    this.again = true;
    return true;
  }
}
