import type { Likeness, Recurrence } from '../model/circumstance.ts';
import type { Traits } from './traits.ts';

/** The incidents of one earlier report, by the name it was given under. */
export interface EarlierReport {
  readonly report: string;
  readonly incidents: readonly Traits[];
}

const MOST_EARLIER = 10;

/** What earlier nights know of an incident. Only incidents of the same category are compared. */
export function recurrenceOf(tonight: Traits, earlier: readonly EarlierReport[]): Recurrence {
  const found = earlier.flatMap(({ report, incidents }) =>
    incidents
      .filter(({ category }) => category === tonight.category)
      .map((traits) => ({ report, incident: traits.incident, same: likenesses(tonight, traits) })),
  );
  const ranked = found.filter(({ same }) => isLike(same)).sort((a, b) => rank(b.same) - rank(a.same));
  const best = ranked[0];
  return {
    answer: best === undefined ? 'new' : isSame(best.same) ? 'seen-before' : 'similar',
    earlier: ranked.slice(0, MOST_EARLIER),
    reports: earlier.length,
  };
}

function likenesses(a: Traits, b: Traits): readonly Likeness[] {
  const out: Likeness[] = [];
  if (meet(a.destinations, b.destinations)) out.push('destination');
  if (meet(a.shapes, b.shapes)) out.push('command-shape');
  if (meet(a.tasks, b.tasks)) out.push('task');
  return out;
}

function meet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((entry) => b.has(entry));
}

const isSame = (same: readonly Likeness[]): boolean =>
  same.includes('destination') || (same.includes('command-shape') && same.includes('task'));

/** Many harmless acts share a task, so a task alone is no likeness. */
const isLike = (same: readonly Likeness[]): boolean => isSame(same) || same.includes('command-shape');

const WEIGHT: Readonly<Record<Likeness, number>> = { destination: 4, 'command-shape': 2, task: 1 };

const rank = (same: readonly Likeness[]): number => same.reduce((sum, likeness) => sum + WEIGHT[likeness], 0);
