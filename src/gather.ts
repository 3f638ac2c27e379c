import { collectFile, collectLines, contextOf, type Judge } from './collect.ts';
import type { Cutting, Emit } from './cut-calls.ts';
import { cuttingOf } from './cutting.ts';
import { type EventsByKind, emptyStore, keepAll } from './evidence-store.ts';
import { Folding } from './fold/folding.ts';
import { formats } from './formats/index.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { ReadReport } from './model/report.ts';
import type { Micros } from './model/time.ts';
import type { Finding, ViolatingEvent } from './model/violation.ts';
import { openReach } from './open-reach.ts';
import { BYTES_PER_PLACE, Deferred, type Place } from './reach/deferred.ts';
import { FirstReading, type FirstReadingContext } from './reach/first-reading.ts';
import type { Reach } from './reach/reach.ts';
import { Revisit } from './reach/revisit.ts';
import { SecondReading } from './reach/second-reading.ts';
import { DEFAULT_MEMORY_BYTES, hasVerdicts, lengthOf, mostNear, mostViolations, planReading } from './reading-plan.ts';
import { type Recognised, recognise } from './recognise.ts';
import { newScanMemory } from './scan/memory.ts';
import { SkimThreads, spareThreads, type Threads } from './skim-threads.ts';
import { discover, type InputFile } from './sources/discover.ts';
import { findDuplicates } from './sources/duplicates.ts';
import { readHeads } from './sources/heads.ts';
import { SKIMMING_BUFFERS } from './sources/read-records.ts';
import { CHUNK } from './sources/ring.ts';
import { Spill } from './sources/spill.ts';
import { allowedFormats, type Stated, statedFormat, unmetRoles } from './stated.ts';
import { duplicateReport, unreadReport } from './unread.ts';

export interface RunOptions extends Stated {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Minutes east of UTC by source name, for stamps without a zone. */
  readonly zones?: ReadonlyMap<string, number>;
  readonly year?: number;
  /** Microseconds by which a source's clock is ahead, stated by the user. */
  readonly clockOffsets?: ReadonlyMap<string, number>;
  /** The present, for stamps without a year on standard input. */
  readonly now?: Micros;
  readonly from?: Micros;
  readonly to?: Micros;
  /** Memory that the run may take, bytes: what is longer is read for what bears on a violation. */
  readonly memoryBytes?: number;
  /** Other threads that help with long files; as many as there are cores for unless told. The answer is the same with any. */
  readonly threads?: Threads;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Gets each violating record as soon as it is read, where the logs are long; its clock is not corrected yet. */
  readonly onFinding?: (event: ViolatingEvent, finding: Finding) => void;
}

export interface Progress {
  readonly readBytes: number;
  readonly totalBytes: number;
}

/** Everything read from the inputs, before any question is asked. */
export interface Gathered {
  readonly store: EventsByKind;
  readonly inputs: readonly ReadReport[];
  readonly problems: readonly Diagnostic[];
  /** Of inputs too long to be kept whole: whether all records of an event's connection or command are there. */
  readonly isWhole: (event: Event) => boolean;
  /** Violating records of long logs that were too many to keep each. */
  readonly folding: Folding;
  /** How long before a violation process records were taken, microseconds, where memory did not hold those of the usual time. */
  readonly narrowedUs: number | undefined;
  /** Share of the bytes that was read; less than 1 when the run was stopped. */
  readonly readShare: number;
}

/** What to keep: every event, or what can bear on a violation where the inputs are too long, or none. */
export type Keeping = 'all' | 'reach' | 'none';

/** Discovers, recognises and reads all inputs. `onEvents` gets each batch, in the order of the files, unless they are read in reach. */
export async function gather(
  options: RunOptions,
  keeping: Keeping,
  onEvents?: (events: readonly Event[]) => void | Promise<void>,
): Promise<Gathered> {
  const { inputs, problems } = discover(options.paths, options.cwd);
  const files: Recognised[] = [];
  for await (const { input, head } of readHeads(inputs))
    files.push(recognise(input, head, allowedFormats(input, formats, options), statedFormat(input, formats, options)));
  const copies = await findDuplicates(files);
  const run = new Run(options, files, copies, [...problems]);
  if (keeping === 'reach' && run.isLong()) return run.readInReach();
  return run.readAll((events) => {
    if (keeping !== 'none') keepAll(run.store, events);
    return onEvents?.(events);
  });
}

/** Memory that a byte of log costs when all of its events are kept, at most; and what the program itself needs. */
const MEMORY_PER_BYTE = 8;
const OWN_MEMORY_BYTES = 64e6;
/** Part of the memory that places of lines may take which may matter later: one in so many. */
const SHARE_OF_PLACES = 12;

interface ElsewhereOptions {
  readonly reach: Reach;
  /** One thread must skim all of it. */
  readonly isAlone: boolean;
}

