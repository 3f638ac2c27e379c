import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { beginsAt } from '../../src/sources/hash.ts';

const work = mkdtempSync(join(tmpdir(), 'hash-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the hash of an input', () => {
  const path = join(work, 'log');
  const text = 'one line\n'.repeat(300_000);
  writeFileSync(path, text);
  const input = { path: 'log', absolute: path, bytes: statSync(path).size, modifiedUs: 0 };
  const expected = createHash('sha256').update(text).digest('hex');

  // The thread runs the built file.
  it.each([
    ['in the same thread', Infinity],
    ['in a thread of its own', 0],
  ])('is made %s', async (_, threadBytes) => {
    const { startHash } = await import(join(import.meta.dirname, '../../dist/sources/hash.js'));
    const hashing = startHash(input, threadBytes);
    hashing.update(Buffer.from(text));
    expect(await hashing.digest()).toBe(expected);
  });

  it('is made of all of the file, however much of it was read before', async () => {
    const { startHash } = await import(join(import.meta.dirname, '../../dist/sources/hash.js'));
    const hashing = startHash(input, 0);
    hashing.update(Buffer.from(text.slice(0, text.length / 3)));
    expect(await hashing.digest()).toBe(expected);
  });

  it('tells whoever asks when the file went away', async () => {
    const { startHash } = await import(join(import.meta.dirname, '../../dist/sources/hash.js'));
    const gone = startHash({ ...input, absolute: join(work, 'gone') }, 0);
    await expect(gone.digest()).rejects.toThrow(/ENOENT/);
  });
});

describe('a thread that hashes a long file', () => {
  it.each([
    ['after half of it where nothing comes after reading', { bytes: 600e6, later: 0, freeBytes: 8e9 }, 300e6],
    ['later where what comes after reading takes a while', { bytes: 600e6, later: 200e6, freeBytes: 8e9 }, 500e6],
    ['not before all was read where it takes longer', { bytes: 600e6, later: 2e9, freeBytes: 16e9 }, 2.3e9],
    ['before it lags behind by more than memory holds', { bytes: 9e9, later: 5e9, freeBytes: 8e9 }, 2e9],
    ['however little memory is free', { bytes: 9e9, later: 5e9, freeBytes: 1e6 }, 1e9],
    ['of a very long one', { bytes: 99e9, later: 0, freeBytes: 64e9 }, 1e9],
  ])('begins %s', (_, timing, expected) => {
    expect(beginsAt(timing)).toBe(expected);
  });
});
