import { kindCause, kindsOf } from '../../core/findings/case-kinds.ts';
import {
  type Case,
  chanceSentence,
  countVerdicts,
  plural,
  thousands,
  VERDICT_ORDER,
  verdictSentence,
} from '../../core/findings/findings.ts';
import { type NextStep, nextSteps } from '../../core/findings/next-steps.ts';
import { clip } from '../../core/text/text.ts';
import type { Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
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
        ['Caused by', kindCause(kind)],
        ['First (UTC)', when(kind.first.incident.first)],
      ]),
    ),
    'brief',
  );
  yield '</section>\n';
}
