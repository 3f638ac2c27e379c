import { collectFile, type Emit, type Judge, type Recognised, recognise } from './collect.ts';
import { createDetector, rulePacks } from './detect/index.ts';
import { allEvents, type EventsByKind, emptyStore, keep } from './evidence-store.ts';
import { Folding } from './fold/folding.ts';
import { formats } from './formats/index.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { Event } from './model/event.ts';
import type { InputReport } from './model/report.ts';
import type { Micros } from './model/time.ts';
import type { Finding, ViolatingEvent } from './model/violation.ts';
import { ClockSample } from './reach/clock-sample.ts';
import { Interest } from './reach/interest.ts';
import { Reading } from './reach/reading.ts';
import { Retention } from './reach/retention.ts';
import { DEFAULT_MEMORY_BYTES, lengthOf, mostViolations, planReading } from './reading-plan.ts';
import { discover, type InputFile } from './sources/discover.ts';
import { findDuplicates } from './sources/duplicates.ts';
import { readHeads } from './sources/heads.ts';
import { allowedFormats, type Stated, statedFormat, unmetRoles } from './stated.ts';

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
  readonly inputs: readonly InputReport[];
  readonly problems: readonly Diagnostic[];
  /** Of inputs too long to be kept whole: whether all records of an event's connection or command are there. */
  readonly isWhole: (event: Event) => boolean;
  /** Violating records of long logs that were too many to keep each. */
  readonly folding: Folding;
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
    if (keeping !== 'none') for (const event of events) keep(run.store, event);
    return onEvents?.(events);
  });
}

/** Memory that a byte of log costs when all of its events are kept, at most; and what the program itself needs. */
const MEMORY_PER_BYTE = 8;
const OWN_MEMORY_BYTES = 64e6;
/** A record is seldom shorter. */
const RECORD_BYTES = 200;

/** One reading of all files. */
class Run {
  readonly store = emptyStore();
  readonly #folding: Folding;
  readonly #options: RunOptions;
  readonly #files: readonly Recognised[];
  readonly #copies: ReadonlyMap<string, string>;
  readonly #problems: Diagnostic[];
  readonly #reports = new Map<string, InputReport>();
  #totalBytes: number;
  #readBytes = 0;

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
    return Math.max(0, (this.#options.memoryBytes ?? DEFAULT_MEMORY_BYTES) - OWN_MEMORY_BYTES) / MEMORY_PER_BYTE;
  }

  async readAll(emit: Emit): Promise<Gathered> {
    for (const file of this.#files) await this.#read(file, emit);
    return this.#gathered(() => true);
  }

  /** Short files and traces first, then the logs that hold violations, then those that explain them, then what needs a second look. */
  async readInReach(): Promise<Gathered> {
    const { whole, traffic, hosts } = planReading(this.#files, this.#keepable() / 2);
    const emit = (events: readonly Event[]): void => {
      for (const event of events) keep(this.store, event);
    };
    for (const file of whole) await this.#read(file, emit);
    const isShort = new Set(whole.map(({ input }) => input.path));
    const reach = this.#reachOf([...traffic, ...hosts]);
    const again: Recognised[] = [];
    for (const file of [...traffic, ...hosts]) {
      const reading = new Reading({
        ...reach,
        source: file.input.path,
        pass: 'first',
        settled: hosts.includes(file),
      });
      await this.#read(file, emit, reading);
      if (reading.again) again.push(file);
    }
    this.#totalBytes += again.reduce((sum, { input }) => sum + input.bytes, 0);
    reach.retention.closeFirst();
    for (const file of again)
      await this.#read(file, emit, new Reading({ ...reach, source: file.input.path, pass: 'second', settled: true }));
    return this.#gathered((event) => isShort.has(event.ref.source) || reach.retention.isWhole(event));
  }

  #reachOf(long: readonly Recognised[]) {
    const { store } = this;
    const detector = createDetector(rulePacks, { inventory: store.inventory, leases: store.leases });
    const interest = new Interest();
    for (const event of [...store.network, ...store.dns, ...store.processes])
      if (detector.observe(event) !== undefined) interest.addViolation(event);
    for (const row of store.inventory)
      if (row.role === 'proxy') for (const ip of row.ips ?? []) interest.addEndpoint({ ip });
    const longest = Math.max(...long.map(lengthOf));
    const sample = new ClockSample(longest / RECORD_BYTES, allEvents(store));
    const observe = (event: Event) => detector.observe(event);
    const { onFinding } = this.#options;
    return {
      interest,
      sample,
      judgement: detector,
      retention: new Retention({
        interest,
        sample,
        observe,
        folding: this.#folding,
        calls: store.calls,
        ...(onFinding === undefined ? {} : { onFinding }),
      }),
    };
  }

  async #read(file: Recognised, emit: Emit, judge?: Judge): Promise<void> {
    const { input } = file;
    const options = this.#options;
    const original = this.#copies.get(input.path);
    if (original !== undefined || options.signal?.aborted === true) {
      const report = original === undefined ? unreadReport(file) : duplicateReport(file, original);
      if (!this.#reports.has(input.path)) this.#reports.set(input.path, report);
      return;
    }
    const { report, problems } = await collectFile(
      file,
      formats,
      {
        zoneOffsetMin: (path) => zoneFor(path, options),
        reference: (entry) => referenceFor(entry, options),
        onBytes: (bytes) => {
          this.#readBytes += bytes;
          options.onProgress?.({ readBytes: this.#readBytes, totalBytes: this.#totalBytes });
        },
        hashed: !this.#reports.has(input.path),
        ...(judge === undefined ? {} : { judge }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      emit,
    );
    if (this.#reports.has(input.path)) return;
    this.#reports.set(input.path, report);
    this.#problems.push(...problems);
  }

  #gathered(isWhole: Gathered['isWhole']): Gathered {
    const inputs = this.#files.flatMap(({ input }) => this.#reports.get(input.path) ?? []);
    const given = this.#files.map(({ input }) => input);
    this.#problems.push(...unmetRoles(given, inputs, this.#options));
    const isStopped = this.#options.signal?.aborted === true;
    if (isStopped) this.#problems.push(stopped(this.#readBytes, this.#totalBytes));
    const readShare = isStopped && this.#totalBytes > 0 ? Math.min(1, this.#readBytes / this.#totalBytes) : 1;
    return { store: this.store, inputs, problems: this.#problems, isWhole, folding: this.#folding, readShare };
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

/** An error: what was not read may hold anything. */
function stopped(readBytes: number, totalBytes: number): Diagnostic {
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return {
    severity: 'error',
    code: 'stopped',
    message: `stopped after ${mega(readBytes)} of ${mega(totalBytes)} MB; the answer is about what was read`,
  };
}

function duplicateReport(file: Recognised, original: string): InputReport {
  return { ...emptyReport(file, `the same content as ${original}, read once`), duplicateOf: original };
}

function unreadReport(file: Recognised): InputReport {
  return emptyReport(file, 'not read: the run was stopped before');
}

function emptyReport(file: Recognised, note: string): InputReport {
  const { input, detection } = file;
  return {
    path: input.path,
    format: detection.format?.id,
    roles: [],
    sha256: '',
    bytes: input.bytes,
    records: { read: 0, decoded: 0, skipped: 0, failed: 0, duplicate: 0 },
    skipped: {},
    first: undefined,
    last: undefined,
    host: undefined,
    candidates: [],
    bad: [],
    mixed: {},
    note,
  };
}
