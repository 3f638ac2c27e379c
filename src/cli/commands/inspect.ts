import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import { type InputReport, unhashedProblems, withHashes } from '../../model/report.ts';
import { gather } from '../../reading/gather.ts';
import type { Style } from '../../report/terminal/style.ts';
import { shellQuote } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { stateHashes } from '../outputs/planned-outputs.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { withProgress } from '../terminal/progress.ts';
import { cleaner, print, terminalOptions } from '../terminal/terminal.ts';

export async function inspectCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const hashes = stateHashes([], flags);
  const {
    inputs: read,
    problems,
    readShare,
  } = await withProgress(flags, (onProgress) =>
    gather({ ...runOptions(paths, flags, process.cwd()), hashes, onProgress }, 'none'),
  );
  const inputs = await withHashes(read);
  complain(hashes && readShare === 1 ? [...problems, ...unhashedProblems(inputs)] : problems, flags);
  const { style } = terminalOptions(flags, '');
  const clean = cleaner(flags);
  for (const input of inputs) {
    if (flags.json)
      await print(
        `${jsonText({ ...input, first: stamp(input.first), last: stamp(input.last), bad: input.bad.map((bad) => ({ ...bad, text: clean(bad.text) })) })}\n`,
      );
    else if (!flags.quiet) await print(describe(input, style, clean));
  }
  const unknown = inputs.find(isUnknownText);
  if (unknown !== undefined && !flags.json && !flags.quiet) await print(waysOn(unknown, clean));
  if (isNothingThere(inputs, problems)) return EXIT.usage;
  return inputs.some((input) => input.records.decoded > 0) ? EXIT.clean : EXIT.incomplete;
}

/** Text that all formats looked at, and none took. */
function isUnknownText({ format, candidates, bytes }: InputReport): boolean {
  return format === undefined && candidates.length > 0 && bytes > 0;
}

function waysOn({ path }: InputReport, clean: (text: string) => string): string {
  return [
    'Where a file that no format recognises is a log or a trace:',
    '  egressblame formats              lists what is known',
    `  ${`--as ${shellQuote(`FORMAT=${escapeTerminal(clean(path))}`)}`.padEnd(31)}  reads it as one of these`,
    '  egressblame schema tool-calls    is the plain table that your own traces can be written as',
    '  egressblame schema config        has importers, which read them as they are',
    '',
  ].join('\n');
}

function stamp(at: InputReport['first']): string | null {
  return at === undefined ? null : formatIso(at);
}

function describe(input: InputReport, style: Style, clean: (text: string) => string): string {
  const show = (text: string): string => escapeTerminal(clean(text));
  const lines = [style.bold(show(input.path))];
  lines.push(
    `  format   ${input.format ?? 'unknown'}${input.roles.length === 0 ? '' : `  (${input.roles.join(', ')})`}`,
  );
  if (input.note !== undefined) lines.push(`  note     ${show(input.note)}`);
  const { read, decoded, skipped, failed } = input.records;
  lines.push(`  records  ${read} read = ${decoded} decoded + ${skipped} skipped + ${failed} failed`);
  for (const [reason, count] of Object.entries(input.skipped))
    lines.push(`           ${count} skipped: ${show(reason)}`);
  for (const [format, count] of Object.entries(input.mixed)) lines.push(`           ${count} read as ${format}`);
  if (input.first !== undefined && input.last !== undefined)
    lines.push(`  span     ${formatIso(input.first)} to ${formatIso(input.last)}`);
  for (const [i, candidate] of input.candidates.entries()) {
    if (candidate.score === 0) break;
    lines.push(
      `  ${i === 0 ? 'scores ' : '       '}  ${candidate.score.toFixed(3)} ${candidate.id}: ${show(candidate.reason)}`,
    );
  }
  for (const bad of input.bad)
    lines.push(`  bad      line ${bad.line}: ${bad.reason}`, `           ${show(bad.text).slice(0, 160)}`);
  return `${lines.join('\n')}\n\n`;
}
