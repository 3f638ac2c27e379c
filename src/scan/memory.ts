import { AREA_BYTES } from './layout.ts';

const PAGE_BYTES = 65_536;
/** Bytes are loaded sixteen at a time, also behind the last line, which ends there at the latest: a log may stop within one. */
const BEHIND_BYTES = 16;
const NEWLINE = 10;
/** Of less it is not known which templates there will be, and compiling would take longer than it saves. */
const COMPILED_AFTER = 8 * 1024 * 1024;

/** Where one thread keeps what it compares lines with: an area of a memory that others have areas of too. */
export interface Area {
  readonly memory: WebAssembly.Memory;
  readonly number: number;
  /** So many bytes are compared with templates before these are compiled. */
  readonly compiledAfter: number;
}

/**
 * Memory that threads share, with an area for each. Behind the areas are buffers: lines that are read into them are compared
 * where they stand, by whichever thread.
 */
export interface ScanMemory {
  /** Of the thread that reads. */
  readonly area: Area;
  /** Of the threads that help it. */
  readonly others: readonly Area[];
  readonly buffers: readonly Uint8Array[];
}

interface Size {
  /** Threads that help. */
  readonly others: number;
  readonly buffers: number;
  /** Of a buffer. */
  readonly bytes: number;
  /** See `Area`. */
  readonly compiledAfter?: number;
}

export function newScanMemory({ others, buffers, bytes, compiledAfter = COMPILED_AFTER }: Size): ScanMemory {
  const areas = 1 + others;
  const end = areas * AREA_BYTES + buffers * bytes;
  const pages = Math.ceil((end + BEHIND_BYTES) / PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { buffer } = memory;
  new Uint8Array(buffer, end, BEHIND_BYTES).fill(NEWLINE);
  return {
    area: { memory, number: 0, compiledAfter },
    others: Array.from({ length: others }, (_, n) => ({ memory, number: n + 1, compiledAfter })),
    buffers: Array.from({ length: buffers }, (_, n) => new Uint8Array(buffer, areas * AREA_BYTES + n * bytes, bytes)),
  };
}
