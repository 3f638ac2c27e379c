import { createHash } from 'node:crypto';
import { fstatSync, type Stats } from 'node:fs';
import { freemem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { InputFile } from './discover.ts';
import type { HashTask } from './hash-worker.ts';
import { type OpenFile, openFile, storedRange } from './stored.ts';

/** SHA-256 of an input's stored bytes while they are read. */
export interface Hashing {
  update(chunk: Uint8Array): void;
  /** Empty where the bytes that were read are no longer there to be hashed. */
  digest(): Promise<string>;
}

/** From here on a second thread, which reads the file again from the page cache, is faster: SHA-256 makes about 1 GB/s. */
const THREAD_BYTES = 64e6;
/** That thread must not lag behind by more than the page cache holds: so much, or this share of the free memory. */
const MOST_BEHIND = 1e9;
const SHARE_OF_FREE = 0.25;

interface Timing {
  /** Of the file. */
  readonly bytes: number;
  /** How many of them can be hashed while what was found so far is worked on. */
  readonly later: number;
  readonly freeBytes: number;
}

/**
 * When that thread begins, in bytes that were read: while other threads look over lines there is no core for it, and what comes
 * after reading has only one thread. So it begins so late that both end at about the same time, or after half of the file.
 */
export function beginsAt({ bytes, later, freeBytes }: Timing): number {
  const mostBehind = Math.max(MOST_BEHIND, freeBytes * SHARE_OF_FREE);
  return Math.min(Math.min(bytes / 2, MOST_BEHIND) + later, mostBehind);
}

/** `later`: see `Timing`. */
export function startHash(
  input: InputFile,
  threadBytes: number = THREAD_BYTES,
  later: () => number = () => 0,
): Hashing {
  // What a damaged archive says about its members' sizes may be anything.
  const bytes = Math.min(input.bytes, input.archive?.bytes ?? input.bytes);
  const range = bytes < threadBytes ? undefined : storedRange(input);
  return range === undefined ? hashHere() : hashInThread(input, range, later);
}

export const noHash: Hashing = { update: () => undefined, digest: async () => '' };

function hashHere(): Hashing {
  const hash = createHash('sha256');
  return { update: (chunk) => hash.update(chunk), digest: async () => hash.digest('hex') };
}

function hashInThread(input: InputFile, range: Omit<HashTask, 'path'>, later: () => number): Hashing {
  const file = openedAt(input);
  // Whoever reads it says so.
  if (file === undefined) return noHash;
  const task = { path: file.descriptor, ...range };
  const bytes = task.end + 1 - task.start;
  const freeBytes = freemem();
  let passed = 0;
  let thread: HashThread | undefined;
  return {
    update: ({ length }) => {
      passed += length;
      if (thread === undefined && passed >= beginsAt({ bytes, later: later(), freeBytes })) thread = startThread(task);
    },
    digest: () => {
      thread ??= startThread(task);
      // From now on somebody waits: the program must not end before.
      thread.worker.ref();
      return thread.result.then((sum) => (wasChanged(file) ? '' : sum)).finally(() => file.close());
    },
  };
}

interface Opened extends OpenFile {
  readonly before: Stats;
}

/** Opened before it is read: a log may be rotated meanwhile. Undefined where it cannot be. */
function openedAt(input: InputFile): Opened | undefined {
  try {
    const file = openFile(input);
    return { ...file, before: fstatSync(file.descriptor) };
  } catch {
    return undefined;
  }
}

/** What was only added is behind what is hashed. */
function wasChanged({ descriptor, before }: Opened): boolean {
  const now = fstatSync(descriptor);
  return now.size < before.size || (now.size === before.size && now.mtimeMs !== before.mtimeMs);
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
