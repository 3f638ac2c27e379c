import { createHash } from 'node:crypto';
import { type Case, casesOf, thousands, VERDICT_ORDER } from '../../core/findings/findings.ts';
import type { Advice } from '../../model/advice.ts';
import type { Report } from '../../model/report.ts';
import type { Reporter, ReporterOptions } from '../../model/reporter.ts';
import { basis } from './basis.ts';
import { caseSection } from './case.ts';
import { TOLD_ON_PAPER } from './page/incidents.ts';
import { SCRIPT } from './page/script.ts';
import { STYLE } from './page/style.ts';
import { hasPolicy, policySection } from './policy.ts';
import { quarantineSection } from './quarantine.ts';
import { overview, verdictBox } from './summary.ts';
import { timeline } from './timeline.ts';
import { piece, verdictMark } from './words.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const POLICY = `default-src 'none'; style-src ${hash(STYLE)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'`;

/** Incidents that stand in the page from the start; the others are text until they are needed. */
const AT_ONCE = 8;
/** Incidents of one piece of such text and its length, so that a piece takes a fraction of a frame; how high one is while folded. */
const PIECE = 10;
const PIECE_CHARS = 60_000;
const FOLDED_REM = 6;
/** Beyond so much text of incidents the rest is told shortly, with the command that tells all. */
const FULL_CHARS = 6_000_000;
/** Beyond so many incidents the rest is only counted. */
const MAX_CASES = 5000;

/** One self-contained page; nothing is loaded, nothing of a log becomes markup or code. */
export const htmlPage: Reporter = {
  id: 'html',
  render: function* (report, options) {
    const cases = casesOf(report);
    yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
    yield '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><title>egressblame report</title>';
    yield `<style>${STYLE}</style></head><body><a class="skip" href="#incidents">Skip to the incidents</a>\n`;
    yield* verdictBox(report, cases, options);
    yield navigation(report, cases, options.advice);
    yield '<main>';
    yield* overview(cases);
    yield* timeline(report, cases, options);
    yield* incidents(cases, options);
    yield* quarantineSection(options.advice, cases, options);
    yield* policySection(report, options);
    yield* basis(report, options);
    yield `</main><script>${SCRIPT}</script></body></html>\n`;
  },
};

function navigation(report: Report, cases: readonly Case[], advice: Advice | undefined): string {
  const listed = advice !== undefined && advice.quarantine.flagged.length > 0;
  const links = [
    ...(cases.length === 0
      ? []
      : [
          ['overview', 'What happened'],
          ['timeline', 'Timeline'],
        ]),
    ['incidents', 'Incidents'],
    ...(listed ? [['quarantine', 'Quarantine']] : []),
    ...(hasPolicy(report, advice?.policy) ? [['policy', 'Policy']] : []),
    ['clocks', 'Clocks'],
    ['inputs', 'Inputs'],
    ['run', 'Run'],
  ];
  return `<nav class="bar" aria-label="Sections"><ul>${links.map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`).join('')}<li class="js end"><button type="button" id="theme" aria-label="Switch between light and dark">&#9680;</button></li></ul></nav>\n`;
}

/** What to know of the incidents that print without all they hold. */
function onPaper(count: number): string {
  const more = count - 1 > TOLD_ON_PAPER ? `, and after ${TOLD_ON_PAPER} such incidents with its heading alone` : '';
  return `<p class="paper dim">What is folded on the screen stands here without its records${more}; unfold an incident to print all of it.</p>\n`;
}

function* incidents(cases: readonly Case[], options: ReporterOptions): Generator<string> {
  yield '<section aria-labelledby="incidents"><h2 id="incidents">Incidents</h2>';
  if (cases.length === 0) yield '<p>None.</p>';
  else {
    yield filters(cases);
    if (cases.length > 1) yield onPaper(cases.length);
    yield* caseList(cases.slice(0, MAX_CASES), options);
    if (cases.length > MAX_CASES)
      yield `<p>Showing ${thousands(MAX_CASES)} of ${thousands(cases.length)} incidents, the worst first; <code>-o violations.csv</code> lists all.</p>`;
  }
  yield '</section>\n';
}

/** The first incidents as elements, the rest in pieces that cost nothing until they are needed. */
function* caseList(cases: readonly Case[], options: ReporterOptions): Generator<string> {
  let chars = 0;
  let told: string[] = [];
  for (const [i, entry] of cases.entries()) {
    const text = [...caseSection(entry, i === 0 ? 'open' : chars < FULL_CHARS ? 'full' : 'short', options)].join('');
    chars += text.length;
    if (i < AT_ONCE) yield text;
    else told.push(text);
    const isFull = told.length === PIECE || told.reduce((sum, { length }) => sum + length, 0) > PIECE_CHARS;
    if (told.length === 0 || (!isFull && i < cases.length - 1)) continue;
    yield piece(told.join(''), told.length * FOLDED_REM);
    told = [];
  }
}

function filters(cases: readonly Case[]): string {
  const boxes = VERDICT_ORDER.map((verdict) => {
    const n = cases.filter(({ incident }) => incident.verdict === verdict).length;
    return `<label${n === 0 ? ' class="dim"' : ''}><input type="checkbox" data-verdict="${verdict}" checked> ${verdictMark(verdict)} ${thousands(n)}</label>`;
  });
  return `<div class="tools js" role="group" aria-label="Filter"><input type="search" id="search" aria-label="Search incidents" placeholder="Search: episode, command, address">${boxes.join('')}<span id="status" role="status" class="dim"></span></div>\n`;
}
