import { statedTranslation } from '../../core/network/stated-translation.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Interest } from './interest.ts';
import type { KeptFlows } from './kept-flows.ts';

/**
 * Which flows are kept for the translations that they state: those to far ends of violations, where any stands in another log. To the
 * violations of its own log a flow tells nothing new.
 */
export class StatedFlows {
  readonly #interest: Interest;
  readonly #flows: KeptFlows;
  readonly #logOf: (source: string) => string;

  constructor(interest: Interest, flows: KeptFlows, logOf: (source: string) => string) {
    this.#interest = interest;
    this.#flows = flows;
    this.#logOf = logOf;
  }

  /** `asOf`: the version of the interest that is asked about. */
  wants(event: NetworkEvent, asOf = Infinity): boolean {
    const translation = this.#translationAt(event, asOf);
    return translation !== undefined && this.#flows.keeps(translation);
  }

  /** Whether one is wanted that was not at an older version. */
  isNew(event: NetworkEvent, asOf: number): boolean {
    return this.#translationAt(event, asOf) === undefined && this.wants(event);
  }

  /** Whether other logs have made anything matter since. */
  isBehind(source: string, asOf: number): boolean {
    return this.#hasOther(source, ({ last }) => last > asOf);
  }

  #translationAt(event: NetworkEvent, asOf: number) {
    if (event.nat === undefined || !this.#hasOther(event.ref.source, ({ first }) => first <= asOf)) return undefined;
    const translation = statedTranslation(event);
    return translation !== undefined && this.#interest.wantsEnds(translation, asOf) ? translation : undefined;
  }

  /** Whether violations of another log than this made such versions of the interest. */
  #hasOther(source: string, fits: (versions: { readonly first: number; readonly last: number }) => boolean): boolean {
    const own = this.#logOf(source);
    for (const [other, versions] of this.#interest.bySource)
      if (fits(versions) && this.#logOf(other) !== own) return true;
    return false;
  }
}
