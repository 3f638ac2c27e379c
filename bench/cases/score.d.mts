import type { Report } from '../../src/model/report.ts';

export interface CaseScore {
  readonly case: string;
  readonly telemetry: string;
  readonly variant: string;
  readonly tally: Readonly<Record<'right' | 'wrong' | 'set with it' | 'set without' | 'unknown' | 'claimed', number>>;
  readonly wrong: readonly string[];
  readonly flows: number;
  readonly answers: number;
}

export function scoreCases(
  root: string,
  scratch: string,
  investigate: (options: { readonly paths: string[]; readonly cwd: string }) => Promise<Report>,
): Promise<CaseScore[]>;
