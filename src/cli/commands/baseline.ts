import { isExpired } from '../../baseline/apply.ts';
import { baselineText } from '../../baseline/schema.ts';
import { type Answer, type BaselineChange, updateBaseline } from '../../baseline/update.ts';
import { commandFor, plural } from '../../core/findings/findings.ts';
import { clipColumns } from '../../core/text/display-width.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import type { BaselineEntry } from '../../model/baseline.ts';
import { SEVERITIES } from '../../model/violation.ts';
import { investigate } from '../../pipeline.ts';
import { commandLine, shellQuote } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { shownPath } from '../command-line/shown-path.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { BASELINE_NAME, checkCommandLine, readBaseline, today } from '../exit/baseline.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { writeWhole } from '../files/whole-file.ts';
import { checkWritable } from '../files/writable.ts';
import { isNothingThere } from '../terminal/complaints.ts';
import { cleaner, print, terminalOptions } from '../terminal/terminal.ts';

export interface BaselineFlags extends CommonFlags {
  readonly owner?: string;
  readonly reason?: string;
  readonly expires: string;
  readonly prune?: boolean;
}

const DAY_MS = 86_400_000;

/** Accepts what is found now: known entries stay as they are, new ones need an owner and a reason. */
export async function updateCommand(paths: readonly string[], flags: BaselineFlags): Promise<number> {
  const cwd = process.cwd();
  const file = flags.baseline ?? BASELINE_NAME;
  const answer = answerOf(flags);
  checkWritable([file], cwd);
  const before = (await readBaseline(file, cwd))?.entries ?? [];
  const report = await investigate(runOptions(paths, flags, cwd));
  for (const problem of report.problems)
    process.stderr.write(`egressblame: ${escapeTerminal(cleaner(flags)(problem.message))}\n`);
  if (report.inputs.length === 0) return isNothingThere(report.inputs, report.problems) ? EXIT.usage : EXIT.incomplete;
  const least = SEVERITIES.indexOf(flags.minSeverity ?? 'informational');
  const severe = report.attributions.filter(({ violation }) => SEVERITIES.indexOf(violation.finding.severity) >= least);
  const change = updateBaseline(before, severe, { answer, prune: flags.prune === true });
  const own = [
    ...(flags.baseline === undefined ? [] : ['--baseline', flags.baseline]),
    '--owner',
    'infra',
    '--reason',
    'benchmark server, TICKET-123',
  ];
  if (change.added.length > 0 && (answer.owner === '' || answer.reason === ''))
    throw new UsageError(
      `${plural(change.added.length, 'new finding')}: say who answers for them and why, with --owner NAME --reason TEXT, as\n  ${commandFor(commandLine(paths, flags, own), 'baseline', 'update')}`,
    );
  await writeWhole(file, (write) => write(baselineText(change.entries)));
  await print(changeText(change, shownPath(file, cwd), flags.prune === true));
  await print(`\nNext:\n  ${checkCommandLine(paths, flags, shownPath(file, cwd))}\n`);
  return EXIT.clean;
}

function answerOf({ owner = '', reason = '', expires }: BaselineFlags): Answer {
  return { owner: owner.trim(), reason: reason.trim(), expires: dayOf(expires) };
}

/** `90d` from today, or a day as it is. */
function dayOf(text: string): string {
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(Date.parse(today()) + Number(days) * DAY_MS).toISOString().slice(0, 10);
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text)
    throw new UsageError(`--expires ${text}: write a day as 2027-03-31, or 90d`);
  if (text < today()) throw new UsageError(`--expires ${text}: this day is over`);
  return text;
}

function changeText({ entries, added, gone, kept }: BaselineChange, path: string, pruned: boolean): string {
  const left =
    gone.length === 0
      ? ''
      : pruned
        ? `, ${gone.length} removed`
        : `, ${gone.length} no longer found (--prune removes them)`;
  return `${path}: ${plural(entries.length, 'entry', 'entries')}; ${added.length} new, ${kept} kept${left}\n`;
}

/** The entries, those that end first on top. */
export async function showCommand(file: string | undefined, flags: BaselineFlags): Promise<number> {
  const cwd = process.cwd();
  const path = file ?? flags.baseline ?? BASELINE_NAME;
  const baseline = await readBaseline(path, cwd);
  if (baseline === undefined) {
    const shown = shownPath(path, cwd);
    throw new UsageError(
      `${shown}: there is no such file; this accepts what is found in logs/ and writes it:\n  egressblame baseline update logs/ --baseline ${shellQuote(shown)} --owner YOU --reason WHY`,
    );
  }
  const now = today();
  const entries = [...baseline.entries].sort((a, b) =>
    a.expires + a.fingerprint < b.expires + b.fingerprint ? -1 : 1,
  );
  if (flags.json) {
    for (const entry of entries) await print(`${jsonText({ ...entry, daysLeft: daysLeft(entry, now) })}\n`);
    return EXIT.clean;
  }
  const { width } = terminalOptions(flags, '');
  await print(
    `${baseline.path}: ${plural(entries.length, 'entry', 'entries')}, ${entries.filter((entry) => isExpired(entry, now)).length} expired\n`,
  );
  for (const entry of entries)
    for (const line of rowOf(entry, now)) await print(`${clipColumns(escapeTerminal(line), width)}\n`);
  return EXIT.clean;
}

function rowOf(entry: BaselineEntry, now: string): readonly string[] {
  const days = daysLeft(entry, now);
  const left =
    days < 0 ? `! expired ${plural(-days, 'day')} ago` : days === 0 ? '  ends today' : `  ${plural(days, 'day')} left`;
  return [
    '',
    `${left} (${entry.expires})  ${entry.fingerprint}  ${entry.category}`,
    `    to ${entry.destination}, ${entry.cause}`,
    `    ${entry.owner}: ${entry.reason}`,
  ];
}

function daysLeft({ expires }: BaselineEntry, now: string): number {
  return Math.round((Date.parse(expires) - Date.parse(now)) / DAY_MS);
}
