import { owningRecords } from '../core/own-records.ts';
import { Slabs } from '../core/packed/slabs.ts';
import type { Folding } from '../fold/folding.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Event } from '../model/event.ts';
import type { Overflow } from '../model/overflow.ts';
import { Deferred } from '../reach/keeping/deferred.ts';
import type { Reach } from '../reach/keeping/reach.ts';
import type { Retention } from '../reach/keeping/retention.ts';
import { KIN_AFTER_S } from '../reach/keeping/surroundings.ts';
import { FirstReading, type FirstReadingContext } from '../reach/passes/first-reading.ts';
import { LateReading } from '../reach/passes/late-reading.ts';
import { Revisit } from '../reach/passes/revisit.ts';
import { SecondReading } from '../reach/passes/second-reading.ts';
import type { ScanMemory } from '../scan/memory.ts';
import { Spill } from '../sources/bytes/spill.ts';
import { isReadOnce } from '../sources/files/stored.ts';
import { ReadThread, type Unpack } from '../sources/records/read-thread.ts';
import type { SkimThreads } from '../threads/skim-threads.ts';
import { cuttingOf, isReadAhead } from './decoding/cutting.ts';
import type { Emit } from './decoding/taking.ts';
import type { Helpers } from './helpers.ts';
import { openReach } from './open-reach.ts';
import type { RunOptions } from './options/run-options.ts';
import type { Reading } from './reading.ts';
import { bytesOf, inLogs, lengthOf, logsOf, planReading } from './reading-plan.ts';
import type { Recognised } from './recognising/recognise.ts';
import { keepableBytes, most } from './store/budget.ts';
import { type EventsByKind, keepAll } from './store/evidence-store.ts';

interface ReachRunContext {
  readonly options: RunOptions;
  readonly store: EventsByKind;
  readonly folding: Folding;
  readonly helpers: Helpers;
}

/** What is known of events when not all were kept. */
interface Reached {
  /** Whether all records of an event's connection or command are there. */
  readonly isWhole: (event: Event) => boolean;
  /** Whether all that ask for the same are there, see `ObserveContext`. */
  readonly isNumbered: (event: Event) => boolean;
  readonly narrowedUs: number | undefined;
}

/** A file that was read, and the places of its lines that may matter although they were left. */
interface FirstRead {
  readonly file: Recognised;
  readonly first: FirstReading;
  readonly deferred: Deferred;
}

/** Reads logs that are longer than memory for what bears on a violation (docs/adr/0006-long-logs.md). */
export async function readInReach(reading: Reading, context: ReachRunContext): Promise<Reached> {
  const run = new ReachRun(reading, context);
  try {
    return await run.read();
  } finally {
    await run.close();
  }
}

class ReachRun {
  readonly #reading: Reading;
  readonly #context: ReachRunContext;
  readonly #emit: Emit;
  /** Of long files few are kept, and stay. */
  readonly #emitFew: Emit;
  /** Takes the places and the parents that memory does not hold. */
  readonly #spill = new Spill();
  /** Those that it holds. */
  readonly #slabs = new Slabs();
  #threads: SkimThreads | undefined;
  #reader: ReadThread | undefined;

