import { promises, read } from 'node:fs';
import { promisify } from 'node:util';

const readAt = promisify(read);

/** Bytes of a buffer. */
export const CHUNK: number = 1 << 21;

/** Buffers of `CHUNK` bytes. */
export type Ring = readonly Uint8Array[];

/** Bytes of a file, the last one included. */
interface Range {
  /** Or the descriptor of one that is open, and stays so. */
  readonly path: string | number;
  readonly start: number;
  readonly end: number;
}

/** Where a chunk that is not the last should end so that it can be worked on alone, 0 for anywhere. What is behind begins the next one. */
export type EndOf = (chunk: Uint8Array) => number;

const ANYWHERE: EndOf = () => 0;

/**
 * Reads a file into the same few buffers over and over, where a new one for each chunk would cost more than reading it: a chunk
 * is good until as many more were taken as there are buffers, less one.
 */
export async function* readInRing(
  { path, start, end }: Range,
  ring: Ring,
  endOf: EndOf = ANYWHERE,
): AsyncGenerator<Uint8Array> {
  const opened = typeof path === 'string' ? await promises.open(path, 'r') : undefined;
  const file = opened?.fd ?? Number(path);
  const readInto = (buffer: Uint8Array | undefined, at: number) => {
    const reading = readAt(file, buffer ?? new Uint8Array(0), 0, Math.min(CHUNK, end + 1 - at), at);
    // A failure reaches whoever takes the chunk; nobody may be left to take it.
    reading.catch(() => undefined);
    return reading;
  };
  try {
    let at = start;
    // The next chunk is fetched while this one is worked on.
    let next = readInto(ring[0], at);
    for (let n = 1; at <= end; n++) {
      const { bytesRead, buffer } = await next;
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      const length = (at + bytesRead <= end && endOf(chunk)) || bytesRead;
      at += length;
      next = readInto(ring[n % ring.length], at);
      yield chunk.subarray(0, length);
    }
  } finally {
    await opened?.close();
  }
}

/**
 * Large chunks out of small ones, which would each cost a message to another thread; what is in the memory of the ring already
 * passes through, unless chunks are to end elsewhere (`isAnew`). A chunk is good as long as in `readInRing`.
 */
export async function* gatheredInRing(
  chunks: AsyncIterable<Uint8Array>,
  ring: Ring,
  { endOf = ANYWHERE, isAnew = false }: { readonly endOf?: EndOf | undefined; readonly isAnew?: boolean } = {},
): AsyncGenerator<Uint8Array> {
  let n = 0;
  let held = 0;
  for await (const chunk of chunks) {
    if (!isAnew && chunk.buffer === ring[0]?.buffer) {
      yield chunk;
      continue;
    }
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + CHUNK - held);
      ring[n]?.set(part, held);
      held += part.length;
      from += part.length;
      if (held < CHUNK) continue;
      const full = ring[n] ?? part;
      const length = endOf(full) || CHUNK;
      n = (n + 1) % ring.length;
      ring[n]?.set(full.subarray(length));
      held = CHUNK - length;
      yield full.subarray(0, length);
    }
  }
  const rest = ring[n]?.subarray(0, held);
  if (rest !== undefined && held > 0) yield rest;
}
