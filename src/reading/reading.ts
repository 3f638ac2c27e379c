import { formats } from '../formats/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { DecodeContext } from '../model/format.ts';
import type { ReadReport } from '../model/report.ts';
import type { Place } from '../reach/moments/places.ts';
import type { InputFile } from '../sources/files/discover.ts';
import type { HandedOver } from './counting/handed-over.ts';
import { OUT_OF_REACH } from './counting/tally.ts';
import { duplicateReport, unreadReport, unrecognised } from './counting/unread.ts';
import { type CollectOptions, collectFile } from './decoding/collect.ts';
import { contextOf } from './decoding/decode-context.ts';
import type { Emit } from './decoding/taking.ts';
import { type Visit, visitLines } from './decoding/visit-lines.ts';
import { type RunOptions, referenceFor, zoneFor } from './options/run-options.ts';
import { absentSources, unmetRoles } from './options/stated.ts';
import { inLogs } from './reading-plan.ts';
import type { Recognised } from './recognising/recognise.ts';

/** What is read, and what was said of it before. */
interface Inputs {
  readonly files: readonly Recognised[];
  /** Path of the original by that of its copy. */
  readonly copies: ReadonlyMap<string, string>;
  readonly problems: readonly Diagnostic[];
}

/** What all files told of themselves. */
interface Told {
  readonly inputs: readonly ReadReport[];
  readonly problems: readonly Diagnostic[];
  /** Share of the bytes that was read; less than 1 when the run was stopped. */
  readonly readShare: number;
}

/** The reading of all files of a run, one after the other, some of them twice: counts bytes, reports and problems. */
export class Reading {
  readonly files: readonly Recognised[];
  readonly #options: RunOptions;
  readonly #copies: ReadonlyMap<string, string>;
  readonly #problems: Diagnostic[];
  /** Paths of files whose heads hold a 29 February. */
  readonly #leapt: ReadonlySet<string>;
  readonly #reports = new Map<string, ReadReport>();
  /** Paths of files whose bytes stand on the disk as they are read. */
  readonly #seekable = new Set<string>();
  /** By the path of a piece of a rotated log: the piece that goes on with it, and what the one before it handed over. */
  readonly #next: ReadonlyMap<string, string>;
  readonly #handed = new Map<string, HandedOver>();
  #totalBytes: number;
  #readBytes = 0;

  constructor(options: RunOptions, { files, copies, problems }: Inputs) {
    this.#options = options;
    this.files = files;
    this.#copies = copies;
    this.#problems = [...problems];
    this.#leapt = new Set(files.flatMap(({ input, head }) => (head.hasLeapDay ? [input.path] : [])));
    this.#next = followers(files.filter(({ input }) => !copies.has(input.path)));
    this.#totalBytes = files.reduce((sum, { input }) => sum + input.bytes, 0);
  }

  get isStopped(): boolean {
    return this.#options.signal?.aborted === true;
  }

