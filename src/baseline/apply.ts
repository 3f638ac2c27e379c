import { fingerprintOf } from '../core/findings/fingerprint.ts';
import type { Attribution } from '../model/attribution.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Report } from '../model/report.ts';

export interface Baseline {
  readonly path: string;
  readonly entries: readonly BaselineEntry[];
}

/** Marks what the baseline accepts on a day (`YYYY-MM-DD`, UTC); expired entries accept nothing and are named as problems. */
export function applyBaseline(report: Report, { path, entries }: Baseline, today: string): Report {
  const valid = new Map(entries.flatMap((entry) => (isExpired(entry, today) ? [] : [[entry.fingerprint, entry]])));
  const matched = new Set<string>();
  const attributions = report.attributions.map((attribution): Attribution => {
    if (!isAcceptable(attribution)) return attribution;
    const fingerprint = fingerprintOf(attribution);
    matched.add(fingerprint);
    const accepted = valid.get(fingerprint);
    return accepted === undefined ? attribution : { ...attribution, accepted };
  });
  const expired = entries.filter((entry) => isExpired(entry, today));
  return {
    ...report,
    attributions,
    problems: [...report.problems, ...expired.map((entry) => expiredProblem(entry, path))],
    baseline: {
      path,
      entries: entries.length,
      accepted: attributions.filter(({ accepted }) => accepted !== undefined).length,
      expired,
      unused: entries.filter(({ fingerprint }) => !matched.has(fingerprint)).length,
    },
  };
}

/** What no agent did needs nobody's acceptance. */
export function isAcceptable({ verdict }: Attribution): boolean {
  return verdict !== 'not-agent';
}

/** An entry counts to the end of its day. Days of this form sort as text. */
export function isExpired({ expires }: BaselineEntry, today: string): boolean {
  return expires < today;
}

function expiredProblem(entry: BaselineEntry, path: string): Diagnostic {
  const what = `${entry.category} to ${entry.destination}`;
  const message = `${path}: entry ${entry.fingerprint} (${what}; owner ${entry.owner}: ${entry.reason}) expired on ${entry.expires}. Give it a later "expires", or delete it.`;
  return { severity: 'warning', code: 'baseline-expired', message, path };
}
