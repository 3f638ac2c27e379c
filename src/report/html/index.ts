import { createHash } from 'node:crypto';
import {
  type Case,
  casesOf,
  causeOf,
  countVerdicts,
  isBlamed,
  plural,
  thousands,
  VERDICT_ORDER,
  verdictSentence,
} from '../../core/findings.ts';
import { clip } from '../../core/text.ts';
import type { Report } from '../../model/report.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import { caseSection, verdictMark, when } from './case.ts';
import { html, token } from './escape.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { timeline } from './timeline.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const POLICY = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`;

/** Beyond so many incidents the page would take seconds to open; the rest is told shortly, with the command that tells all. */
const FULL_CASES = 200;

/** One self-contained page; nothing is loaded, nothing of a log becomes markup or code. */
export const htmlPage: Reporter = {
  id: 'html',
  render: function* (report, options) {
    const cases = casesOf(report);
    yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
    yield '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><title>egressblame report</title>';
    yield `<style>${STYLE}</style></head><body><a class="skip" href="#incidents">Skip to the incidents</a>`;
    yield* verdictBox(report, cases, options);
    yield `<nav class="bar" aria-label="Sections"><ul>${[
      ['incidents', 'Incidents'],
      ['timeline', 'Timeline'],
      ['clocks', 'Clocks'],
      ['inputs', 'Inputs'],
      ['run', 'Run'],
    ]
      .map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`)
      .join('')}</ul></nav><main>`;
    yield* filters(cases);
    for (const [i, entry] of cases.entries())
      yield* caseSection(entry, i === 0 ? 'open' : i < FULL_CASES ? 'full' : 'short', options);
    if (cases.length === 0) yield '<p>None.</p>';
    yield* timeline(report, cases, options);
    yield* clocks(report, options);
    yield* inputs(report, options);
    yield* run(report, options);
    yield `</main><script>${SCRIPT}</script></body></html>\n`;
  },
};

function* verdictBox(report: Report, cases: readonly Case[], options: ReporterOptions): Generator<string> {
  const count = countVerdicts(report);
  yield `<header class="top"><h1>egressblame: who caused the alerts</h1><div class="verdict"><p>${html(verdictSentence(report))}</p><ul class="counts" aria-label="Violations by verdict">`;
  for (const verdict of VERDICT_ORDER) yield `<li>${verdictMark(verdict)} ${thousands(count[verdict])}</li>`;
  yield '</ul>';
  if (report.chance !== undefined)
    yield `<p>By chance we would expect ${report.chance.expected.toFixed(1)} of ${report.chance.observed} (p = ${report.chance.p.toPrecision(2)}).</p>`;
  yield `<p class="dim">${plural(report.episodes, 'episode')}, ${plural(report.calls, 'tool call')}; ${(report.coverage * 100).toFixed(2)} % of the records were understood.</p>`;
  const next = nextSteps(report, cases, options);
  if (next.length > 0) yield `<p><b>What to do next</b></p><ul>${next.map((step) => `<li>${step}</li>`).join('')}</ul>`;
  yield '</div></header>';
}

function nextSteps(report: Report, cases: readonly Case[], { clean }: ReporterOptions): readonly string[] {
  const steps: string[] = [];
  const worst = cases[0];
  if (worst !== undefined && worst.incident.verdict !== 'not-agent') {
    const command = causeOf(worst.lead).toolCall?.command;
    steps.push(
      `Look at <a href="#${token(worst.incident.id)}">${html(worst.incident.category)}</a>${command === undefined ? '' : `: <code>${html(clip(clean(command), 160))}</code>`}`,
    );
  }
  const episodes = [
    ...new Set(report.attributions.filter(isBlamed).flatMap(({ episode }) => episode?.id ?? [])),
  ].sort();
  if (episodes.length > 0)
    steps.push(
      `Keep ${plural(episodes.length, 'episode')} out of training: ${episodes
        .slice(0, 4)
        .map((id) => `<code>${html(clean(id))}</code>`)
        .join(', ')}${episodes.length > 4 ? ` and ${episodes.length - 4} more` : ''}`,
    );
  const open = cases.filter(({ incident }) => incident.verdict === 'ambiguous' || incident.verdict === 'unattributed');
  const missing = [...new Set(open.flatMap(({ lead }) => lead.missing))];
  if (missing[0] !== undefined)
    steps.push(`For what is undecided, collect: ${html(clean(missing.slice(0, 2).join('; ')))}`);
  if (report.problems.length > 0 || report.coverage < 1)
    steps.push('Read the remarks on the <a href="#inputs">inputs</a>: not everything could be read.');
  return steps;
}

