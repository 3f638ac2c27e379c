import type { Event } from '../model/event.ts';
import { ANY_KEY, type Deferred, lifeOf, type Place } from './deferred.ts';
import type { Reach } from './reach.ts';

/** The second look at single lines of a long file: those that all violations together make worth reading. */
export class Revisit {
  readonly #reach: Reach;
  readonly #source: string;
  readonly #deferred: Deferred;
  /** Kinds of lines of which one was read and did not matter. */
  readonly #quiet = new Set<number>();

  /** `source`: path of the file that is read. */
  constructor(reach: Reach, source: string, deferred: Deferred) {
    this.#reach = reach;
    this.#source = source;
    this.#deferred = deferred;
  }

  /** To be consumed while the lines are read: what is found in some decides about those that follow. */
  *places(): Generator<Place> {
    for (const place of this.#deferred.places()) if (this.#wants(place)) yield place;
  }

  keep(events: readonly Event[], place: Place | undefined): readonly Event[] {
    const { key } = place ?? { key: ANY_KEY };
    const kept = events.filter((event) => this.#reach.retention.second(event));
    if (kept.length === 0 && key !== ANY_KEY && lifeOf(key) === undefined) this.#quiet.add(key);
    return kept;
  }

  #wants({ key, mark, group }: Place): boolean {
    const { retention, interest } = this.#reach;
    const life = lifeOf(key);
    if (life === undefined) return key === ANY_KEY || !this.#quiet.has(key) || interest.wantsMark(mark);
    const where = this.#deferred.hosts[life.host] ?? this.#source;
    return retention.wantsLife(where, this.#source, { pid: life.pid, group, at: mark * 1e6, forUs: 1e6 });
  }
}
