import type { BatchSize, Quarantine } from '../model/quarantine.ts';
import type { Rollout } from '../model/report.ts';
import type { RowFacts } from './match.ts';

interface Count {
  readonly row: Pick<RowFacts, 'run' | 'step' | 'group'>;
  before: number;
  after: number;
}

/** Counts batches and groups while rows go by. Memory: one entry a step and group. */
export class BatchCounter {
  readonly #steps = new Map<string, Count>();
  readonly #groups = new Map<string, Count>();

  add(row: Pick<RowFacts, 'episodes' | 'run' | 'step' | 'group'>, kept: boolean): void {
    if (row.episodes === 0) return;
    const { run, step, group } = row;
    bump(this.#steps, { run, step, group: undefined }, kept);
    if (group !== undefined) bump(this.#groups, { run, step, group }, kept);
  }

  /** Every step, in order. */
  steps(): readonly BatchSize[] {
    return sizes(this.#steps);
  }

  /** Groups that lost a member and can no longer be normalised: no spread in a group of one. */
  broken(): readonly BatchSize[] {
    return sizes(this.#groups).filter(({ before, after }) => after < before && after < 2);
  }
}

/** The steps that lose an episode when the flagged ones are left out, counted over the episodes in the records. */
export function stepsThatShrink(rollouts: readonly Rollout[], { flagged }: Quarantine): readonly BatchSize[] {
  const out = new Set(flagged.map(({ rollout }) => rollout.episode));
  const counter = new BatchCounter();
  for (const { episode, run, step, dropped, use } of rollouts)
    if (step !== undefined && !dropped && use !== 'eval')
      counter.add({ episodes: 1, run, step, group: undefined }, !out.has(episode));
  return counter.steps().filter(({ before, after }) => after < before);
}

function bump(counts: Map<string, Count>, row: Count['row'], kept: boolean): void {
  const key = JSON.stringify([row.run, row.step, row.group]);
  const count = counts.get(key) ?? { row, before: 0, after: 0 };
  counts.set(key, count);
  count.before++;
  if (kept) count.after++;
}

function sizes(counts: ReadonlyMap<string, Count>): readonly BatchSize[] {
  return [...counts.values()]
    .map(({ row, before, after }) => ({ run: row.run, step: row.step, group: row.group, before, after }))
    .sort(
      (a, b) =>
        compare(a.run ?? '', b.run ?? '') || (a.step ?? -1) - (b.step ?? -1) || compare(a.group ?? '', b.group ?? ''),
    );
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
