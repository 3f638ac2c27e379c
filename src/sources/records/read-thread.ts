import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Ring } from '../bytes/ring.ts';
import type { InputFile } from '../files/discover.ts';
import type { ReadLog } from './read.ts';
import type { ReadNews, ReadTask } from './read-worker.ts';

export interface Unpacking {
  readonly hashed: boolean;
  /** Of shared memory. */
  readonly ring: Ring;
  /** A chunk is good until so many more were taken. */
  readonly held: number;
}

/** Like `readBytes`, on another thread, which is ahead by as many chunks as there are buffers beside those that are held. */
export type Unpack = (input: InputFile, log: ReadLog, unpacking: Unpacking) => AsyncGenerator<Uint8Array>;

/** A thread that decompresses files, one after the other. */
export class ReadThread {
  #worker: Worker | undefined = newWorker();

  async *read(input: InputFile, log: ReadLog, { hashed, ring, held }: Unpacking): AsyncGenerator<Uint8Array> {
    const freed = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.#worker ??= newWorker();
    const news = on(this.#worker, 'message', { close: ['exit'] });
    this.#worker.postMessage({ input, hashed, ring, freed } satisfies ReadTask);
    let isOver = false;
    try {
      for (let taken = 1; !isOver; taken++) {
        const { chunkBytes, sha256, ...found } = await next(news);
        Object.assign(log, found);
        isOver = sha256 !== undefined;
        if (isOver) log.sha256 = Promise.resolve(sha256 ?? '');
        else {
          Atomics.store(freed, 0, taken - held);
          Atomics.notify(freed, 0);
          yield (ring[(taken - 1) % ring.length] ?? NOTHING).subarray(0, chunkBytes);
        }
      }
    } finally {
      await news.return?.();
      // It waits for buffers that nobody will free.
      if (!isOver) await this.close();
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }
}

const NOTHING = new Uint8Array(0);

function newWorker(): Worker {
  return new Worker(new URL('./read-worker.js', import.meta.url));
}

async function next(news: AsyncIterator<unknown[]>): Promise<ReadNews> {
  const { done, value } = await news.next();
  if (done === true) throw new Error('the thread that reads has ended');
  return value[0] as ReadNews;
}
