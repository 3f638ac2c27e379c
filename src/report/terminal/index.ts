import { formatDuration } from 'date-fns/formatDuration';
import { othersOf } from '../../core/findings/case-says.ts';
import { circumstancesOf } from '../../core/findings/circumstances.ts';
import {
  type Case,
  candidateName,
  casesOf,
  causeOf,
  chanceSentence,
  commandFor,
  countVerdicts,
  episodeParts,
  isBlamed,
  percent,
  plural,
  processName,
  VERDICT_MARK,
  VERDICT_ORDER,
  verdictSentence,
} from '../../core/findings/findings.ts';
import { clipColumns, wholeWords, wrap } from '../../core/text/display-width.ts';
import { isPipeName } from '../../core/text/pipe-name.ts';
import { clip, escapeTerminal } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Attribution, Incident } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import type { Micros } from '../../model/time.ts';
import { alikeText, toldOnce } from './alike.ts';
import { certainty, destinations, incidentLines, paint, type Told } from './incident.ts';
import { absentLines, inputsBlock, isError, remark } from './inputs.ts';
import { kindsTable } from './kinds.ts';
import type { TerminalOptions } from './options.ts';

/** Incidents told in full; the ones after them take two lines each, up to the second number. */
const MAX_BLOCKS = 10;
const MAX_INCIDENTS = 40;
const MAX_RIVALS = 4;
const MAX_ON_SCREEN = 3;
/** Lines of one row of an incident. */
const MAX_ROWS = 4;

/** The report for a person: verdict first, the night by kind, the worst incidents in full and others in brief, what is missing, what to do next. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const lines: string[] = [];
  const cases = casesOf(report);
  lines.push(...headline(report, options), ...warnings(report, options), '');
  if (cases.length > MAX_ON_SCREEN) lines.push(...kindsTable(cases, options), '');
  const told = toldOnce(cases);
  for (const one of told.slice(0, MAX_BLOCKS)) lines.push(...incidentBlock(one, options), '');
  const others = told.slice(MAX_BLOCKS, MAX_INCIDENTS);
  if (others.length > 0) lines.push(...others.flatMap((one) => incidentLines(one, options)), '');
  const untold = told.slice(MAX_INCIDENTS).reduce((sum, { alike }) => sum + 1 + alike.length, 0);
  if (untold > 0) lines.push(`  ${plural(untold, 'more incident')}; all of them: ${options.command} -o night.html`, '');
  lines.push(...inputsBlock(report, options));
  if (isLed(report) || cases.length > MAX_ON_SCREEN) lines.push(...absentLines(report, options));
  // The first lines have left the screen by now.
  if (cases.length > MAX_ON_SCREEN)
    lines.push('', ...wrap(verdictSentence(report), options.width).map(options.style.bold));
  lines.push(...nextBlock(report, cases[0], options));
  return `${lines.join('\n')}\n`;
}

function headline(report: Report, { width, style }: TerminalOptions): readonly string[] {
  const count = countVerdicts(report);
  const lines = wrap(verdictSentence(report), width).map(style.bold);
  if (report.attributions.length > 0)
    lines.push(
      ...inLines(
        VERDICT_ORDER.map((verdict) => `${VERDICT_MARK[verdict]} ${verdict} ${count[verdict]}`),
        width,
      ),
    );
  if (report.chance !== undefined) lines.push(...wrap(chanceSentence(report.chance), width));
  return lines;
}

/** Parts beside each other as far as they fit. */
function inLines(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''}   ${part}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** What makes the answer less than whole belongs to the verdict, and so does what is not there where nobody can be blamed. */
function warnings(report: Report, options: TerminalOptions): readonly string[] {
  const { width, clean, because } = options;
  const errors = report.problems.filter(isError).map(({ message }) => message);
  const says = because === undefined || errors.includes(because) ? errors : [...errors, `cannot say clean: ${because}`];
  const lines = says.flatMap((text) => remark(escapeTerminal(clean(text)), width));
  return isLed(report) ? lines : [...lines, ...absentLines(report, options)];
}

/** Whether the records led to an agent at all. */
function isLed({ attributions }: Report): boolean {
  return attributions.some(isBlamed);
}

