import type { Verdict } from '../../model/attribution.ts';
import type { Severity } from '../../model/violation.ts';
import { addCauses, type Case, type Causes, causesText, worstSeverity } from './findings.ts';

/** What all incidents of one verdict and category come to. */
export interface CaseKind extends Causes {
  readonly category: string;
  readonly verdict: Verdict;
  /** Of the first, which is the worst. */
  readonly severity: Severity;
  readonly first: Case;
  incidents: number;
  violations: number;
}

/** Who caused a kind, as far as it may be said. */
export function kindCause(kind: CaseKind): string {
  if (kind.verdict === 'not-agent') return 'no agent';
  return kind.episodes.size === 0 ? 'not decided' : causesText(kind);
}

/** One for each verdict and category, in the order of the incidents, so that the first of a kind is its worst. */
export function kindsOf(cases: readonly Case[]): readonly CaseKind[] {
  const kinds = new Map<string, CaseKind>();
  for (const one of cases) {
    const { incident, members } = one;
    const severity = worstSeverity(members);
    const key = `${incident.verdict}|${incident.category}`;
    const kind: CaseKind = kinds.get(key) ?? {
      category: incident.category,
      verdict: incident.verdict,
      severity,
      first: one,
      incidents: 0,
      violations: 0,
      episodes: new Set(),
      calls: new Set(),
    };
    kinds.set(key, kind);
    kind.incidents += 1;
    kind.violations += members.length;
    addCauses(kind, members);
  }
  return [...kinds.values()];
}
