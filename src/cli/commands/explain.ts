import { commandFor } from '../../core/findings/findings.ts';
import { jsonText } from '../../core/text/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { InputReport } from '../../model/report.ts';
import type { SourceRef } from '../../model/source.ts';
import { investigate } from '../../pipeline.ts';
import { attributionRecord } from '../../report/json/index.ts';
import { renderExplanation } from '../../report/terminal/explain.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import { readRawLines, refKey, storedHash } from '../../sources/records/raw-lines.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { ID, violationsOf } from '../command-line/ids.ts';
import { runOptions } from '../command-line/run-options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { withProgress } from '../terminal/progress.ts';
import { cleaner, print, terminalOptions } from '../terminal/terminal.ts';

/** Violations of an incident that are named beside the one shown. */
const MOST_OTHERS = 8;

/** One violation with all that speaks for and against its cause; `--verify` reads the cited records again. */
export async function explainCommand(
  id: string,
  paths: readonly string[],
  flags: CommonFlags & { readonly verify?: boolean },
): Promise<number> {
  refuseSwapped(id, paths, flags);
  const run = { ...runOptions(paths, flags, process.cwd()), hashes: flags.verify === true };
  const report = await withProgress(flags, (onProgress) => investigate({ ...run, onProgress }));
  complain(report.problems, flags);
  if (isNothingThere(report.inputs, report.problems)) return EXIT.usage;
  const wanted = new Set(violationsOf(id, report, commandLine(paths, flags)));
  const found = report.attributions.filter((attribution) => wanted.has(attribution.violation.id));
  const first = found[0];
  if (first === undefined) return EXIT.incomplete;
  const refs = refsOf(first);
  const { inputs } = await findInputs(paths, run.cwd);
  const raw = await readRawLines(inputs, refs);
  if (flags.json) await print(`${jsonText(attributionRecord(first, cleaner(flags)))}\n`);
  else if (!flags.quiet) {
    const options = terminalOptions(flags, commandLine(paths, flags));
    await print(renderExplanation(first, (ref) => raw.get(refKey(ref)), options) + othersOf(id, found));
  }
  if (!flags.verify) return EXIT.clean;
  const lost = refs.filter((ref) => raw.get(refKey(ref)) === undefined).map((ref) => `${ref.source}:${ref.line}`);
  const changed = lost.length > 0 ? [] : await changedSources(refs, report.inputs, inputs);
  const says = verdictOf(refs, lost, changed);
  // Records keep the output to themselves.
  if (flags.json) process.stderr.write(`egressblame: ${says}`);
  else if (!flags.quiet) await print(`\n${says}`);
  return lost.length + changed.length === 0 ? EXIT.clean : EXIT.unverified;
}

/** Which other violations an incident has; nothing where there is one. */
function othersOf(id: string, found: readonly Attribution[]): string {
  if (found.length < 2) return '';
  const others = found.slice(1, 1 + MOST_OTHERS).map(({ violation }) => violation.id);
  const more = found.length > 1 + MOST_OTHERS ? ' ...' : '';
  return `\nThe first of ${found.length} violations of ${id}: ${others.join(' ')}${more}\n`;
}

function verdictOf(refs: readonly SourceRef[], lost: readonly string[], changed: readonly string[]): string {
  if (lost.length > 0) return `Not verified: ${lost.join(', ')} cannot be read again.\n`;
  if (changed.length > 0) return `Not verified: ${changed.join(', ')} changed since the records were read.\n`;
  return `Verified: all ${refs.length} cited records were read again from the originals.\n`;
}

/** Paths of cited files that have another SHA-256 by now than the report states. */
async function changedSources(
  refs: readonly SourceRef[],
  reports: readonly InputReport[],
  inputs: readonly InputFile[],
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const path of new Set(refs.map(({ source }) => source))) {
    const report = reports.find((entry) => entry.path === path);
    const input = inputs.find((entry) => entry.path === path);
    if (report === undefined || input === undefined) continue;
    if ((await storedHash(input, report.bytes)) !== report.sha256) changed.push(path);
  }
  return changed;
}

/** `explain logs/ v-...` would search the file `v-...` for an incident of the name `logs/`. */
function refuseSwapped(id: string, paths: readonly string[], flags: CommonFlags): void {
  const meant = ID.test(id) ? undefined : paths.find((path) => ID.test(path));
  if (meant === undefined) return;
  const others = paths.filter((path) => path !== meant);
  throw new UsageError(`the id goes first: ${commandFor(commandLine([id, ...others], flags), 'explain', meant)}`);
}

function refsOf(attribution: Attribution): readonly SourceRef[] {
  const { violation } = attribution;
  const refs = [
    violation.event.ref,
    ...violation.alsoSeen,
    ...(attribution.toolCall === undefined ? [] : [attribution.toolCall.ref]),
    ...(attribution.process?.ref === undefined ? [] : [attribution.process.ref]),
    ...attribution.evidence.flatMap((evidence) => evidence.refs),
  ];
  const seen = new Map(refs.map((ref) => [refKey(ref), ref]));
  return [...seen.values()];
}
