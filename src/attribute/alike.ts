import type { Case, Fact, Suspect } from '../model/case.ts';
import { type Decided, decide, type Grounds } from './decide.ts';
import { isMetAgain, openWeighing } from './score.ts';

/** Decides cases that rest on the same once. The correlator gives the violations of a burst the same suspects. */
export function decideOnce(): (entry: Case) => Decided {
  const last = new WeakMap<Suspect, { readonly entry: Case; readonly decided: Decided }>();
  const weigh = openWeighing();
  return (entry) => {
    const lead = entry.suspects[0];
    if (lead === undefined || !isMetAgain(lead)) return decide(entry, weigh);
    const before = last.get(lead);
    if (before !== undefined && areAlike(before.entry, entry)) return before.decided;
    const decided = decide(entry, weigh);
    last.set(lead, { entry, decided });
    return decided;
  };
}

/** A ground that is new has to be named here, or this does not compile. */
const SAME: { readonly [K in keyof Required<Grounds>]: (a: Grounds[K], b: Grounds[K]) => boolean } = {
  suspects: sameEntries,
  shared: sameEntries<Fact>,
  sandboxes: sameEntries,
  missing: sameEntries,
  traced: (a, b) => a === b,
  isUnseen: (a, b) => a === b,
  connected: (a, b) => a === b,
  firstSent: (a, b) => a === b,
  untraced: (a, b) =>
    a?.sandboxId === b?.sandboxId && a?.episodeId === b?.episodeId && a?.mayBeEarlier === b?.mayBeEarlier,
};

function areAlike(a: Grounds, b: Grounds): boolean {
  return (
    SAME.suspects(a.suspects, b.suspects) &&
    SAME.shared(a.shared, b.shared) &&
    SAME.sandboxes(a.sandboxes, b.sandboxes) &&
    SAME.missing(a.missing, b.missing) &&
    SAME.traced(a.traced, b.traced) &&
    SAME.isUnseen(a.isUnseen, b.isUnseen) &&
    SAME.connected(a.connected, b.connected) &&
    SAME.firstSent(a.firstSent, b.firstSent) &&
    SAME.untraced(a.untraced, b.untraced)
  );
}

function sameEntries<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((entry, i) => entry === b[i]);
}
