import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { CHUNK, readInRing } from './ring.ts';

/** Bytes of a file to hash, the last one included. */
export interface HashTask {
  /** Descriptor of the file: by its path another may stand there by now. */
  readonly path: number;
  readonly start: number;
  readonly end: number;
}

const task: HashTask = workerData;
const hash = createHash('sha256');
const ring = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];
let left = task.end + 1 - task.start;
for await (const chunk of readInRing(task, ring)) {
  hash.update(chunk);
  left -= chunk.length;
}
parentPort?.postMessage(left === 0 ? hash.digest('hex') : '');
