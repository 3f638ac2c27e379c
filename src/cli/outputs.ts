import { appendFileSync, closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { casesOf, citedRefs } from '../core/findings.ts';
import type { NightFlows } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import type { ReporterOptions } from '../model/reporter.ts';
import type { SourceRef } from '../model/source.ts';
import { formatById, formatOfName, type OutputFormat, outputFormats } from '../report/index.ts';
import { discover } from '../sources/discover.ts';
import { readRawLines, refKey } from '../sources/raw-lines.ts';
import { adviceOf } from './advice.ts';
import { freshReport } from './baseline.ts';
import { writeEvidence } from './evidence.ts';
import { type CommonFlags, UsageError } from './options.ts';
import { print } from './terminal.ts';

export interface OutputFlags {
  readonly output?: readonly string[];
  readonly format?: string;
}

/** The evidence bundle is no report but an archive of two; the reports of `report/` are text. */
const BUNDLE = { id: 'bundle', quotes: true } as const;

/** One file (or, without a path, the standard output) to write and how. */
export interface Output {
  readonly format: OutputFormat | typeof BUNDLE;
  readonly path: string | undefined;
  readonly append: boolean;
}

const STDOUT = '-';
/** Originals are read again for this many citations at most; a report with more cites places only. */
const MAX_RAW = 20_000;

/** Decides all outputs before the work starts, so that a mistyped name costs nothing. */
export function plannedOutputs(flags: OutputFlags, env: Readonly<Record<string, string | undefined>>): Output[] {
  const asked = flags.format === undefined ? undefined : known(flags.format);
  const names = flags.output ?? [];
  const summary = env['GITHUB_STEP_SUMMARY'];
  if (names.length === 0) {
    if (asked === undefined) return [];
    if (asked === BUNDLE) throw new UsageError('--format bundle: a bundle needs a file, as -o bundle.zip');
    const toSummary = asked.id === 'github-summary' && summary !== undefined && summary !== '';
    return [{ format: asked, path: toSummary ? summary : undefined, append: toSummary }];
  }
  return names.map((name) => {
    const [, prefix, rest] = /^([a-z0-9-]+)=(.+)$/.exec(name) ?? [];
    const stated = prefix === undefined ? undefined : named(prefix);
    const path = stated === undefined || rest === undefined ? name : rest;
    const append = path === summary;
    const format =
      stated ??
      (names.length === 1 ? asked : undefined) ??
      (append ? known('github-summary') : undefined) ??
      (/\.zip$/i.test(path) ? BUNDLE : formatOfName(path)) ??
      asked;
    if (format === undefined)
      throw new UsageError(`-o ${name}: no format for this name; add --format ID or write -o ID=${name}. ${listed()}`);
    if (format === BUNDLE && path === STDOUT)
      throw new UsageError(`-o ${name}: a bundle needs a file, as -o bundle.zip`);
    return { format, path: path === STDOUT ? undefined : path, append };
  });
}

function named(id: string): Output['format'] | undefined {
  return id === BUNDLE.id ? BUNDLE : formatById(id);
}

function known(id: string): Output['format'] {
  const format = named(id);
  if (format === undefined) throw new UsageError(`--format ${id}: unknown. ${listed()}`);
  return format;
}

function listed(): string {
  return `Formats: ${[...outputFormats, BUNDLE].map(({ id }) => id).join(', ')}.`;
}

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
  const lines = await readRawLines(discover(writing.paths, writing.cwd).inputs, cited);
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
