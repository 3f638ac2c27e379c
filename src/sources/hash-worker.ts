import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

/** Bytes of a file to hash: the last one included, as `createReadStream` has it. */
export interface HashTask {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

const { path, start, end }: HashTask = workerData;
const hash = createHash('sha256');
for await (const chunk of createReadStream(path, { start, end, highWaterMark: 1 << 20 })) hash.update(chunk);
parentPort?.postMessage(hash.digest('hex'));