  constructor(reading: Reading, context: ReachRunContext) {
    this.#reading = reading;
    this.#context = context;
    this.#emit = (events) => keepAll(context.store, events);
    const own = owningRecords();
    this.#emitFew = (events) => {
      for (const event of events) own(event);
      keepAll(context.store, events);
    };
  }

  async close(): Promise<void> {
    this.#spill.close();
    this.#slabs.free();
    await this.#reader?.close();
  }

  /** Short files and traces first, then the logs that hold violations, then those that explain them, then what needs a second look. */
  async read(): Promise<Reached> {
    const { options } = this.#context;
    const { whole, traffic, hosts } = planReading(this.#reading.files, keepableBytes(options.memoryBytes) / 2);
    const long = [...traffic, ...hosts];
    const isHelped = long.some((file) => this.#isShared(file)) || whole.some((file) => this.#isCut(file));
    const { memory, threads } = this.#context.helpers.open(isHelped);
    this.#threads = threads;
    if ([...whole, ...long].some((file) => this.#isUnpacked(file))) this.#reader = new ReadThread();
    for (const file of whole) await this.#readWhole(file, memory);
    if (long.length === 0) return { isWhole: () => true, isNumbered: () => true, narrowedUs: undefined };
    const reach = this.#open(long, memory);
    const read = await this.#readLong(long, reach);
    // What follows is read by this thread alone, and takes the memory of the others.
    await this.#context.helpers.close();
    const again = await this.#readLate(read, reach);
    // Its memory is needed for what follows; who wants it once more starts it anew.
    await this.#reader?.close();
    const { narrowedUs } = this.#told(reach.retention);
    for (const { file, deferred } of again) await this.#readAgain(file, reach, deferred);
    const short = new Set(whole.map(({ input }) => input.path));
    return { ...wholeOf(short, reach.retention), narrowedUs };
  }

  /** The logs in their order, with the places of lines that may matter, as many as there is memory for. */
  async #readLong(long: readonly Recognised[], reach: Reach): Promise<readonly FirstRead[]> {
    const read: FirstRead[] = [];
    let room = most('places', this.#context.options.memoryBytes);
    for (const file of long) {
      const deferred = new Deferred({ most: room, slabs: this.#slabs, overflow: this.#overflow });
      read.push({ file, first: await this.#readFirst(file, reach, deferred), deferred });
      room = Math.max(0, room - deferred.held);
    }
    return read;
  }

  /** Reads once more for far ends that a file behind them made matter; returns the files that need a second look. */
  async #readLate(read: readonly FirstRead[], reach: Reach): Promise<readonly FirstRead[]> {
    const late = read.filter(({ first }) => first.isOutdated);
    const again = read.filter(({ first }) => first.again);
    this.#reading.expectAgain([...late, ...again.filter(({ deferred }) => deferred.isFull)].map(({ file }) => file));
    for (const { file, first } of late)
      await this.#reading.read(file, this.#emit, {
        judge: new LateReading(reach, first.asOf),
        unpack: this.#unpackOf(file),
      });
    return again;
  }

  /** Which violations there are is known: says what was left out around them. */
  #told(retention: Retention): Pick<Reached, 'narrowedUs'> {
    retention.surroundings.close();
    const { leftFlows } = retention;
    const { narrowedUs } = retention.surroundings;
    if (narrowedUs !== undefined) this.#reading.add(narrowed(narrowedUs));
    if (leftFlows > 0) this.#reading.add(thinned(leftFlows));
    return { narrowedUs };
  }

  #open(long: readonly Recognised[], memory: ScanMemory): Reach {
    const { store, folding, options } = this.#context;
    return openReach(store, {
      longestBytes: Math.max(...inLogs(long).map(bytesOf)),
      memory,
      logOf: logsOf(this.#reading.files),
      folding,
      mostNear: most('near', options.memoryBytes),
      mostFlows: most('flows', options.memoryBytes),
      overflow: this.#overflow,
      onFinding: options.onFinding,
    });
  }

  get #overflow(): Overflow | undefined {
    return this.#context.options.temporaryFiles === false ? undefined : this.#spill;
  }

  async #readWhole(file: Recognised, memory: ScanMemory): Promise<void> {
    const { store } = this.#context;
    const context = this.#reading.contextOf(file.input);
    const cutting = this.#isCut(file) ? cuttingOf(file, { memory, threads: this.#threads, store, context }) : undefined;
    await this.#reading.read(file, this.#emit, { cutting, unpack: this.#unpackOf(file) });
  }

  async #readFirst(file: Recognised, reach: Reach, deferred: Deferred): Promise<FirstReading> {
    const isInOrder = file.detection.format?.isInOrder === true;
    const { headings } = file.detection.format ?? {};
    const elsewhere = this.#elsewhere(file, reach, isInOrder && headings === undefined);
    const first = new FirstReading({
      reach,
      source: file.input.path,
      isInOrder,
      deferred,
      ...(headings === undefined ? {} : { headings }),
      ...(elsewhere === undefined ? {} : { elsewhere }),
    });
    const isRevisitable = await this.#reading.read(file, this.#emitFew, { judge: first, unpack: this.#unpackOf(file) });
    if (!isRevisitable) deferred.giveUp();
    return first;
  }

  async #readAgain(file: Recognised, reach: Reach, deferred: Deferred): Promise<void> {
    const { path } = file.input;
    if (deferred.isFull) {
      await this.#reading.read(file, this.#emitFew, {
        judge: new SecondReading(reach, path),
        unpack: this.#unpackOf(file),
      });
      return;
    }
    const isInOrder = file.detection.format?.isInOrder === true;
    const revisit = new Revisit({ reach, source: path, deferred, isInOrder });
    await this.#reading.visit(file, this.#emitFew, {
      places: revisit.places(),
      keep: (events, place) => revisit.keep(events, place),
    });
  }

  /** Long files are skimmed by other threads too. `isAlone`: one of them must skim all of it. */
  #elsewhere(file: Recognised, { rules, sample }: Reach, isAlone: boolean): FirstReadingContext['elsewhere'] {
    const { detection, input } = file;
    const threads = this.#threads;
    if (threads === undefined || detection.format === undefined || !this.#isShared(file)) return undefined;
    const context = this.#reading.contextOf(input);
    threads.begin(
      { kind: 'file', format: detection.format.id, context, rules, ports: sample.ports },
      { inOrder: isAlone },
    );
    return (chunk, journal) => (isAlone ? threads.queue(chunk, journal) : threads.skim(chunk, journal));
  }

  /** Whether other threads may help with it. */
  #isShared(file: Recognised): boolean {
    return file.detection.format?.look !== undefined && this.#isWorthThreads(file);
  }

  /** Whether other threads may read its lines ahead. */
  #isCut(file: Recognised): boolean {
    return isReadAhead(file) && this.#isWorthThreads(file);
  }

  /** Long compressed files are decompressed by a thread of its own. */
  #unpackOf(file: Recognised): Unpack | undefined {
    const reader = this.#isUnpacked(file) ? this.#reader : undefined;
    return reader && ((...given) => reader.read(...given));
  }

  #isUnpacked(file: Recognised): boolean {
    return file.head.isPacked && !isReadOnce(file.input) && (this.#isShared(file) || this.#isCut(file));
  }

  #isWorthThreads(file: Recognised): boolean {
    const { count, fromBytes } = this.#context.helpers.spare;
    return count > 0 && lengthOf(file) >= fromBytes;
  }
}

/** Made outside of the run, which would be kept in memory with it, threads and buffers and all. */
function wholeOf(short: ReadonlySet<string>, retention: Retention): Pick<Reached, 'isWhole' | 'isNumbered'> {
  return {
    isWhole: (event) => short.has(event.ref.source) || retention.isWhole(event),
    isNumbered: (event) => short.has(event.ref.source) || retention.isNumbered(event),
  };
}

/** Who began before, or ended long after, may then be missing. */
function narrowed(beforeUs: number): Diagnostic {
  const message = `process records of long logs were taken only from the last ${beforeUs / 1e6} s before each violation, and of the processes above it none from more than ${KIN_AFTER_S} s after it, as there were too many; more --memory takes more of them`;
  return { severity: 'warning', code: 'narrowed', message };
}

/** Those that have the port of a violation are never among them. */
function thinned(left: number): Diagnostic {
  const message = `${left} records of connections and translations to destinations of violations were left out, as they have the port of none that was weighed by itself, or the process was seen to connect there in the same second; more --memory keeps more of them`;
  return { severity: 'warning', code: 'thinned', message };
}
