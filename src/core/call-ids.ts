import { CHUNK_ROWS, type Chunk } from './call-chunk.ts';
import { hashBehind, hashBytesBehind, hashInBytes, hashOfId, isUniqueId, isUniqueInBytes } from './call-id.ts';

/** What is told of the ids of calls without making a text of each. */
export interface IdFacts {
  has(row: number): boolean;
  /** See `isUniqueId`; false where there is none. */
  isUnique(row: number): boolean;
  /** See `hashOfId`; 0 where there is none. */
  hash(row: number): number;
  /** What `hashOfId` makes of it behind a text whose hash is given; that where there is none. */
  hashBehind(row: number, before: number): number;
  /** 0 where there is none. */
  length(row: number): number;
}

/** Of ids in columns. */
export class IdsInChunks implements IdFacts {
  readonly #chunks: readonly Chunk[];

  constructor(chunks: readonly Chunk[]) {
    this.#chunks = chunks;
  }

  has(row: number): boolean {
    const chunk = this.#chunkOf(row);
    const odd = chunk?.odd?.[row % CHUNK_ROWS];
    return odd === undefined ? this.length(row) > 0 : odd.callId !== undefined;
  }

  isUnique(row: number): boolean {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return false;
    const odd = chunk.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return isUniqueId(odd.callId ?? '');
    return isUniqueInBytes(chunk.ids, startOf(chunk, row), chunk.idEnd[row % CHUNK_ROWS] ?? 0);
  }

  hash(row: number): number {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return 0;
    const odd = chunk.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return odd.callId === undefined ? 0 : hashOfId(odd.callId);
    const [from, to] = [startOf(chunk, row), chunk.idEnd[row % CHUNK_ROWS] ?? 0];
    return from === to ? 0 : hashInBytes(chunk.ids, from, to);
  }

  hashBehind(row: number, before: number): number {
    const chunk = this.#chunkOf(row);
    const odd = chunk?.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return hashBehind(before, odd.callId ?? '');
    return chunk === undefined
      ? before >>> 0
      : hashBytesBehind(before, chunk.ids, startOf(chunk, row), chunk.idEnd[row % CHUNK_ROWS] ?? 0);
  }

  length(row: number): number {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return 0;
    const odd = chunk.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return odd.callId?.length ?? 0;
    return (chunk.idEnd[row % CHUNK_ROWS] ?? 0) - startOf(chunk, row);
  }

  #chunkOf(row: number): Chunk | undefined {
    return this.#chunks[Math.floor(row / CHUNK_ROWS)];
  }
}

function startOf({ idEnd }: Chunk, row: number): number {
  const n = row % CHUNK_ROWS;
  return n === 0 ? 0 : (idEnd[n - 1] ?? 0);
}