function incidentBlock({ one, alike }: Told, options: TerminalOptions): readonly string[] {
  const { incident, members, lead } = one;
  const { style, width, command } = options;
  const { episode, toolCall, process } = causeOf(lead);
  const show = (text: string): string => escapeTerminal(options.clean(text));
  const head = `${certainty(one)}  ${incident.category}  ${plural(incident.violations, 'violation')}, ${plural(incident.records, 'record')}`;
  const lines = [paint(incident.verdict, style)(clipColumns(head, width))];
  const row = (label: string, text: string): void => {
    const room = Math.max(24, width - 13);
    const parts = wrap(show(text), room);
    parts.slice(0, MAX_ROWS).forEach((part, i) => {
      const cut = i === MAX_ROWS - 1 && parts.length > MAX_ROWS;
      lines.push(
        `  ${style.dim((i === 0 ? label : '').padEnd(10))} ${cut ? `${wholeWords(part, room - 2)} …` : part.trimEnd()}`,
      );
    });
  };
  row('what', `${destinations(members)}  ${clock(incident.first)}${spanOf(incident)}`);
  if (episode !== undefined) row('episode', [episode.id, episodeParts(episode)].filter(Boolean).join(', '));
  if (toolCall !== undefined)
    row(
      'tool call',
      `${toolCall.id} (${toolCall.name})${toolCall.start === undefined ? '' : ` at ${clock(toolCall.start)}`}`,
    );
  if (toolCall?.command !== undefined) row('command', clip(toolCall.command.replace(/\s*\n\s*/g, ' ; '), 220));
  if (process !== undefined)
    row(
      'process',
      `${processName(process)}${process.host === undefined ? '' : ` on ${process.host}`}  ${clip(process.commandLine ?? process.executable ?? '', 160)}`,
    );
  row('because', lead.reason);
  const others = othersOf(one);
  if (others !== undefined) row('others', others);
  if (alike.length > 0) row('alike', alikeText(alike));
  rivals(lead, row);
  for (const [label, says] of circumstancesOf(incident)) row(label, says);
  if (lead.missing.length > 0) row('missing', lead.missing.join('; '));
  // Never folded: a command must survive being copied.
  lines.push(`  ${style.dim('evidence'.padEnd(10))} ${show(commandFor(command, 'explain', lead.violation.id))}`);
  return lines;
}

function rivals(lead: Attribution, row: (label: string, text: string) => void): void {
  const settled = lead.verdict === 'proven' || lead.verdict === 'likely' || lead.verdict === 'not-agent';
  const others = lead.candidates
    .slice(settled ? 1 : 0)
    .filter((candidate) => candidate.probability >= 0.005 || !settled);
  others.slice(0, MAX_RIVALS).forEach((candidate, i) => {
    row(
      i === 0 ? (settled ? 'rivals' : 'suspects') : '',
      `${percent(candidate.probability)} ${candidateName(candidate)}${candidate.lostBecause === undefined ? '' : `: ${candidate.lostBecause}`}`,
    );
  });
  const left = Math.max(0, others.length - MAX_RIVALS) + (lead.unlisted?.count ?? 0);
  if (left > 0) row('', `and ${left} more`);
}

function nextBlock(report: Report, first: Case | undefined, { style, command }: TerminalOptions): readonly string[] {
  const blamed = report.attributions.filter(isBlamed);
  const isStream = report.arguments.includes('-');
  const lines = ['', style.dim(nextTitle(report))];
  if (first !== undefined) lines.push(`  ${commandFor(command, 'explain', first.lead.violation.id)}`);
  if (blamed.some(({ episode }) => episode !== undefined)) lines.push(`  ${commandFor(command, 'quarantine')}`);
  // A policy is weighed in a second reading, which standard input does not have.
  if (blamed.length > 0 && !isStream) lines.push(`  ${commandFor(command, 'policy', 'suggest')}`);
  lines.push(`  ${commandFor(command, 'inspect')}`);
  if (report.attributions.length > 0) lines.push(`  ${command} --json > answer.ndjson`);
  return lines;
}

/** A stream is gone once it is read, and a pipe is another one in the next call. */
function nextTitle({ arguments: given }: Report): string {
  if (given.includes('-')) return 'Next, with the same stream again (- reads it):';
  const pipe = given.find(isPipeName);
  return pipe === undefined ? 'Next:' : `Next, with the same stream again, as <(...), in place of ${pipe}:`;
}

/** Seconds, the longest first. Days have 24 hours: distances between dates have more or less of them where the clocks of the place change. */
const UNITS = [
  ['days', 86_400],
  ['hours', 3600],
  ['minutes', 60],
  ['seconds', 1],
] as const;

/** How long an incident went on; nothing for a moment. */
function spanOf({ first, last }: Incident): string {
  const seconds = (last - first) / 1_000_000;
  const unit = UNITS.find(([, size]) => seconds >= size);
  return unit === undefined ? '' : `, over ${formatDuration({ [unit[0]]: Math.round(seconds / unit[1]) })}`;
}

function clock(at: Micros): string {
  return `${formatIso(at).replace('T', ' ').slice(0, 23)} UTC`;
}
