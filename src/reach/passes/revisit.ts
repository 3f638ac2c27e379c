import type { Event } from '../../model/event.ts';
import { ANY_KEY, type Deferred, hostOf, isLifeKey, pidOf } from '../keeping/deferred.ts';
import type { Reach } from '../keeping/reach.ts';
import type { Place } from '../moments/places.ts';

interface RevisitContext {
  readonly reach: Reach;
  /** Path of the file that is read. */
  readonly source: string;
  readonly deferred: Deferred;
  /** A line means something only after those before it. */
  readonly isInOrder: boolean;
}

/** The second look at single lines of a long file: those that all violations together make worth reading. */
export class Revisit {
  readonly #reach: Reach;
  readonly #source: string;
  readonly #deferred: Deferred;
  readonly #isInOrder: boolean;
  /** Kinds of lines of which one was read and did not matter. */
  readonly #quiet = new Set<number>();

  constructor({ reach, source, deferred, isInOrder }: RevisitContext) {
    this.#reach = reach;
    this.#source = source;
    this.#deferred = deferred;
    this.#isInOrder = isInOrder;
  }

  /** To be consumed while the lines are read: what is found in some decides about those that follow. */
  places(): Generator<Place> {
    const { retention, interest } = this.#reach;
    const kin = this.#deferred.hosts.map((host) => retention.surroundings.kinOn(host ?? this.#source));
    const moments = retention.surroundings.momentsIn(this.#source);
    return this.#deferred.places((key, mark, group) => {
      if (!isLifeKey(key)) return key === ANY_KEY || !this.#quiet.has(key) || interest.wantsMark(mark);
      if (moments.holdsIn(group, mark)) return true;
      return kin[hostOf(key)]?.(pidOf(key), mark) === true;
    });
  }

  keep(events: readonly Event[], place: Place | undefined): readonly Event[] {
    const { key } = place ?? { key: ANY_KEY };
    // Its one record, or its like, was judged when it was deferred.
    const isInnocent = isLifeKey(key) && !this.#isInOrder && events.length === 1;
    const kept = events.filter((event) => this.#reach.retention.second(event, { isInnocent }));
    if (kept.length === 0 && key !== ANY_KEY && !isLifeKey(key)) this.#quiet.add(key);
    return kept;
  }
}
