import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type InputReport, unhashedProblems } from '../../../src/model/report.ts';
import { beginsAt } from '../../../src/sources/files/hash.ts';

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
    const { startHash } = await import(join(import.meta.dirname, '../../../dist/sources/files/hash.js'));
    const hashing = startHash(input, threadBytes);
    hashing.update(Buffer.from(text));
    expect(await hashing.digest()).toBe(expected);
  });

  it('is made of all of the file, however much of it was read before', async () => {
    const { startHash } = await import(join(import.meta.dirname, '../../../dist/sources/files/hash.js'));
    const hashing = startHash(input, 0);
    hashing.update(Buffer.from(text.slice(0, text.length / 3)));
    expect(await hashing.digest()).toBe(expected);
  });

  const hashing = async (file: string) => {
    const { startHash } = await import(join(import.meta.dirname, '../../../dist/sources/files/hash.js'));
    return startHash({ ...input, absolute: file }, 0);
  };

  it('is that of the file that was opened, though the log was rotated meanwhile', async () => {
    const rotated = join(work, 'rotated');
    writeFileSync(rotated, text);
    const begun = await hashing(rotated);
    renameSync(rotated, `${rotated}.1`);
    writeFileSync(rotated, 'another file\n'.repeat(300_000));
    expect(await begun.digest()).toBe(expected);
  });

  it('is that of what was read, though the file has grown', async () => {
    const grown = join(work, 'grown');
    writeFileSync(grown, text);
    const begun = await hashing(grown);
    appendFileSync(grown, 'one more\n');
    expect(await begun.digest()).toBe(expected);
  });

  it.each([
    ['cut off', (file: string) => truncateSync(file, 1000)],
    ['written anew', (file: string) => writeFileSync(file, text.replaceAll('one', 'two'))],
  ])('is not known where the file was %s meanwhile', async (how, change) => {
    const changed = join(work, how);
    writeFileSync(changed, text);
    utimesSync(changed, 1e9, 1e9);
    const begun = await hashing(changed);
    change(changed);
    expect(await begun.digest()).toBe('');
  });

  it('is not known where there is no file', async () => {
    expect(await (await hashing(join(work, 'gone'))).digest()).toBe('');
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

it('is named as a problem where it is not known of what was read', () => {
  const input = { path: 'fw.log', sha256: '', bytes: 9 } as InputReport;
  expect(unhashedProblems([input])).toMatchObject([{ code: 'unhashed', severity: 'warning', path: 'fw.log' }]);
  const others = [
    { ...input, sha256: 'ab' },
    { ...input, duplicateOf: 'b.log' },
    { ...input, bytes: 0 },
  ];
  expect(unhashedProblems(others)).toEqual([]);
});
