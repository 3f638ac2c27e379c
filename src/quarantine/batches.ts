import type { RowFacts } from './match.ts';

/** Rollouts of one training step, or of one prompt group in it, before and after the cut. */
export interface BatchSize {
  readonly run: string | undefined;
  readonly step: number | undefined;
  /** Undefined for the whole step. */
  readonly group: string | undefined;
  readonly before: number;
  readonly after: number;
}

interface Count {
  readonly row: Pick<RowFacts, 'run' | 'step' | 'group'>;
  before: number;
  after: number;
}

/** Counts batches and groups while rows go by. Memory: one entry a step and group. */
export class BatchCounter {
  readonly #steps = new Map<string, Count>();
  readonly #groups = new Map<string, Count>();

  add(row: RowFacts, kept: boolean): void {
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
