import { newReadLog } from '../sources/records/read.ts';
import { type ArchivePlan, planArchive } from './archive.ts';
import { cutCarried } from './carried.ts';
import { cutElements } from './elements.ts';
import { cutLines } from './lines.ts';
import type { Counts, Cut, PlanOptions, Refusal, RowFile } from './rows.ts';
import { RowTally } from './tally.ts';

/** What dropping the quarantined rows would do to a rollout file. */
export interface CutPlan extends Counts {
  /** In order, apart from each other. */
  readonly cuts: readonly Cut[];
}

/** What would go, whatever the layout. */
export function planRows(file: RowFile, options: PlanOptions): Promise<CutPlan | ArchivePlan | Refusal> {
  return file.layout === 'archive' ? planArchive(file, options) : planCuts(file, options);
}

/** Reads a rollout file once, streaming, and says which bytes must go. Memory: one row, and a few numbers for each. */
export async function planCuts(file: RowFile, options: PlanOptions): Promise<CutPlan | Refusal> {
  const log = newReadLog();
  // A line of a document is not one of its rows.
  const isListed = file.layout === 'document' || file.layout === 'carried';
  const tally = new RowTally(isListed ? { ...options, lineNames: 'ignored' } : options);
  const cut = file.layout === 'lines' ? cutLines : file.layout === 'carried' ? cutCarried : cutElements;
  const cuts = await cut(file, tally, log);
  const damage = log.problems.find(({ severity }) => severity === 'error');
  if (damage !== undefined) return { refused: damage.message };
  if ('refused' in cuts) return { refused: `${file.input.path}: ${cuts.refused}` };
  return { ...tally.counts(), cuts };
}
