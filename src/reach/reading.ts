import type { Event } from '../model/event.ts';
import type { Glance, LifeGlance, TrafficGlance } from '../model/format.ts';
import type { ClockSample } from './clock-sample.ts';
import type { Interest } from './interest.ts';
import type { Retention } from './retention.ts';

/** Keys that are remembered as of no interest; more would cost more memory than they save time. */
const MOST_QUIET = 200_000;

/** What the rules say to parts of a record. */
interface Judgement {
  isInternal(ip: string): boolean;
  /** Whether a rule on plain traffic looks for this. */
  suspects(url: string | undefined, userAgent: string | undefined): boolean;
}

export interface ReadingContext {
  readonly retention: Retention;
  readonly interest: Interest;
  readonly sample: ClockSample;
  readonly judgement: Judgement;
  /** Path of the file that is read. */
  readonly source: string;
  readonly pass: 'first' | 'second';
  /** The violations of all files that could extend what is kept of this one are known, but for its own. */
  readonly settled: boolean;
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
    switch (glance.kind) {
      case 'traffic':
        return this.#leavesTraffic(glance);
      case 'life':
        return this.#leavesLife(glance);
      case 'socket':
        return this.#context.pass === 'second';
    }
  }

  keep(events: readonly Event[], glance: Glance | undefined): readonly Event[] {
    const kept = events.filter((event) => this.#wants(event));
    const key = kept.length === 0 && glance !== undefined ? this.#keyOf(glance) : undefined;
    if (key !== undefined && this.#quiet.size < MOST_QUIET) this.#quiet.add(key);
    return kept;
  }

  #wants(event: Event): boolean {
    const { retention, pass, settled } = this.#context;
    if (pass === 'second') return retention.second(event);
    const decision = retention.first(event, { settled });
    if (decision === 'later') this.again = true;
    return decision === 'keep';
  }

  /** A line whose like was read before and did not matter. */
  #leavesTraffic(glance: TrafficGlance): boolean {
    const { sample, interest, judgement, settled, pass } = this.#context;
    if (sample.wantsPort(glance.port) || sample.wantsPort(glance.natPort)) return false;
    if (settled && this.#version !== interest.version) {
      this.#quiet.clear();
      this.#version = interest.version;
    }
    if (pass === 'second' && interest.wantsClient({ ip: glance.clientIp, port: glance.port })) return false;
    if (!this.#quiet.has(this.#keyOf(glance) ?? '')) return false;
    return (
      (glance.url === undefined && glance.userAgent === undefined) || !judgement.suspects(glance.url, glance.userAgent)
    );
  }

  #keyOf(glance: Glance): string | undefined {
    if (glance.kind !== 'traffic') return glance.kind === 'life' ? glance.key : undefined;
    return `${this.#context.judgement.isInternal(glance.clientIp) ? 'i' : 'e'}${glance.key}`;
  }

  #leavesLife(life: LifeGlance): boolean {
    const { retention, source, pass } = this.#context;
    const where = life.host ?? source;
    if (pass === 'second') return !retention.wantsLife(where, source, life);
    if (life.key !== undefined && !this.#quiet.has(life.key)) return false;
    retention.addLife(where, life.pid, life.ppid);
    this.again = true;
    return true;
  }
}