/** One reading of all files. */
class Run {
  readonly store = emptyStore();
  readonly #folding: Folding;
  readonly #options: RunOptions;
  readonly #files: readonly Recognised[];
  readonly #copies: ReadonlyMap<string, string>;
  readonly #problems: Diagnostic[];
  readonly #reports = new Map<string, ReadReport>();
  #threads: SkimThreads | undefined;
  #totalBytes: number;
  #readBytes = 0;
  #narrowedUs: number | undefined;
  /** Takes the places that memory does not hold. */
  readonly #spill = new Spill();

  constructor(
    options: RunOptions,
    files: readonly Recognised[],
    copies: ReadonlyMap<string, string>,
    problems: Diagnostic[],
  ) {
    this.#options = options;
    this.#folding = new Folding(mostViolations(options.memoryBytes));
    this.#files = files;
    this.#copies = copies;
    this.#problems = problems;
    this.#totalBytes = files.reduce((sum, { input }) => sum + input.bytes, 0);
  }

  /** More than the budget of memory would hold as events. */
  isLong(): boolean {
    return this.#files.reduce((sum, file) => sum + lengthOf(file), 0) > this.#keepable();
  }

  #keepable(): number {
    return Math.max(0, this.#memoryBytes() - OWN_MEMORY_BYTES) / MEMORY_PER_BYTE;
  }

