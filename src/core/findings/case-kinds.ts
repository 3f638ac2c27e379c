import type { Verdict } from '../../model/attribution.ts';
import type { Severity } from '../../model/violation.ts';
import { type Case, isBlamed, plural, worstSeverity } from './findings.ts';

/** What all incidents of one verdict and category come to. */
export interface CaseKind {
  readonly category: string;
  readonly verdict: Verdict;
  /** Of the first, which is the worst. */
  readonly severity: Severity;
  readonly first: Case;
  incidents: number;
  violations: number;
  readonly episodes: Set<string>;
  readonly calls: Set<string>;
}

/** Who caused a kind, as far as it may be said. */
export function kindCause({ verdict, episodes, calls }: CaseKind): string {
  if (verdict === 'not-agent') return 'no agent';
  if (episodes.size === 0) return 'not decided';
  return `${plural(calls.size, 'tool call')} of ${plural(episodes.size, 'episode')}`;
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
    for (const { episode, toolCall } of members.filter(isBlamed)) {
      if (episode !== undefined) kind.episodes.add(episode.id);
      if (toolCall !== undefined) kind.calls.add(`${episode?.id}|${toolCall.id}`);
    }
  }
  return [...kinds.values()];
}
