import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHUNK, gatheredInRing, type Ring, readInRing } from '../../../src/sources/bytes/ring.ts';
import { newFolder } from '../files.ts';

const BUFFERS = 3;

function newRing(): Ring {
  return Array.from({ length: BUFFERS }, () => new Uint8Array(CHUNK));
}

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** Takes chunks as a consumer does that lags behind by as many as it may. */
async function takenLate(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; sizes: number[] }> {
  const late: Uint8Array[] = [];
  const parts: Buffer[] = [];
  const sizes: number[] = [];
  for await (const chunk of chunks) {
    late.push(chunk);
    sizes.push(chunk.length);
    const oldest = late.length >= BUFFERS - 1 ? late.shift() : undefined;
    if (oldest !== undefined) parts.push(Buffer.from(oldest));
  }
  return { bytes: Buffer.concat([...parts, ...late]), sizes };
}

const filled = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + seed) % 251);

describe('buffers that are used over and over', () => {
  it('give the bytes of the file, however late a chunk is looked at', async () => {
    const path = join(newFolder(), 'x.log');
    const bytes = Buffer.from(filled(5 * CHUNK + 12_345, 1));
    writeFileSync(path, bytes);
    const all = await takenLate(readInRing({ path, start: 0, end: bytes.length - 1 }, newRing()));
    expect(all.bytes.equals(bytes)).toBe(true);
    const part = await takenLate(readInRing({ path, start: 100, end: 2 * CHUNK }, newRing()));
    expect(part.bytes.equals(bytes.subarray(100, 2 * CHUNK + 1))).toBe(true);
  });

  it('end where they are told to, the last but one and all before it, and what is behind begins the next one', async () => {
    const path = join(newFolder(), 'x.log');
    const bytes = Buffer.from(filled(4 * CHUNK + 12_345, 1));
    writeFileSync(path, bytes);
    const [sign, wide] = [7, 100];
    // As where a line is longer than a chunk: nothing can be told.
    const endOf = (chunk: Uint8Array): number => (chunk[0] === wide ? 0 : chunk.lastIndexOf(sign) + 1);
    const read = (): AsyncGenerator<Uint8Array> =>
      readInRing({ path, start: 0, end: bytes.length - 1 }, newRing(), endOf);
    for (const chunks of [read(), gatheredInRing(given([bytes]), newRing(), { endOf })]) {
      const { bytes: all, sizes } = await takenLate(chunks);
      expect(all.equals(bytes)).toBe(true);
      let at = 0;
      for (const size of sizes.slice(0, -1)) {
        at += size;
        expect(bytes[at - 1] === sign || bytes[at - size] === wide).toBe(true);
      }
      expect(sizes.length).toBeGreaterThan(4);
    }
  });

  it('end where the file does when it became shorter', async () => {
    const path = join(newFolder(), 'x.log');
    writeFileSync(path, 'short');
    const { bytes } = await takenLate(readInRing({ path, start: 0, end: 3 * CHUNK }, newRing()));
    expect(bytes.toString()).toBe('short');
  });

  it('hand on what the file system says', async () => {
    await expect(
      takenLate(readInRing({ path: join(newFolder(), 'none'), start: 0, end: 1 }, newRing())),
    ).rejects.toThrow(/ENOENT/);
  });

  it('gather small chunks to large ones (property)', async () => {
    const sizes = fc.array(fc.constantFrom(0, 1, 4096, 65_536, CHUNK - 1, CHUNK, CHUNK + 1), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks = lengths.map(filled);
        const whole = Buffer.concat(chunks);
        const { bytes, sizes: found } = await takenLate(gatheredInRing(given(chunks), newRing()));
        expect(bytes.equals(whole)).toBe(true);
        expect(found.slice(0, -1).every((size) => size === CHUNK)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