  #memoryBytes(): number {
    return this.#options.memoryBytes ?? DEFAULT_MEMORY_BYTES;
  }

  async readAll(emit: Emit): Promise<Gathered> {
    for (const file of this.#files) await this.#read(file, emit);
    return this.#gathered(() => true);
  }

  /** Short files and traces first, then the logs that hold violations, then those that explain them, then what needs a second look. */
  async readInReach(): Promise<Gathered> {
    try {
      return await this.#readInReach();
    } finally {
      this.#spill.close();
      await this.#threads?.close();
    }
  }

  async #readInReach(): Promise<Gathered> {
    const { whole, traffic, hosts } = planReading(this.#files, this.#keepable() / 2);
    // They take a while to start, in which the short files are read.
    const isHelped =
      [...traffic, ...hosts].some((file) => this.#isShared(file)) || whole.some((file) => this.#isCut(file));
    const others = isHelped ? this.#spare().count : 0;
    const memory = newScanMemory({ others, buffers: SKIMMING_BUFFERS, bytes: CHUNK });
    if (others > 0) this.#threads = new SkimThreads(memory.others);
    const emit = (events: readonly Event[]): void => keepAll(this.store, events);
    for (const file of whole)
      await this.#read(
        file,
        emit,
        this.#isCut(file)
          ? { cutting: cuttingOf(file, { memory, threads: this.#threads, calls: this.store.calls }) }
          : {},
      );
    if (traffic.length + hosts.length === 0) return this.#gathered(() => true);
    const isShort = new Set(whole.map(({ input }) => input.path));
    const reach = openReach(this.store, {
      longestBytes: Math.max(...[...traffic, ...hosts].map(lengthOf)),
      memory,
      folding: this.#folding,
      mostNear: mostNear(this.#options.memoryBytes),
      onFinding: this.#options.onFinding,
    });
    const again: { readonly file: Recognised; readonly deferred: Deferred }[] = [];
    let room = Math.floor(this.#memoryBytes() / SHARE_OF_PLACES / BYTES_PER_PLACE);
    for (const file of [...traffic, ...hosts]) {
      const deferred = new Deferred({ most: room, overflow: this.#spill });
      const isInOrder = file.detection.format?.isInOrder === true;
      const isSettled = hosts.includes(file);
      const { headings } = file.detection.format ?? {};
      const elsewhere = this.#elsewhere(file, { reach, isAlone: isInOrder && headings === undefined });
      const reading = new FirstReading({
        reach,
        source: file.input.path,
        isSettled,
        hasVerdicts: hasVerdicts(file),
        isInOrder,
        deferred,
        ...(headings === undefined ? {} : { headings }),
        ...(elsewhere === undefined ? {} : { elsewhere }),
      });
      const isRevisitable = await this.#read(file, emit, { judge: reading });
      if (!isRevisitable) deferred.giveUp();
      if (reading.again) again.push({ file, deferred });
      room = Math.max(0, room - deferred.held);
    }
    const unread = again.filter(({ deferred }) => deferred.isFull);
    this.#totalBytes += unread.reduce((sum, { file }) => sum + file.input.bytes, 0);
    reach.retention.closeFirst();
    this.#narrowedUs = reach.retention.narrowedUs;
    if (this.#narrowedUs !== undefined) this.#problems.push(narrowed(this.#narrowedUs));
    for (const { file, deferred } of again) await this.#readAgain(file, emit, { reach, deferred });
    return this.#gathered((event) => isShort.has(event.ref.source) || reach.retention.isWhole(event));
  }

  /** Long files are skimmed by other threads too. */
  #elsewhere(file: Recognised, { reach, isAlone }: ElsewhereOptions): FirstReadingContext['elsewhere'] {
    const { detection, input } = file;
    const context = contextOf(input, this.#reading());
    const threads = this.#threads;
    if (threads === undefined || detection.format === undefined || !this.#isShared(file)) return undefined;
    const { rules, sample } = reach;
    threads.begin(
      { kind: 'file', format: detection.format.id, context, rules, ports: sample.ports },
      { inOrder: isAlone },
    );
    return (chunk, journal) => (isAlone ? threads.queue(chunk, journal) : threads.skim(chunk, journal));
  }

  /** Whether other threads may cut tool calls from its lines. */
  #isCut(file: Recognised): boolean {
    const { count, fromBytes } = this.#spare();
    return count > 0 && file.detection.format?.cutter !== undefined && lengthOf(file) >= fromBytes;
  }

  #spare(): Threads {
    return this.#options.threads ?? spareThreads();
  }

  /** Whether other threads may help with it. */
  #isShared(file: Recognised): boolean {
    const { count, fromBytes } = this.#spare();
    return count > 0 && file.detection.format?.look !== undefined && lengthOf(file) >= fromBytes;
  }

  async #readAgain(file: Recognised, emit: Emit, kept: { reach: Reach; deferred: Deferred }): Promise<void> {
    const { reach, deferred } = kept;
    const { path } = file.input;
    if (deferred.isFull) await this.#read(file, emit, { judge: new SecondReading(reach, path) });
    else if (this.#options.signal?.aborted !== true) {
      const isInOrder = file.detection.format?.isInOrder === true;
      const revisit = new Revisit({ reach, source: path, deferred, isInOrder });
      const visit = {
        places: revisit.places(),
        keep: (events: readonly Event[], place?: Place) => revisit.keep(events, place),
      };
      const { events, problems } = collectLines(file, formats, this.#reading(), visit);
      await emit(events);
      this.#problems.push(...problems);
    }
  }

  /** Whether single lines of the file can be read again. */
  async #read(
    file: Recognised,
    emit: Emit,
    how: { readonly judge?: Judge; readonly cutting?: Cutting } = {},
  ): Promise<boolean> {
    const { input } = file;
    const options = this.#options;
    const original = this.#copies.get(input.path);
    if (original !== undefined || options.signal?.aborted === true) {
      const report = original === undefined ? unreadReport(file) : duplicateReport(file, original);
      if (!this.#reports.has(input.path)) this.#reports.set(input.path, report);
      return false;
    }
    const { report, problems, isRevisitable } = await collectFile(
      file,
      formats,
      {
        ...this.#reading(),
        onBytes: (bytes) => {
          this.#readBytes += bytes;
          options.onProgress?.({ readBytes: this.#readBytes, totalBytes: this.#totalBytes });
        },
        hashed: !this.#reports.has(input.path),
        ...how,
      },
      emit,
    );
    if (this.#reports.has(input.path)) return isRevisitable;
    this.#reports.set(input.path, report);
    this.#problems.push(...problems);
    return isRevisitable;
  }

  #reading() {
    const { signal } = this.#options;
    return {
      zoneOffsetMin: (path: string) => zoneFor(path, this.#options),
      reference: (entry: InputFile) => referenceFor(entry, this.#options),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  #gathered(isWhole: Gathered['isWhole']): Gathered {
    const inputs = this.#files.flatMap(({ input }) => this.#reports.get(input.path) ?? []);
    const given = this.#files.map(({ input }) => input);
    this.#problems.push(...unmetRoles(given, inputs, this.#options));
    const isStopped = this.#options.signal?.aborted === true;
    if (isStopped) this.#problems.push(stopped(this.#readBytes, this.#totalBytes));
    const readShare = isStopped && this.#totalBytes > 0 ? Math.min(1, this.#readBytes / this.#totalBytes) : 1;
    return {
      store: this.store,
      inputs,
      problems: this.#problems,
      isWhole,
      folding: this.#folding,
      narrowedUs: this.#narrowedUs,
      readShare,
    };
  }
}

function zoneFor(path: string, options: RunOptions): number {
  for (const [source, minutes] of options.zones ?? []) if (path === source || path.includes(source)) return minutes;
  return 0;
}

/** Years that a stamp leaves out end with the year of the file's last change, or with `--year`. */
function referenceFor(input: InputFile, options: RunOptions): Micros {
  if (options.year !== undefined) return (Date.UTC(options.year, 11, 31, 23, 59, 59) * 1000) as Micros;
  return input.absolute === '-' && options.now !== undefined ? options.now : (input.modifiedUs as Micros);
}

/** A chain of processes that began before may then be missing. */
function narrowed(beforeUs: number): Diagnostic {
  const message = `process records of long logs were taken only from the last ${beforeUs / 1e6} s before each violation, as there were too many; more --memory takes more of them`;
  return { severity: 'warning', code: 'narrowed', message };
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
