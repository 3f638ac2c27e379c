/** The known word that was probably meant: at most a third of its letters apart, case aside. */
export function similarWord(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = allowedDistance(word, candidate);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

interface Named {
  readonly id: string;
  readonly title: string;
}

/** Letters of a word of a title that tells titles apart: `for` does not. */
const TELLING = 4;

/**
 * Ids that were probably meant, the likeliest first: alike as a whole or in a part (`suricatta` of `suricata-eve`); where none
 * is, those of whose title a word is alike (`crowdstrike` of `falcon`).
 */
export function similarIds(word: string, known: readonly Named[]): readonly string[] {
  const byId = nearest(word, known, ({ id }) => [id, ...id.split('-')]);
  return byId.length > 0
    ? byId
    : nearest(word, known, ({ title }) => title.split(/\W+/).filter((own) => own.length >= TELLING));
}

/** Ids by the distance of the nearest of their words: the least there is, and those one letter farther. */
function nearest(
  word: string,
  known: readonly Named[],
  wordsOf: (named: Named) => readonly string[],
): readonly string[] {
  const near = known.flatMap((named) => {
    const away = wordsOf(named).map((own) => allowedDistance(word, own));
    const least = Math.min(...away);
    return least === Number.POSITIVE_INFINITY ? [] : [{ id: named.id, least }];
  });
  const best = Math.min(...near.map(({ least }) => least));
  return near
    .filter(({ least }) => least <= best + 1)
    .sort((a, b) => a.least - b.least)
    .map(({ id }) => id);
}

/** Letters between two words, case aside; infinite beyond a third of those of the known one. */
function allowedDistance(word: string, known: string): number {
  const distance = editDistance(word.toLowerCase(), known.toLowerCase());
  const allowed = known.length < 3 ? 0 : Math.floor(known.length / 3);
  return distance <= allowed ? distance : Number.POSITIVE_INFINITY;
}

/** Letters put in, left out, changed or swapped with their neighbour (optimal string alignment), row by row. */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
