import { Buffer } from 'node:buffer';
import type { SourceRef } from '../../model/source.ts';
import type { InputFile } from '../files/discover.ts';
import { type ReadLog, readBytes } from './read.ts';

/** The original bytes of a cited record. `bytes` is shorter than asked when the file ends before. */
export interface CitedBytes {
  readonly ref: SourceRef;
  readonly bytes: Buffer;
  /** 1-based line on which `ref.offset` stands now; lines end with a line feed. */
  readonly line: number;
}

const NEWLINE = 10;

interface Open {
  readonly ref: SourceRef;
  readonly line: number;
  readonly parts: Buffer[];
}

const endOf = (ref: SourceRef): number => ref.offset + ref.bytes;

/**
 * Reads a file once to its end and yields the cited bytes in the order in which they end, whatever the chunks; records may
 * overlap. `log.sha256` is that of the whole stored file afterwards. Memory: the records that are open at one place.
 */
export async function* readCited(
  input: InputFile,
  refs: readonly SourceRef[],
  log: ReadLog,
): AsyncGenerator<CitedBytes> {
  const waiting = [...refs].sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let next = 0;
  let open: Open[] = [];
  let position = 0;
  let counted = 0;
  let line = 1;
  for await (const chunk of readBytes(input, log)) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const end = position + buffer.length;
    for (let ref = waiting[next]; ref !== undefined && ref.offset < end; ref = waiting[++next]) {
      line += newlines(buffer, counted - position, ref.offset - position);
      counted = ref.offset;
      open.push({ ref, line, parts: [] });
    }
    line += newlines(buffer, counted - position, buffer.length);
    counted = end;
    for (const { ref, parts } of open)
      parts.push(Buffer.from(buffer.subarray(Math.max(0, ref.offset - position), Math.max(0, endOf(ref) - position))));
    const done = open.filter(({ ref }) => endOf(ref) <= end);
    if (done.length > 0) open = open.filter(({ ref }) => endOf(ref) > end);
    position = end;
    yield* done.sort((a, b) => endOf(a.ref) - endOf(b.ref) || a.ref.offset - b.ref.offset).map(finished);
  }
  for (const ref of waiting.slice(next)) open.push({ ref, line, parts: [] });
  yield* open.map(finished);
}

function finished({ ref, line, parts }: Open): CitedBytes {
  return { ref, line, bytes: Buffer.concat(parts) };
}

function newlines(buffer: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = buffer.indexOf(NEWLINE, from); at >= 0 && at < to; at = buffer.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
