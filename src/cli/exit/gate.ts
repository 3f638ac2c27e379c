import { plural, thousands } from '../../core/findings/findings.ts';
import { parseMoment } from '../../core/time/time.ts';
import type { Attribution, Verdict } from '../../model/attribution.ts';
import type { FailOn, Report } from '../../model/report.ts';
import { SEVERITIES, type Severity } from '../../model/violation.ts';
import { EXIT } from './exit-codes.ts';

export interface GateOptions {
  readonly failOn: FailOn;
  readonly minSeverity?: Severity;
  /** Share of the records read, 0..1. */
  readonly minCoverage: number;
  /** Violations count from the one time until the other, ISO 8601. */
  readonly from?: string;
  readonly to?: string;
}

/** The exit code of a report, and why it is that one. */
export interface Judgement {
  readonly code: number;
  readonly because?: string;
}

const REACHES: Record<FailOn, readonly Verdict[]> = {
  proven: ['proven'],
  likely: ['proven', 'likely'],
  ambiguous: ['proven', 'likely', 'ambiguous'],
  any: ['proven', 'likely', 'ambiguous', 'unattributed'],
  never: [],
};

/** "Clean" means covered and clean. What the baseline accepts does not count; an entry past its day fails. */
export function judge(report: Report, options: GateOptions): Judgement {
  const counted = report.attributions.filter((attribution) => counts(attribution, options.minSeverity));
  const reaching = counted.filter(({ verdict }) => REACHES[options.failOn].includes(verdict)).length;
  const expired = options.failOn === 'never' ? [] : (report.baseline?.expired ?? []);
  const failures = [
    ...(reaching > 0
      ? [`${plural(reaching, 'violation reaches', 'violations reach')} --fail-on ${options.failOn}`]
      : []),
    ...(expired.length > 0
      ? [`expired in the baseline: ${expired.map(({ fingerprint }) => fingerprint).join(', ')}`]
      : []),
  ];
  if (failures.length > 0) return { code: EXIT.findings, because: failures.join('; ') };
  const hole = holeOf(report, options);
  if (hole !== undefined) return { code: EXIT.incomplete, because: hole };
  const open = counted.filter(({ verdict }) => verdict === 'ambiguous' || verdict === 'unattributed').length;
  if (open > 0 && options.failOn !== 'never')
    return { code: EXIT.incomplete, because: `${plural(open, 'violation has', 'violations have')} no decided cause` };
  return { code: EXIT.clean, ...passedOver(report, options) };
}

/** Why violations that agents caused do not fail the gate. */
function passedOver({ attributions }: Report, { failOn, minSeverity }: GateOptions): Pick<Judgement, 'because'> {
  const blamed = attributions.filter(
    ({ verdict, accepted }) => verdict !== 'not-agent' && accepted === undefined,
  ).length;
  if (blamed === 0) return {};
  if (failOn === 'never') return { because: `--fail-on never lets ${plural(blamed, 'violation')} pass` };
  const least = minSeverity === undefined ? '' : ` at --min-severity ${minSeverity} or above`;
  return { because: `${plural(blamed, 'violation')}, none of which reaches --fail-on ${failOn}${least}` };
}

/** Why the view is incomplete. */
function holeOf(report: Report, { minCoverage: floor, from, to }: GateOptions): string | undefined {
  const usable = report.inputs.filter((input) => input.records.decoded > 0 && input.roles.includes('violation'));
  if (usable.length === 0) return 'no input gave records that can show a violation';
  if (!usable.some((input) => reachesInto(input, from, to)))
    return `no input gave records that can show a violation ${between(from, to)}`;
  const broken = report.problems.find((problem) => problem.severity === 'error');
  if (broken !== undefined) return broken.message;
  if (report.coverage >= floor) return undefined;
  return `${percentOf(report.coverage)} of ${thousands(recordsOf(report))} records could be read, below --min-coverage ${percentOf(floor)}`;
}

function reachesInto({ first, last }: Report['inputs'][number], from?: string, to?: string): boolean {
  const since = from === undefined ? undefined : parseMoment(from)?.at;
  const until = to === undefined ? undefined : parseMoment(to)?.at;
  if (since !== undefined && last !== undefined && last < since) return false;
  return until === undefined || first === undefined || first < until;
}

function between(from: string | undefined, to: string | undefined): string {
  if (from === undefined) return `before --to ${to}`;
  return to === undefined ? `after --from ${from}` : `between --from ${from} and --to ${to}`;
}

function percentOf(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`;
}

function recordsOf(report: Report): number {
  return report.inputs.reduce((sum, { records }) => sum + records.read, 0);
}

function counts({ accepted, violation }: Attribution, least: Severity | undefined): boolean {
  if (accepted !== undefined) return false;
  return least === undefined || SEVERITIES.indexOf(violation.finding.severity) >= SEVERITIES.indexOf(least);
}
