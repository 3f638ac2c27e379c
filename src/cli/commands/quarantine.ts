import { plural } from '../../core/findings/findings.ts';
import type { Grade, Quarantine } from '../../model/quarantine.ts';
import type { FailOn, Report } from '../../model/report.ts';
import { investigate, type RunOptions } from '../../pipeline.ts';
import { namedBy } from '../../quarantine/framework-manifests.ts';
import { type ManifestFormat, manifestLines } from '../../quarantine/manifests.ts';
import { quarantineOf } from '../../quarantine/quarantine.ts';
import { seedLines } from '../../quarantine/seeds.ts';
import { renderQuarantine } from '../../report/terminal/quarantine.ts';
import { commandLine, shellQuote } from '../command-line/command-line.ts';
import { DEFAULT_MIN_COVERAGE } from '../command-line/options.ts';
import { runOptions } from '../command-line/run-options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { judge } from '../exit/gate.ts';
import { refuseEvidence } from '../files/kept-evidence.ts';
import { isStdout, writeFile } from '../files/whole-file.ts';
import { checkWritable } from '../files/writable.ts';
import { rolloutFileOf } from '../outputs/rollout-file.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { watchReading } from '../terminal/progress.ts';
import { cleaner, print, terminalOptions } from '../terminal/terminal.ts';
import { type ApplyFlags, applyQuarantine, rolloutTarget } from './quarantine-apply.ts';

export interface QuarantineFlags extends ApplyFlags {
  readonly minVerdict: Grade;
  readonly failOn?: FailOn;
  readonly format?: ManifestFormat;
  readonly apply?: string;
  readonly seeds?: string;
}

/** The manifest of episodes to keep out of training; with `--apply`, a rollout file without them. */
export async function quarantineCommand(paths: readonly string[], flags: QuarantineFlags): Promise<number> {
  if (flags.apply === undefined && flags.drop !== undefined) throw new UsageError('--drop goes with --apply ROLLOUTS');
  if (flags.apply !== undefined && flags.format !== undefined)
    throw new UsageError('--format is for the manifest; with --apply, -o writes the filtered copy');
  refuseTwoPrinted(flags);
  checkWritable([flags.output, flags.seeds], process.cwd());
  const ours = flags.apply === undefined ? [flags.output, flags.seeds] : [flags.seeds];
  await refuseEvidence(ours, paths, { flags, cwd: process.cwd() });
  const run = runOptions(paths, flags, process.cwd());
  const target = flags.apply === undefined ? undefined : await rolloutTarget(flags.apply, flags.output, run);
  const { onProgress, onFinding, done } = watchReading(flags.quiet === true || flags.json === true);
  const report = await investigate({ ...run, onProgress, onFinding });
  done();
  complain(report.problems, flags);
  if (isNothingThere(report.inputs, report.problems)) return EXIT.usage;
  const quarantine = quarantineOf(report, flags.minVerdict);
  if (flags.seeds !== undefined) await writeFile(flags.seeds, seedLines(quarantine, cleaner(flags)));
  const code = quarantineExit(report, flags);
  process.exitCode = code;
  if (target === undefined) {
    await showManifest(report, quarantine, { paths, run, flags });
    return code;
  }
  const proven = await applyQuarantine(quarantine, { target, flags, command: commandLine(paths, flags) });
  return proven ? code : EXIT.unverified;
}

/** Seeds, the manifest and records of `--json` are one a line each: mixed, nobody can tell them apart. */
function refuseTwoPrinted({ json = false, output, format, seeds, apply }: QuarantineFlags): void {
  const inFile = output !== undefined && !isStdout(output);
  const manifest =
    apply === undefined && !inFile ? (format ?? (output === undefined ? undefined : 'jsonl')) : undefined;
  const printed = [
    ...(json ? ['--json'] : []),
    ...(manifest === undefined || (json && manifest === 'jsonl') ? [] : [`--format ${manifest}`]),
    ...(seeds !== undefined && isStdout(seeds) ? [`--seeds ${seeds}`] : []),
  ];
  if (printed.length > 1)
    throw new UsageError(`${printed.join(' and ')} would both go to the output; name a file for one`);
}

/** As the gate says; and without any episode read, nothing can be called clean. */
function quarantineExit(report: Report, flags: QuarantineFlags): number {
  const failOn = flags.failOn ?? flags.minVerdict;
  const { code } = judge(report, { ...flags, failOn, minCoverage: DEFAULT_MIN_COVERAGE });
  return code === EXIT.clean && report.rollouts.length === 0 ? EXIT.incomplete : code;
}

interface Showing {
  readonly paths: readonly string[];
  readonly run: RunOptions;
  readonly flags: QuarantineFlags;
}

async function showManifest(report: Report, quarantine: Quarantine, { paths, run, flags }: Showing): Promise<void> {
  const options = { clean: cleaner(flags), version: report.version };
  const format = flags.format ?? 'jsonl';
  const nameless = quarantine.flagged.length - namedBy(quarantine, format);
  if (nameless > 0)
    process.stderr.write(
      `egressblame: in these records ${nameless} of ${plural(quarantine.flagged.length, 'episode')} ${nameless === 1 ? 'has' : 'have'} no id of ${format}; the manifest lists ${nameless === 1 ? 'its name' : 'their names'} apart\n`,
    );
  const file = flags.output === undefined || isStdout(flags.output) ? undefined : flags.output;
  if (file !== undefined) await writeFile(file, manifestLines(quarantine, format, options));
  const isAsked = file === undefined && flags.output !== undefined;
  if (flags.quiet === true && !isAsked) return;
  const isPrinted = isAsked || (file === undefined && flags.format !== undefined);
  if (flags.json === true || isPrinted) {
    for (const line of manifestLines(quarantine, flags.json === true ? 'jsonl' : format, options)) await print(line);
    return;
  }
  if (flags.seeds !== undefined && isStdout(flags.seeds)) return;
  const command = commandLine(paths, flags);
  await print(renderQuarantine(quarantine, terminalOptions(flags, command)));
  if (file !== undefined)
    await print(`\nWrote ${file}: ${plural(quarantine.flagged.length, 'episode')} to keep out of training.\n`);
  await print(next(quarantine, command, { rollouts: rolloutFileOf(report, run), isWritten: file !== undefined }));
}

interface Done {
  /** A file that can be filtered. */
  readonly rollouts: string | undefined;
  readonly isWritten: boolean;
}

/** Commands that work as they stand. */
function next(quarantine: Quarantine, command: string, { rollouts, isWritten }: Done): string {
  const again = command.replace(/^egressblame/, 'egressblame quarantine');
  const first = quarantine.flagged[0]?.violations[0];
  const lines = [
    ...(first === undefined ? [] : [command.replace(/^egressblame/, `egressblame explain ${first}`)]),
    ...(quarantine.flagged.length === 0 ? [command] : isWritten ? [] : [`${again} -o quarantine.jsonl`]),
    ...(quarantine.flagged.length === 0 || rollouts === undefined ? [] : [`${again} --apply ${shellQuote(rollouts)}`]),
  ];
  return `\nNext:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
