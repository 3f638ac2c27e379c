import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Chunk } from '../reach/skimming/chunk.ts';
import type { QuietKey } from '../reach/skimming/quiet.ts';
import type { Area } from '../scan/memory.ts';
import type { SkimAnswer, SkimTask } from './skim-task.ts';

/** From here on a second thread pays: it takes 0.1 s to start, in which this thread skims 30 MB. */
const THREAD_BYTES = 64e6;
const MOST_THREADS = 3;
/** Chunks that wait for one thread: it finds the next when it is done with one. */
const MOST_WAITING = 3;
const YOUNG_MEGABYTES = 8;

export type FileTask = Exclude<SkimTask, { kind: 'chunk' }>;

export interface Threads {
  readonly count: number;
  /** Shorter files are not worth their start. */
  readonly fromBytes: number;
}

/** Threads beside this one that there is a core for. */
export function spareThreads(): Threads {
  return { count: Math.min(MOST_THREADS, availableParallelism() - 1), fromBytes: THREAD_BYTES };
}

/** Threads that look over chunks, one file after the other. */
export class SkimThreads {
  readonly #threads: readonly Thread[];
  #used: readonly Thread[] = [];

  /** One for each area. */
  constructor(areas: readonly Area[]) {
    this.#threads = areas.map((area) => new Thread(area));
  }

  /** `inOrder`: the chunks must be skimmed by one, in their order. */
  begin(task: FileTask, { inOrder }: { readonly inOrder: boolean }): void {
    this.#used = inOrder ? this.#threads.slice(0, 1) : this.#threads;
    for (const thread of this.#used) thread.begin(task);
  }

  /** Undefined when all are busy. `journal`: all kinds of lines that have been found not to matter in this file. */
  skim(chunk: Chunk, journal: readonly QuietKey[]): Promise<SkimAnswer> | undefined {
    const free = this.#used.find(({ waiting }) => waiting < MOST_WAITING);
    return free?.skim(chunk, journal);
  }

  /** Like `skim`, but waits its turn. */
  queue(chunk: Chunk, journal: readonly QuietKey[]): Promise<SkimAnswer> | undefined {
    return this.#used[0]?.skim(chunk, journal);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

interface Asked {
  resolve(skimmed: SkimAnswer): void;
  reject(error: Error): void;
}

class Thread {
  readonly #worker: Worker;
  readonly #memory: ArrayBufferLike;
  readonly #asked: Asked[] = [];
  #failure: Error | undefined;
  /** Kinds of lines it has been told of. */
  #told = 0;

  constructor(area: Area) {
    this.#memory = area.memory.buffer;
    this.#worker = new Worker(new URL('./skim-worker.js', import.meta.url), {
      workerData: area,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    this.#worker.on('message', (answer: SkimAnswer) => {
      this.#asked.shift()?.resolve(answer);
    });
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a thread ended with code ${code}`)));
  }

  /** Whoever waits, or asks from now on, is told the first reason. */
  #fail(error: Error): void {
    this.#failure ??= error;
    for (const asked of this.#asked.splice(0)) asked.reject(this.#failure);
  }

  get waiting(): number {
    return this.#asked.length;
  }

  begin(task: FileTask): void {
    this.#told = 0;
    this.#post(task);
  }

  skim({ chunk, ...rest }: Chunk, journal: readonly QuietKey[]): Promise<SkimAnswer> {
    if (chunk.buffer !== this.#memory) throw new Error('a chunk stands elsewhere than in the memory of the threads');
    const quiet = journal.slice(this.#told);
    this.#told = journal.length;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      this.#post({ kind: 'chunk', from: chunk.byteOffset, bytes: chunk.length, ...rest, quiet });
    });
  }

  #post(task: SkimTask): void {
    this.#worker.postMessage(task);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
