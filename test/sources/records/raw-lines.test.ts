import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { discover } from '../../../src/sources/files/discover.ts';
import { readRawLines, refKey, storedHash } from '../../../src/sources/records/raw-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'egressblame-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads a record once, however often and in whatever order it is cited', async () => {
  writeFileSync(join(folder, 'a.log'), 'first\nsecond\nthird\n');
  const { inputs } = discover([folder], folder);
  const ref = (line: number, offset: number, bytes: number) => ({
    source: inputs[0]?.path ?? '',
    line,
    offset,
    bytes,
  });
  const second = ref(2, 6, 6);
  const lines = await readRawLines(inputs, [second, ref(3, 13, 5), second, ref(1, 0, 5), ref(2, 6, 6)]);
  expect([...lines].sort()).toEqual(
    [
      [refKey(ref(1, 0, 5)), 'first'],
      [refKey(second), 'second'],
      [refKey(ref(3, 13, 5)), 'third'],
    ].sort(),
  );
});

it.each([
  ['as it is', 'a\nb\n', undefined, 'a\nb\n'],
  ['that has grown, as it was', 'a\nb\nc\n', 4, 'a\nb\n'],
  ['that has shrunk, as it is', 'a\n', 4, 'a\n'],
])('hashes a file %s', async (_, text, bytes, hashed) => {
  writeFileSync(join(folder, 'a.log'), text);
  const [input] = discover(['a.log'], folder).inputs;
  if (input === undefined) throw new Error('no input');
  expect(await storedHash(input, bytes)).toBe(createHash('sha256').update(hashed).digest('hex'));
});
