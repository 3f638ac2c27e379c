import type { Baseline } from '../../baseline/apply.ts';
import type { EarlierReport } from '../../history/recurrence.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { loadBaseline } from '../exit/baseline.ts';
import { refuseEvidence } from '../files/kept-evidence.ts';
import { checkWritable } from '../files/writable.ts';
import { earlierNights } from './earlier.ts';
import { type Output, plannedOutputs, refuseTwoPrinted } from './planned-outputs.ts';

/** What a run writes, and what it is held against. */
export interface Plan {
  readonly outputs: readonly Output[];
  readonly baseline: Baseline | undefined;
  readonly earlier: readonly EarlierReport[];
}

/** All that flags name, read or refused (`UsageError`) before the work starts: a slip must not cost hours. */
export async function planOf(paths: readonly string[], flags: CommonFlags, cwd: string): Promise<Plan> {
  const outputs = plannedOutputs(flags, process.env);
  refuseTwoPrinted(outputs, flags);
  const names = outputs.map(({ path }) => path);
  checkWritable(names, cwd);
  await refuseEvidence(names, paths, { flags, cwd });
  const baseline = await loadBaseline(paths, flags, cwd);
  return { outputs, baseline, earlier: earlierNights(flags) };
}
