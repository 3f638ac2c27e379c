import { casesOf, citedRefs } from '../../core/findings/findings.ts';
import type { NightFlows } from '../../model/policy.ts';
import type { Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { SourceRef } from '../../model/source.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import { readRawLines, refKey } from '../../sources/records/raw-lines.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { freshReport } from '../exit/baseline.ts';
import { appendFile, writeFile, writeWhole } from '../files/whole-file.ts';
import { print } from '../terminal/terminal.ts';
import { adviceOf } from './advice.ts';
import { writeEvidence } from './evidence.ts';
import type { Output } from './planned-outputs.ts';

/** Originals are read again for this many citations at most; a report with more cites places only. */
const MAX_RAW = 20_000;

export interface Writing extends Omit<ReporterOptions, 'raw' | 'advice'> {
  /** The connections behind the report, where they were asked for and kept. */
  readonly flows: NightFlows | undefined;
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly flags: CommonFlags;
}

/**
 * Writes every planned output; a file appears whole or not at all. `own` prints what the command itself says: after the files, as a
 * reader that closes the pipe early (head) ends the program and must not cost a report, and before what else goes to the output.
 */
export async function writeOutputs(
  outputs: readonly Output[],
  report: Report,
  writing: Writing,
  own: () => Promise<void>,
): Promise<void> {
  const [files, printed] = [outputs.filter((output) => !isPrinted(output)), outputs.filter(isPrinted)];
  await writeEach(files, report, writing);
  await own();
  await writeEach(printed, report, writing);
}

/** Whether it goes to the standard output. */
export function isPrinted({ path }: Output): boolean {
  return path === undefined;
}

async function writeEach(outputs: readonly Output[], report: Report, writing: Writing): Promise<void> {
  if (outputs.length === 0) return;
  const fresh = freshReport(report);
  const cited = outputs.some(({ format }) => format.quotes) ? citedByLeads(fresh) : [];
  const lines = await readRawLines((await findInputs(writing.paths, writing.cwd)).inputs, cited);
  const options: ReporterOptions = {
    clean: writing.clean,
    command: writing.command,
    raw: (ref) => lines.get(refKey(ref)),
    ...(outputs.some(({ format }) => 'advises' in format) ? { advice: await adviceOf(fresh, writing) } : {}),
  };
  for (const output of outputs) {
    const { format, path } = output;
    if (!('load' in format)) {
      if (path !== undefined)
        await writeWhole(path, (write) => writeEvidence(report, { ...writing, ...options }, write));
      continue;
    }
    const reporter = await format.load();
    const parts = reporter.render(format.marksAccepted ? report : fresh, options);
    if (path === undefined) for (const part of parts) await print(part);
    else await (output.append ? appendFile : writeFile)(path, parts);
  }
}

/** The records that the shown attribution of each incident rests on. */
function citedByLeads(report: Report): readonly SourceRef[] {
  return casesOf(report)
    .flatMap(({ lead }) => citedRefs(lead).slice(0, 40))
    .slice(0, MAX_RAW);
}
