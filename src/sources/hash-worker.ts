import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { readInRing } from './ring.ts';

/** Bytes of a file to hash, the last one included. */
export interface HashTask {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const task: HashTask = workerData;
const hash = createHash('sha256');
for await (const chunk of readInRing(task, 2)) hash.update(chunk);
parentPort?.postMessage(hash.digest('hex'));
