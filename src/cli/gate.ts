import type { Attribution, Verdict } from '../model/attribution.ts';
import type { Report } from '../model/report.ts';
import { SEVERITIES, type Severity } from '../model/violation.ts';
import { EXIT } from './exit-codes.ts';
import type { FailOn } from './options.ts';

export interface GateOptions {
  readonly failOn: FailOn;
  readonly minSeverity?: Severity;
  readonly minCoverage?: number;
}

const REACHES: Record<FailOn, readonly Verdict[]> = {
  proven: ['proven'],
  likely: ['proven', 'likely'],
  ambiguous: ['proven', 'likely', 'ambiguous'],
  any: ['proven', 'likely', 'ambiguous', 'unattributed'],
  never: [],
};
const DEFAULT_COVERAGE = 0.9;

/** The exit code of a report. "Clean" means covered and clean. */
export function exitCodeOf(report: Report, options: GateOptions): number {
  const counted = report.attributions.filter((attribution) => severe(attribution, options.minSeverity));
  if (counted.some((attribution) => REACHES[options.failOn].includes(attribution.verdict))) return EXIT.findings;
  const usable = report.inputs.some((input) => input.records.decoded > 0 && input.roles.includes('violation'));
  const broken = report.problems.some((problem) => problem.severity === 'error');
  if (!usable || broken || report.coverage < (options.minCoverage ?? DEFAULT_COVERAGE)) return EXIT.incomplete;
  const open = counted.some(
    (attribution) => attribution.verdict === 'ambiguous' || attribution.verdict === 'unattributed',
  );
  return open && options.failOn !== 'never' ? EXIT.incomplete : EXIT.clean;
}

function severe(attribution: Attribution, least: Severity | undefined): boolean {
  return least === undefined || SEVERITIES.indexOf(attribution.violation.finding.severity) >= SEVERITIES.indexOf(least);
}
