import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { InputFile } from './discover.ts';
import type { HashTask } from './hash-worker.ts';
import { storedRange } from './stored.ts';

/** SHA-256 of an input's stored bytes while they are read. */
export interface Hashing {
  update(chunk: Uint8Array): void;
  digest(): Promise<string>;
}

/** From here on a second thread, which reads the file again from the page cache, is faster: SHA-256 makes about 1 GB/s. */
const THREAD_BYTES = 64e6;
/**
 * That thread begins when half of the file was read, or so many bytes: until then other threads look over lines, and what comes
 * after reading has only one. It must not lag behind by more than the page cache holds.
 */
const MOST_BEHIND = 1e9;

export function startHash(input: InputFile, threadBytes: number = THREAD_BYTES): Hashing {
  // What a damaged archive says about its members' sizes may be anything.
  const bytes = Math.min(input.bytes, input.archiveBytes ?? input.bytes);
  const range = bytes < threadBytes ? undefined : storedRange(input);
  return range === undefined ? hashHere() : hashInThread({ path: input.absolute, ...range });
}

export const noHash: Hashing = { update: () => undefined, digest: async () => '' };

function hashHere(): Hashing {
  const hash = createHash('sha256');
  return { update: (chunk) => hash.update(chunk), digest: async () => hash.digest('hex') };
}

function hashInThread(task: HashTask): Hashing {
  const begins = Math.min((task.end + 1 - task.start) / 2, MOST_BEHIND);
  let passed = 0;
  let thread: HashThread | undefined;
  return {
    update: ({ length }) => {
      passed += length;
      if (passed >= begins) thread ??= startThread(task);
    },
    digest: () => {
      thread ??= startThread(task);
      // From now on somebody waits: the program must not end before.
      thread.worker.ref();
      return thread.result;
    },
  };
}

interface HashThread {
  readonly worker: Worker;
  readonly result: Promise<string>;
}

function startThread(task: HashTask): HashThread {
  const worker = new Worker(new URL('./hash-worker.js', import.meta.url), { workerData: task });
  const result = new Promise<string>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  // Whoever stops early does not wait for the answer; a failure still reaches the one who asks.
  result.catch(() => undefined);
  worker.unref();
  return { worker, result };
}