function* filters(cases: readonly Case[]): Generator<string> {
  yield '<h2 id="incidents">Incidents</h2><div class="tools" role="group" aria-label="Filter"><input type="search" id="search" aria-label="Search incidents" placeholder="Search: episode, command, address">';
  for (const verdict of VERDICT_ORDER) {
    const n = cases.filter(({ incident }) => incident.verdict === verdict).length;
    yield `<label${n === 0 ? ' class="dim"' : ''}><input type="checkbox" data-verdict="${verdict}" checked> ${verdictMark(verdict)} ${thousands(n)}</label>`;
  }
  yield '<span id="status" role="status" class="dim"></span></div>';
}

function* clocks(report: Report, { clean }: ReporterOptions): Generator<string> {
  yield '<h2 id="clocks">Clocks</h2>';
  if (report.clocks.length === 0) yield '<p>No clock needed a correction.</p>';
  else {
    yield '<p class="dim">How far each clock ran ahead of the reference; times above are corrected by it.</p><table class="fold"><thead><tr><th scope="col">Clock</th><th scope="col" class="n">Ahead, s</th><th scope="col">Between, s</th><th scope="col" class="n">Drift, ppm</th><th scope="col" class="n">Steps</th><th scope="col" class="n">Pairs</th><th scope="col">How</th></tr></thead><tbody>';
    for (const clock of report.clocks)
      yield `<tr><td data-h="Clock">${html(clean(clock.domain))}</td><td data-h="Ahead, s" class="n">${seconds(clock.offsetUs)}</td><td data-h="Between, s">${seconds(clock.intervalUs[0])} to ${seconds(clock.intervalUs[1])}</td><td data-h="Drift, ppm" class="n">${Math.round(clock.driftPpm * 100) / 100}</td><td data-h="Steps" class="n">${clock.steps.length}</td><td data-h="Pairs" class="n">${clock.pairs}</td><td data-h="How">${html(clean([clock.method, clock.note ?? ''].filter((part) => part !== '').join('; ')))}</td></tr>`;
    yield '</tbody></table>';
  }
}

function* inputs(report: Report, { clean }: ReporterOptions): Generator<string> {
  yield `<h2 id="inputs">Inputs and coverage</h2><p>${(report.coverage * 100).toFixed(2)} % of the records read were decoded or skipped for a stated reason.</p>`;
  if (report.problems.length > 0)
    yield `<ul>${report.problems.map((problem) => `<li>${problem.severity}: ${html(clean(problem.message))}</li>`).join('')}</ul>`;
  yield '<table class="fold"><thead><tr><th scope="col">File</th><th scope="col">Format</th><th scope="col" class="n">Read</th><th scope="col" class="n">Skipped</th><th scope="col" class="n">Failed</th><th scope="col">From, to</th><th scope="col">SHA-256</th></tr></thead><tbody>';
  for (const input of report.inputs) {
    const bad = input.bad[0];
    const remark = input.note ?? (bad === undefined ? '' : `line ${bad.line}: ${bad.reason}`);
    yield `<tr><td data-h="File">${html(clean(input.path))}${remark === '' ? '' : `<br><span class="dim">${html(clean(remark))}</span>`}</td><td data-h="Format">${html(input.format ?? 'not recognised')}</td><td data-h="Read" class="n">${input.records.read}</td><td data-h="Skipped" class="n">${input.records.skipped}</td><td data-h="Failed" class="n">${input.records.failed}</td><td data-h="From, to">${input.first === undefined ? '' : when(input.first)}${input.last === undefined ? '' : ` ${when(input.last)}`}</td><td data-h="SHA-256" class="hash">${input.sha256}</td></tr>`;
  }
  yield '</tbody></table>';
}

function* run(report: Report, { clean }: ReporterOptions): Generator<string> {
  yield `<h2 id="run">Run</h2><dl><dt>Version</dt><dd>egressblame ${html(report.version)}</dd><dt>Arguments</dt><dd><code>${html(clean(report.arguments.join(' ')))}</code></dd><dt>Limits</dt><dd>The page names causes that the records support. Probabilities compare the candidates the records hold with &ldquo;nobody known to us&rdquo;; the timeline shows calls that came into question, not every call of the night.</dd></dl>`;
}

function seconds(us: number): string {
  return Number.isFinite(us) ? (us / 1e6).toFixed(3) : 'unknown';
}
