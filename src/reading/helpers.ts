import { newScanMemory, type ScanMemory } from '../scan/memory.ts';
import { CHUNK } from '../sources/bytes/ring.ts';
import { SKIMMING_BUFFERS } from '../sources/records/read-records.ts';
import { SkimThreads, spareThreads, type Threads } from '../threads/skim-threads.ts';

interface Opened {
  readonly memory: ScanMemory;
  /** Undefined where this thread is alone. */
  readonly threads: SkimThreads | undefined;
}

/** Memory in which lines are compared, and the threads that help with them. */
export class Helpers {
  /** How many may help, and with which files. */
  readonly spare: Threads;
  #opened: Opened | undefined;

  constructor(spare: Threads = spareThreads()) {
    this.spare = spare;
  }

  /** Threads take 0.1 s to start: so long as it may be that they help, sooner is better. */
  open(isHelped: boolean): Opened {
    this.#opened ??= opened(isHelped ? this.spare.count : 0);
    return this.#opened;
  }

  async close(): Promise<void> {
    await this.#opened?.threads?.close();
    this.#opened = undefined;
  }
}

function opened(others: number): Opened {
  const memory = newScanMemory({ others, buffers: SKIMMING_BUFFERS, bytes: CHUNK });
  return { memory, threads: others > 0 ? new SkimThreads(memory.others) : undefined };
}
