import { parentPort } from 'node:worker_threads';
import { CHUNK, gatheredInRing, type Ring } from '../bytes/ring.ts';
import type { InputFile } from '../files/discover.ts';
import { newReadLog, type ReadLog, readBytes } from './read.ts';

/** A file to read. */
export interface ReadTask {
  readonly input: InputFile;
  readonly hashed: boolean;
  /** Where its chunks go in turn: these buffers are shared. */
  readonly ring: Ring;
  /** How many chunks were taken whose buffers are free again. */
  readonly freed: Int32Array;
}

/** What is told of it: how long the next chunk is, or that there is none. */
export interface ReadNews extends Omit<ReadLog, 'sha256'> {
  readonly chunkBytes: number;
  /** At the end. */
  readonly sha256?: string;
}

/** Those that are read and the one that is inflated. */
const STORED_BUFFERS = 3;

parentPort?.on('message', (task: ReadTask) => read(task));

async function read({ input, hashed, ring, freed }: ReadTask): Promise<void> {
  const log = newReadLog();
  const stored = Array.from({ length: STORED_BUFFERS }, () => new Uint8Array(CHUNK));
  const chunks = readBytes(input, log, { hashed, ring: stored, isPassing: true, isHashedHere: true });
  let told = 0;
  for await (const chunk of gatheredInRing(chunks, ring)) {
    tell(log, { chunkBytes: chunk.length });
    told++;
    waitUntil(freed, told - ring.length + 1);
  }
  tell(log, { chunkBytes: 0, sha256: await log.sha256 });
}

function tell({ sha256: _, ...log }: ReadLog, news: Pick<ReadNews, 'chunkBytes' | 'sha256'>): void {
  parentPort?.postMessage({ ...log, ...news } satisfies ReadNews);
}

function waitUntil(counter: Int32Array, least: number): void {
  for (let count = Atomics.load(counter, 0); count < least; count = Atomics.load(counter, 0))
    Atomics.wait(counter, 0, count);
}
