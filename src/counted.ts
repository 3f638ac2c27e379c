import type { Flagged } from './correlate/groups/group.ts';
import type { Evidence } from './correlate/index.ts';
import type { Folding, Stretches } from './fold/folding.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { Micros } from './model/time.ts';
import type { Timed } from './model/timed.ts';
import { memoryForViolations } from './reading/store/budget.ts';

/** Clocks of the run applied to stamps. */
interface Corrections {
  readonly correct: <E extends Event>(event: E) => Timed<E>;
  readonly shiftOf: (event: Event) => (at: Micros) => Micros;
}

/** Violations that were too many to weigh each. */
export class Counted {
  readonly #foldings: readonly Folding[];
  /** Over how long records were put together, at most. */
  #longestUs = 0;

  constructor(...foldings: readonly Folding[]) {
    this.#foldings = foldings;
  }

  /** Records that stand for all of one kind and stretch of time, times corrected. To be asked for once. */
  flagged(stretchesOf: Parameters<Evidence['flagged']>[0], { correct, shiftOf }: Corrections): readonly Flagged[] {
    const stretches: Stretches = (event) => {
      const stretchAt = stretchesOf(event);
      const shift = shiftOf(event);
      return stretchAt && ((at) => stretchAt(shift(at as Micros)));
    };
    const all = this.#foldings.flatMap((folding) => folding.folded(stretches));
    return all.map(({ event, ...rest }) => {
      const timed = correct(event);
      this.#longestUs = Math.max(this.#longestUs, timed.hi - timed.lo);
      return { timed, ...rest };
    });
  }

  /** Counting is honest only where it is said. */
  problems(): readonly Diagnostic[] {
    const records = this.#foldings.reduce((sum, { counted }) => sum + counted, 0);
    if (records === 0) return [];
    const seconds = Math.ceil(this.#longestUs / 1e6);
    const wanted = Math.max(...this.#foldings.map((folding) => folding.wanted));
    const more =
      wanted === 0
        ? 'more --memory weighs more of them'
        : `--memory ${Math.ceil(memoryForViolations(wanted) / 1e8) * 100}MB tells calls apart that were taken together`;
    const message = `${records} violating records were counted by kind and time, up to ${seconds} s together, not weighed one by one; ${more}`;
    return [{ severity: 'warning', code: 'folded', message }];
  }
}
