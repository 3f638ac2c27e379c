import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

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
