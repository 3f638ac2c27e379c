import { type Case, causeOf, isBlamed } from '../../core/findings.ts';
import type { EpisodeRef, Verdict } from '../../model/attribution.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import { html, token } from './escape.ts';
import { piece, table, tableRow, verdictMark } from './words.ts';

const MAX_EPISODES = 500;
const MAX_LINKS = 6;
/** Rows that stand in the page from the start, and how high a row is. */
const AT_ONCE = 50;
const ROW_REM = 2.2;
const HEADS = ['Episode', 'How sure', 'Violations', 'Incidents', 'Group', 'Step', 'Sandbox'];

interface Blamed {
  readonly episode: EpisodeRef;
  readonly verdict: Verdict;
  readonly cases: Case[];
  violations: number;
}

/** Every episode that a proven or likely incident names, with its incidents: what a training team looks for. */
export function* episodeSection(cases: readonly Case[], { clean }: ReporterOptions): Generator<string> {
  const blamed = blamedEpisodes(cases);
  if (blamed.length === 0) return;
  const rows = blamed.slice(0, MAX_EPISODES).map((entry) => episodeRow(entry, clean));
  const rest = rows.slice(AT_ONCE);
  yield '<section aria-labelledby="episodes"><h2 id="episodes">Episodes to keep out of training</h2>';
  yield* table(HEADS, rows.slice(0, AT_ONCE));
  if (rest.length > 0) yield piece([...table(HEADS, rest)].join(''), rest.length * ROW_REM);
  if (blamed.length > MAX_EPISODES)
    yield `<p>Showing ${MAX_EPISODES} of ${blamed.length}; <code>-o violations.csv</code> lists all.</p>`;
  yield '</section>\n';
}

function episodeRow({ episode, verdict, violations, cases }: Blamed, clean: (text: string) => string): string {
  const text = (value: string): string => html(clean(value));
  const links = cases
    .slice(0, MAX_LINKS)
    .map(({ incident }) => `<a href="#${token(incident.id)}">${html(incident.category)}</a>`);
  const more = cases.length > MAX_LINKS ? ` and ${cases.length - MAX_LINKS} more` : '';
  return tableRow([
    ['Episode', `<code>${text(episode.id)}</code>`],
    ['How sure', verdictMark(verdict)],
    ['Violations', String(violations), 'n'],
    ['Incidents', `${links.join(', ')}${more}`],
    ['Group', text(episode.group ?? '')],
    ['Step', episode.step === undefined ? '' : String(episode.step), 'n'],
    ['Sandbox', text(episode.sandboxId ?? '')],
  ]);
}

/** In the order of their worst incident. */
function blamedEpisodes(cases: readonly Case[]): readonly Blamed[] {
  const out = new Map<string, Blamed>();
  for (const one of cases) {
    const { episode } = causeOf(one.lead);
    if (episode === undefined || !isBlamed(one.lead)) continue;
    const known = out.get(episode.id) ?? { episode, verdict: one.incident.verdict, cases: [], violations: 0 };
    out.set(episode.id, known);
    known.cases.push(one);
    known.violations += one.members.length;
  }
  return [...out.values()];
}
