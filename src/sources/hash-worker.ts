import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { CHUNK, readInRing } from './ring.ts';

/** Bytes of a file to hash, the last one included. */
export interface HashTask {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const task: HashTask = workerData;
const hash = createHash('sha256');
const ring = [new Uint8Array(CHUNK), new Uint8Array(CHUNK)];
for await (const chunk of readInRing(task, ring)) hash.update(chunk);
parentPort?.postMessage(hash.digest('hex'));
