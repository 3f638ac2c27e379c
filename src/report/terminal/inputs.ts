import { commandFor, countVerdicts, plural } from '../../core/findings/findings.ts';
import { isOwnFile } from '../../core/findings/own-files.ts';
import { wrap } from '../../core/text/display-width.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Role } from '../../model/format.ts';
import type { ClockReport, InputReport, Report } from '../../model/report.ts';
import type { TerminalOptions } from './options.ts';

const MAX_ODD = 8;
const MAX_CLOCKS = 4;
const MAX_OWN = 5;
/** Of a problem that names files which are listed one by one. */
const NAMED_ABOVE = 'unrecognised';
/** Less is what clocks of one place are apart anyway. */
const NOTABLE_US = 1_000_000;
/** No zones are closer. */
const QUARTER_US = 900_000_000;
/** Keeps a number and its unit on one line. */
const JOIN = '\u00a0';

/** Kinds of records that lead from an address to an agent. */
const LEADS: readonly (readonly [string, readonly Role[]])[] = [
  ['agent traces or a table of tool calls', ['tool-call']],
  ['a table of leases (which sandbox held which address when)', ['lease']],
  ['process or socket telemetry (auditd, Falco, Tetragon, ss)', ['process', 'socket']],
];

/** What was read, what was odd about it, which clocks were put right and what is not there at all. */
export function inputsBlock(report: Report, options: TerminalOptions): readonly string[] {
  const { style, width, clean, verbose } = options;
  const odd = report.inputs.filter((input) => isOdd(input) && !isOwnFile(input));
  const lines = [...folded(readSentence(report), width).map(style.dim), ...clocksLines(report.clocks, options)];
  for (const input of verbose ? report.inputs : odd.slice(0, MAX_ODD)) lines.push(...inputLines(input, options));
  if (!verbose && odd.length > MAX_ODD)
    lines.push(
      `! and ${plural(odd.length - MAX_ODD, 'more file')} with remarks: ${commandFor(options.command, 'inspect')} lists them`,
    );
  if (!verbose) lines.push(...ownLines(report.inputs.filter(isOwnFile), options));
  for (const { message } of report.problems.filter((problem) => !isError(problem) && problem.code !== NAMED_ABOVE))
    lines.push(...remark(escapeTerminal(clean(message)), width));
  if (!verbose && report.inputs.some(isPartlyRead))
    lines.push(`  ${commandFor(options.command, 'inspect')}  ${style.dim('shows the bad records')}`);
  return lines;
}

export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

/** A remark in lines of `width`. */
export function remark(text: string, width: number): readonly string[] {
  return hung('! ', text, width);
}

function hung(sign: string, text: string, width: number): readonly string[] {
  return wrap(text, width - sign.length).map((part, i) => `${i === 0 ? sign : '  '}${part}`);
}

function isOdd({ format, duplicateOf, records }: InputReport): boolean {
  return format === undefined || duplicateOf !== undefined || records.failed > 0;
}

function isPartlyRead({ format, duplicateOf, records }: InputReport): boolean {
  return format !== undefined && duplicateOf === undefined && records.failed > 0;
}

function readSentence(report: Report): string {
  const read = report.inputs.filter((input) => input.format !== undefined && input.duplicateOf === undefined);
  const records = read.reduce((sum, input) => sum + input.records.read, 0);
  return `Read ${plural(records, 'record')} of ${plural(read.length, 'file')}; ${plural(report.episodes, 'episode')}, ${plural(report.calls, 'tool call')}; coverage ${(report.coverage * 100).toFixed(2)}${JOIN}%.`;
}

/** A correction that a reader would stumble over, were it silent. */
function clocksLines(
  clocks: readonly ClockReport[],
  { width, clean, command, style }: TerminalOptions,
): readonly string[] {
  const wrong = clocks.filter(({ offsetUs }) => Math.abs(offsetUs) >= NOTABLE_US);
  if (wrong.length === 0) return [];
  const shown = wrong.slice(0, MAX_CLOCKS).map((clock) => `${escapeTerminal(clean(clock.domain))} ${aheadText(clock)}`);
  const more = wrong.length > MAX_CLOCKS ? ` and ${wrong.length - MAX_CLOCKS} more` : '';
  return [
    ...folded(`Clocks put right: ${shown.join(', ')}${more}; all of them:`, width).map(style.dim),
    // Never folded: a command must survive being copied.
    `  ${commandFor(command, 'clocks')}`,
  ];
}

function aheadText({ offsetUs, zone }: ClockReport): string {
  const size = Math.abs(offsetUs);
  const far = size < QUARTER_US ? `${(size / 1e6).toFixed(1)}${JOIN}s` : `${(size / 3.6e9).toFixed(2)}${JOIN}h`;
  const why = zone === 'UTC' ? '' : ` (${zone})`;
  return `${far} ${offsetUs > 0 ? 'ahead' : 'behind'}${why}`;
}

function inputLines(input: InputReport, { width, clean }: TerminalOptions): readonly string[] {
  const { format, candidates, path } = input;
  const nearest = format === undefined ? candidates[0] : undefined;
  const tried = (nearest?.score ?? 0) > 0 ? ` (nearest: ${nearest?.id} ${nearest?.score})` : '';
  const text = `${escapeTerminal(clean(path))}: ${escapeTerminal(clean(input.note ?? recordsText(input)))}${tried}`;
  return hung(isOdd(input) ? '! ' : '  ', text, width);
}

/** Reports of earlier runs lie beside the logs by and by: one line for all. */
function ownLines(own: readonly InputReport[], { width, clean, style }: TerminalOptions): readonly string[] {
  if (own.length === 0) return [];
  const names = own.slice(0, MAX_OWN).map(({ path }) => escapeTerminal(clean(path)));
  const more = own.length > MAX_OWN ? ` and ${own.length - MAX_OWN} more` : '';
  return folded(`Left out, as egressblame wrote it or is told by it: ${names.join(', ')}${more}.`, width).map(
    style.dim,
  );
}

function recordsText({ format = '?', records, bad }: InputReport): string {
  if (records.failed === 0) return `${format}, ${plural(records.read, 'record')}`;
  return `${format}: ${records.failed} of ${records.read} records could not be read (first: line ${bad[0]?.line ?? '?'}, ${bad[0]?.reason ?? ''})`;
}

/** What would lead farther, where violations stay open. */
export function absentLines(report: Report, { width }: TerminalOptions): readonly string[] {
  const { ambiguous, unattributed } = countVerdicts(report);
  if (ambiguous + unattributed === 0) return [];
  const there = new Set(report.inputs.flatMap(({ roles, records }) => (records.decoded > 0 ? roles : [])));
  const missing = LEADS.filter(([, roles]) => !roles.some((role) => there.has(role))).map(([what]) => what);
  return missing.length === 0
    ? []
    : remark(`not among the inputs, and would settle more: ${missing.join('; ')}`, width);
}

function folded(text: string, width: number): readonly string[] {
  return wrap(text, width).map((line) => line.replaceAll(JOIN, ' '));
}
