import { CHUNK_ROWS, type Chunk } from './chunk.ts';
import { saidOf } from './row.ts';

/** Numbers that calls have in common which are equal in something. */
export interface CallNumbers {
  /** All that a frame says (`frame.ts`), the source included. */
  frame(row: number): number;
  /** The name of the episode. */
  episode(row: number): number;
  /** Command and arguments; another one mostly says something else, but not always. */
  said(row: number): number;
  /** 0 where it names none. */
  sandbox(row: number): number;
  /** Which call of its episode it is. */
  index(row: number): number;
}

/** Of calls in columns. */
export class NumbersInChunks implements CallNumbers {
  readonly #chunks: readonly Chunk[];

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
  }

  frame(row: number): number {
    return this.#chunkOf(row)?.frame[row % CHUNK_ROWS] ?? 0;
  }

  episode(row: number): number {
    return this.#chunkOf(row)?.episode[row % CHUNK_ROWS] ?? 0;
  }

  said(row: number): number {
    const chunk = this.#chunkOf(row);
    return chunk === undefined ? 0 : saidOf(chunk, row % CHUNK_ROWS);
  }

  sandbox(row: number): number {
    return this.#chunkOf(row)?.sandbox?.[row % CHUNK_ROWS] ?? 0;
  }

  index(row: number): number {
    return this.#chunkOf(row)?.index[row % CHUNK_ROWS] ?? 0;
  }

  #chunkOf(row: number): Chunk | undefined {
    return this.#chunks[Math.floor(row / CHUNK_ROWS)];
  }
}
