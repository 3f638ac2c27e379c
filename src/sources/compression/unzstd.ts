import { Decompress } from 'fzstd';
import type { ByteReader } from '../bytes/byte-reader.ts';
import type { Fail } from './inflate.ts';
import { Xxh64 } from './xxh64.ts';

const MAGIC = 0xfd2fb528;

/** Zstandard frames one after the other, skippable frames left out. fzstd checks no checksum: that is done here. RFC 8878. */
export async function* unzstd(reader: ByteReader, fail: Fail): AsyncGenerator<Uint8Array> {
  for (let frames = 0; await reader.fill(1); frames++) {
    if (!(await reader.fill(4))) return fail(frames === 0 ? 'broken' : 'trailing', 'ends inside the start of a frame');
    const magic = reader.rest.readUInt32LE(0);
    if (isSkippable(magic)) {
      if (!(await skipFrame(reader))) return fail('broken', 'is cut short (inside a skippable frame)');
    } else if (magic === MAGIC) {
      const state = { whole: false };
      yield* frame(reader, fail, state);
      if (!state.whole) return;
    } else return fail(frames === 0 ? 'broken' : 'trailing', 'has bytes behind it that are no zstd');
  }
}

export function isSkippable(magic: number): boolean {
  return magic >>> 4 === 0x0184d2a5;
}

async function skipFrame(reader: ByteReader): Promise<boolean> {
  if (!(await reader.fill(8))) return false;
  let left = reader.take(8).readUInt32LE(4);
  while (left > 0) {
    if (!(await reader.fill(1))) return false;
    left -= reader.take(Math.min(left, reader.rest.length)).length;
  }
  return true;
}

async function* frame(reader: ByteReader, fail: Fail, state: { whole: boolean }): AsyncGenerator<Uint8Array> {
  const short = (): void => fail('broken', 'is cut short');
  const head = await frameHead(reader);
  if (head === undefined) return short();
  const sum = head.checksum ? new Xxh64() : undefined;
  let out: Uint8Array[] = [];
  let bytes = 0;
  try {
    const decoder = new Decompress((chunk) => out.push(chunk));
    decoder.push(head.raw);
    for (let last = false; !last; ) {
      if (!(await reader.fill(3))) return short();
      const header = reader.rest.readUIntLE(0, 3);
      last = (header & 1) === 1;
      // Block type 1 repeats one byte.
      const length = 3 + (((header >> 1) & 3) === 1 ? 1 : header >>> 3);
      if (!(await reader.fill(length))) return short();
      // fzstd holds on to what it is given, so it gets a copy.
      decoder.push(Uint8Array.from(reader.take(length)), last && !head.checksum);
      if (last && head.checksum) {
        if (!(await reader.fill(4))) return short();
        decoder.push(Uint8Array.from(reader.rest.subarray(0, 4)), true);
      }
      for (const chunk of out) {
        bytes += chunk.length;
        sum?.update(chunk);
        if (chunk.length > 0) yield chunk;
      }
      out = [];
    }
  } catch (error) {
    return fail('broken', `is damaged (${error instanceof Error ? error.message : String(error)})`);
  }
  if (head.bytes !== undefined && head.bytes !== bytes)
    return fail('broken', 'is damaged (it has not its stated length)');
  if (sum !== undefined && reader.take(4).readUInt32LE(0) !== sum.low32())
    return fail('broken', 'is damaged (its checksum does not match)');
  state.whole = true;
}

/** RFC 8878, section 3.1.1.1. */
async function frameHead(
  reader: ByteReader,
): Promise<{ raw: Uint8Array; checksum: boolean; bytes: number | undefined } | undefined> {
  if (!(await reader.fill(5))) return undefined;
  const descriptor = reader.rest[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeAt = 5 + (single ? 0 : 1) + dictionaryBytes;
  if (!(await reader.fill(sizeAt + sizeBytes))) return undefined;
  const raw = Uint8Array.from(reader.take(sizeAt + sizeBytes));
  const view = new DataView(raw.buffer);
  const size = [
    () => (single ? view.getUint8(sizeAt) : undefined),
    () => view.getUint16(sizeAt, true) + 256,
    () => view.getUint32(sizeAt, true),
    () => Number(view.getBigUint64(sizeAt, true)),
  ][descriptor >>> 6]?.();
  return { raw, checksum: (descriptor & 4) !== 0, bytes: size };
}