  /** Reads a file, unless the run was stopped or it is a copy. Whether single lines of it can be read again. */
  async read(
    file: Recognised,
    emit: Emit,
    how: Pick<CollectOptions, 'judge' | 'cutting' | 'unpack'> = {},
  ): Promise<boolean> {
    const { path } = file.input;
    const original = this.#copies.get(path);
    if (original !== undefined || this.isStopped) {
      const report = original === undefined ? unreadReport(file) : duplicateReport(file, original);
      if (!this.#reports.has(path)) this.#reports.set(path, report);
      return false;
    }
    const isFirst = !this.#reports.has(path);
    const next = this.#next.get(path);
    const options = {
      ...this.#decoding(),
      onBytes: (bytes: number) => this.#count(bytes),
      hashed: isFirst && this.#options.hashes !== false,
      before: isFirst ? this.#handed.get(path) : this.#handedAgain(path),
      goesOn: next !== undefined && (isFirst || isUnchanging(this.#handed.get(next)?.held)),
      ...how,
    };
    const found = await collectFile(file, formats, options, emit);
    const { report, problems, isRevisitable, isSeekable, handed } = found;
    if (isFirst && next !== undefined && handed !== undefined) this.#handed.set(next, handed);
    if (isSeekable) this.#seekable.add(path);
    if (isFirst) {
      this.#reports.set(path, report);
      this.#problems.push(...problems);
    } else this.#foundAgain(path, found.kept);
    return isRevisitable;
  }

  /** Reads single lines of a file once more, unless the run was stopped. */
  async visit(file: Recognised, emit: Emit, visit: Visit<Place>): Promise<void> {
    if (this.isStopped) return;
    const { path } = file.input;
    const headings = this.#handed.get(path)?.headings;
    const before = headings === undefined ? undefined : { headings };
    const onLines = (lines: number): void => this.#options.onProgress?.({ stage: 'reading-again', path, lines });
    const options = { ...this.#decoding(), formats, isSeekable: this.#seekable.has(path), before, onLines };
    const { kept, problems } = await visitLines(file, options, visit, emit);
    this.#foundAgain(path, kept);
    this.#problems.push(...problems);
  }

  /** So many records that were left at first turned out to matter. */
  #foundAgain(path: string, kept: number): void {
    const report = this.#reports.get(path);
    if (report === undefined || kept === 0) return;
    const { [OUT_OF_REACH]: left = 0, ...others } = report.skipped;
    const skipped = left === kept ? others : { ...report.skipped, [OUT_OF_REACH]: left - kept };
    const { records } = report;
    const counts = { ...records, decoded: records.decoded + kept, skipped: records.skipped - kept };
    this.#reports.set(path, { ...report, records: counts, skipped });
  }

  /** These will be read a second time. */
  expectAgain(files: readonly Recognised[]): void {
    this.#totalBytes += files.reduce((sum, { input }) => sum + input.bytes, 0);
  }

  add(problem: Diagnostic): void {
    this.#problems.push(problem);
  }

  contextOf(input: InputFile): DecodeContext {
    return contextOf(input, this.#decoding());
  }

  /** To be asked once, at the end. */
  told(): Told {
    const inputs = this.files.flatMap(({ input }) => this.#reports.get(input.path) ?? []);
    const given = this.files.map(({ input }) => input);
    this.#problems.push(
      ...unmetRoles(given, inputs, this.#options),
      ...absentSources(given, this.#options),
      ...unrecognised(inputs),
    );
    if (this.isStopped) this.#problems.push(stopped(this.#readBytes, this.#totalBytes));
    const readShare = this.isStopped && this.#totalBytes > 0 ? Math.min(1, this.#readBytes / this.#totalBytes) : 1;
    return { inputs, problems: this.#problems, readShare };
  }

  /** What a later reading finds of it. */
  #handedAgain(path: string): HandedOver | undefined {
    const handed = this.#handed.get(path);
    return handed === undefined || isUnchanging(handed.held) ? handed : { ...handed, held: undefined };
  }

  #count(bytes: number): void {
    this.#readBytes += bytes;
    this.#options.onProgress?.({ stage: 'reading', readBytes: this.#readBytes, totalBytes: this.#totalBytes });
  }

  #decoding() {
    const { signal } = this.#options;
    return {
      zoneOffsetMin: (path: string) => zoneFor(path, this.#options),
      reference: (entry: InputFile) => referenceFor(entry, this.#leapt.has(entry.path), this.#options),
      ...(signal === undefined ? {} : { signal }),
    };
  }
}

/** Whether it is as the piece before left it when its follower is read once more: formats copy maps. */
function isUnchanging(held: unknown): boolean {
  return typeof held === 'number' || held instanceof Map || (typeof held === 'object' && Object.isFrozen(held));
}

/** By the path of each piece of a rotated log the path of the next one. */
function followers(files: readonly Recognised[]): ReadonlyMap<string, string> {
  const next = new Map<string, string>();
  for (const pieces of inLogs(files))
    for (const [i, { input }] of pieces.slice(1).entries()) next.set(pieces[i]?.input.path ?? '', input.path);
  return next;
}

/** An error: what was not read may hold anything. */
function stopped(readBytes: number, totalBytes: number): Diagnostic {
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return {
    severity: 'error',
    code: 'stopped',
    message: `stopped after ${mega(readBytes)} of ${mega(totalBytes)} MB; the answer is about what was read`,
  };
}
