import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { casesOf, citedRefs } from '../core/findings.ts';
import type { NightFlows } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import type { ReporterOptions } from '../model/reporter.ts';
import type { SourceRef } from '../model/source.ts';
import { findInputs } from '../sources/inputs.ts';
import { readRawLines, refKey } from '../sources/raw-lines.ts';
import { adviceOf } from './advice.ts';
import { freshReport } from './baseline.ts';
import { writeEvidence } from './evidence.ts';
import type { CommonFlags } from './flags.ts';
import { UsageError } from './options.ts';
import type { Output } from './planned-outputs.ts';
import { print } from './terminal.ts';

/** Originals are read again for this many citations at most; a report with more cites places only. */
const MAX_RAW = 20_000;

export interface Writing extends Omit<ReporterOptions, 'raw' | 'advice'> {
  /** The connections behind the report, where they were asked for and kept. */
  readonly flows: NightFlows | undefined;
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly flags: CommonFlags;
}

/** Writes every planned output; a file appears whole or not at all. */
export async function writeOutputs(outputs: readonly Output[], report: Report, writing: Writing): Promise<void> {
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
        await writeFresh(path, (write) => writeEvidence(report, { ...writing, ...options }, write));
      continue;
    }
    const reporter = await format.load();
    const parts = reporter.render(format.marksAccepted ? report : fresh, options);
    if (path === undefined) for (const part of parts) await print(part);
    else await writeFile(path, parts, output.append);
  }
}

/** The records that the shown attribution of each incident rests on. */
function citedByLeads(report: Report): readonly SourceRef[] {
  return casesOf(report)
    .flatMap(({ lead }) => citedRefs(lead).slice(0, 40))
    .slice(0, MAX_RAW);
}

/** A file appears whole or not at all; appended where asked. */
export async function writeFile(path: string, parts: Iterable<string>, append: boolean): Promise<void> {
  if (append) for (const part of parts) appendFileSync(path, part);
  else
    await writeFresh(path, (write) => {
      for (const part of parts) write(part);
    });
}

/** A file beside the target is filled and takes its place when it is whole. */
async function writeFresh(
  path: string,
  fill: (write: (part: string | Uint8Array) => void) => void | Promise<void>,
): Promise<void> {
  const target = resolve(path);
  const fresh = `${dirname(target)}/.${basename(target)}.part`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    const file = openSync(fresh, 'w');
    try {
      await fill((part) => writeFileSync(file, part));
    } finally {
      closeSync(file);
    }
    renameSync(fresh, target);
  } catch (error) {
    discard(fresh);
    if (error instanceof Error && 'code' in error)
      throw new UsageError(`-o ${path}: cannot be written (${String(error.code)})`);
    throw error;
  }
}

/** What is left of a failed write; where not even that can be reached, nothing is left. */
export function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder itself was the trouble.
  }
}
