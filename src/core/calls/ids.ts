import { FIRST_HASH, hashBehind, hashBytesBehind, hashOfId, isUniqueId, isUniqueInBytes } from '../tools/unique-id.ts';
import { CHUNK_ROWS, type Chunk } from './chunk.ts';
import { idEndOf } from './row.ts';

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
    return isUniqueInBytes(chunk.ids, startOf(chunk, row), endOf(chunk, row), chunk.idPrefix);
  }

  hash(row: number): number {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return 0;
    const odd = chunk.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return odd.callId === undefined ? 0 : hashOfId(odd.callId);
    return startOf(chunk, row) === endOf(chunk, row) ? 0 : this.hashBehind(row, FIRST_HASH);
  }

  hashBehind(row: number, before: number): number {
    const chunk = this.#chunkOf(row);
    const odd = chunk?.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return hashBehind(before, odd.callId ?? '');
    if (chunk === undefined) return before >>> 0;
    const { ids, idPrefix } = chunk;
    const begun = hashBytesBehind(before, idPrefix, 0, idPrefix.length);
    return hashBytesBehind(begun, ids, startOf(chunk, row), endOf(chunk, row));
  }

  length(row: number): number {
    const chunk = this.#chunkOf(row);
    if (chunk === undefined) return 0;
    const odd = chunk.odd?.[row % CHUNK_ROWS];
    if (odd !== undefined) return odd.callId?.length ?? 0;
    const own = endOf(chunk, row) - startOf(chunk, row);
    return own === 0 ? 0 : chunk.idPrefix.length + own;
  }

  #chunkOf(row: number): Chunk | undefined {
    return this.#chunks[Math.floor(row / CHUNK_ROWS)];
  }
}

const startOf = (chunk: Chunk, row: number): number => idEndOf(chunk, (row % CHUNK_ROWS) - 1);
const endOf = (chunk: Chunk, row: number): number => idEndOf(chunk, row % CHUNK_ROWS);
