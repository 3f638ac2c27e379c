import { push } from '../../core/push.ts';
import type { Fact, Suspect } from '../../model/case.ts';

/** Suspects that are kept to be met again. Violations come in the order of time, so those of a burst come together. */
const MOST = 2_000;

/** Suspects that speak for themselves, without a process of the flow: of a burst, all violations share them. */
export interface Shelf {
  /** The suspect of this key with these facts, where it was met lately; else the one that is made. */
  one(key: string, facts: readonly Fact[], make: () => Suspect): Suspect;
}

/** What is made must follow from the key alone, save its facts. */
export function openShelf(most = MOST): Shelf {
  let known = new Map<string, Suspect[]>();
  let count = 0;
  return {
    one(key, facts, make) {
      const before = known.get(key)?.find((suspect) => sameFacts(suspect.facts, facts));
      if (before !== undefined) return before;
      if (count >= most) {
        known = new Map();
        count = 0;
      }
      const suspect = make();
      push(known, key, suspect);
      count++;
      return suspect;
    },
  };
}

/** Of equal facts that were met lately the first. */
export type SameFact = (fact: Fact) => Fact;

export function openSameFacts(most = MOST): SameFact {
  let known = new Map<string, Fact>();
  return (fact) => {
    const before = known.get(fact.says);
    if (before !== undefined && isSame(before, fact)) return before;
    if (known.size >= most) known = new Map();
    known.set(fact.says, fact);
    return fact;
  };
}

/** Whether both say the same by the same records. */
export function sameFacts(a: readonly Fact[], b: readonly Fact[]): boolean {
  return a === b || sameLists(a, b, isSame);
}

function isSame(a: Fact, b: Fact): boolean {
  if (a === b) return true;
  const { code, strength, says, trust } = b;
  return (
    a.code === code && a.strength === strength && a.trust === trust && a.says === says && sameLists(a.refs, b.refs)
  );
}

function sameLists<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean = Object.is): boolean {
  return a.length === b.length && a.every((entry, i) => same(entry, b[i] as T));
}
