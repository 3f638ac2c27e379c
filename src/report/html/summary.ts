import {
  type Case,
  chanceSentence,
  countVerdicts,
  isBlamed,
  plural,
  thousands,
  VERDICT_ORDER,
  verdictSentence,
  worstSeverity,
} from '../../core/findings.ts';
import { type NextStep, nextSteps } from '../../core/next-steps.ts';
import { clip } from '../../core/text.ts';
import type { Verdict } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { Severity } from '../../model/violation.ts';
import { html, token } from './escape.ts';
import { table, tableRow, verdictMark, when } from './words.ts';

/** The answer in one box: the sentence, the counts, how much is luck, how much was read, what to do next. */
export function* verdictBox(report: Report, cases: readonly Case[], options: ReporterOptions): Generator<string> {
  const count = countVerdicts(report);
  yield `<header class="top"><h1>egressblame: who caused the alerts</h1><div class="verdict"><p>${html(verdictSentence(report))}</p>`;
  if (report.attributions.length > 0) {
    yield '<ul class="counts" aria-label="Violations by verdict">';
    for (const verdict of VERDICT_ORDER) yield `<li>${verdictMark(verdict)} ${thousands(count[verdict])}</li>`;
    yield '</ul>';
  }
  if (report.chance !== undefined) yield `<p class="dim">${html(chanceSentence(report.chance))}</p>`;
  yield `<p class="dim">${plural(report.episodes, 'episode')}, ${plural(report.calls, 'tool call')}; ${(report.coverage * 100).toFixed(2)} % of the records were understood.</p>`;
  const steps = nextSteps(report, cases, options.advice);
  if (steps.length > 0)
    yield `<p><b>What to do next</b></p><ol>${steps.map((step) => `<li>${stepText(step, options)}</li>`).join('')}</ol>`;
  yield '</div></header>\n';
}

/** The first words link to what a step is about. */
function stepText({ pieces, about }: NextStep, { clean }: ReporterOptions): string {
  return pieces
    .map((piece, i) => {
      if ('code' in piece) return `<code>${html(clip(clean(piece.code), 160))}</code>`;
      return i === 0 && about !== undefined
        ? `<a href="#${'section' in about ? about.section : token(about.incident)}">${html(clean(piece.words))}</a>`
        : html(clean(piece.words));
    })
    .join('');
}

interface Kind {
  readonly category: string;
  readonly verdict: Verdict;
  readonly severity: Severity;
  readonly first: Case;
  incidents: number;
  violations: number;
  readonly episodes: Set<string>;
  readonly calls: Set<string>;
}

/** One row for each verdict and kind of incident: the night on one screen. */
export function* overview(cases: readonly Case[]): Generator<string> {
  if (cases.length === 0) return;
  yield '<section aria-labelledby="overview"><h2 id="overview">What happened</h2>';
  yield* table(
    ['What', 'How sure', 'Severity', 'Incidents', 'Violations', 'Caused by', 'First (UTC)'],
    kindsOf(cases).map((kind) =>
      tableRow([
        ['What', `<a href="#${token(kind.first.incident.id)}">${html(kind.category)}</a>`],
        ['How sure', verdictMark(kind.verdict)],
        ['Severity', kind.severity],
        ['Incidents', thousands(kind.incidents), 'n'],
        ['Violations', thousands(kind.violations), 'n'],
        ['Caused by', causeText(kind)],
        ['First (UTC)', when(kind.first.incident.first)],
      ]),
    ),
    'brief',
  );
  yield '</section>\n';
}

function causeText({ verdict, episodes, calls }: Kind): string {
  if (verdict === 'not-agent') return 'no agent';
  if (episodes.size === 0) return 'not decided';
  return `${plural(calls.size, 'tool call')} of ${plural(episodes.size, 'episode')}`;
}

/** In the order of the incidents, so that the first of a kind is its worst. */
function kindsOf(cases: readonly Case[]): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  for (const one of cases) {
    const { incident, members } = one;
    const severity = worstSeverity(members);
    const key = `${incident.verdict}|${incident.category}`;
    const kind: Kind = kinds.get(key) ?? {
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
