import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { factsOf, headerOf } from '../../../src/sources/archives/tar-header.ts';
import { BLOCK, entryOf, type TarEntry } from '../tars.ts';

describe('a header', () => {
  const stated = (change: (block: Buffer) => void, entry: Partial<TarEntry> = {}) =>
    headerOf(entryOf({ name: 'a', ...entry, change }).subarray(0, BLOCK));
  /** A number in the bytes of a field of twelve. */
  const inBytes = (at: number, bytes: readonly number[]) => (block: Buffer) => {
    block.fill(0, at, at + 12);
    block[at] = 0x80;
    block.set(bytes, at + 12 - bytes.length);
  };

  it.each<[string, (block: Buffer) => void, number | undefined]>([
    ['in octal digits', (block) => block.write('00000001750\0', 124), 1000],
    ['in digits behind blanks', (block) => block.write('       1750 ', 124), 1000],
    ['in bytes', inBytes(124, [1, 2, 3]), 66_051],
    ['in more bytes than can be counted', inBytes(124, [1, 0, 0, 0, 0, 0, 0, 0]), undefined],
    ['not at all', (block) => block.fill(0, 124, 136), 0],
    ['in letters', (block) => block.write('x', 124), undefined],
  ])('states its length %s', (_, change, bytes) => expect(stated(change)?.bytes).toBe(bytes));

  it('states no time', () => expect(stated((block) => block.write('x', 136))?.modifiedS).toBe(0));

  it.each([
    ['of a sparse file', 'S', true],
    ['of any other', '0', false],
  ])('goes on with a map where it is that %s', (_, type, isContinued) =>
    expect(stated((block) => block.writeUInt8(1, 482), { type })?.isContinued).toBe(isContinued),
  );
});

it.each<[string, string, unknown]>([
  ['a name', '11 path=xy\n', { name: 'xy' }],
  ['all of several, the last of each', '9 size=1\n9 size=2\n11 path=xy\n', { bytes: 2, name: 'xy' }],
  ['a value with what parts others', '13 path=a=b c\n', undefined],
  ['the same, whole', '14 path=a=b c\n', { name: 'a=b c' }],
  ['no length', '9 size=0\n', { bytes: 0 }],
  ['a time', '15 mtime=12.25\n', { modifiedS: 12.25 }],
  ['no time', '11 mtime=x\n', {}],
  ['what nobody asks for', '8 uid=5\n', {}],
  ['that a file has holes', '23 SCHILY.realsize=512\n', { isSparse: true }],
  ['nothing behind a zero', '11 path=xy\n\0\0\0', { name: 'xy' }],
  ['nothing', '', {}],
  ['a record without a blank', '11path=xy\n', undefined],
  ['a record without a length', ' path=xy\n', undefined],
  ['a record without a value', '7 path\n', undefined],
  ['a record whose value is the next one’s', '7 path\n11 path=xy\n', undefined],
  ['a record without an end', '11 path=xyz', undefined],
  ['a record that is longer than there is', '12 path=xy\n', undefined],
  ['a record whose length is none', 'ab path=xy\n', undefined],
  ['a length in parts', '12 size=1.5\n', undefined],
  ['a length below none', '11 size=-1\n', undefined],
])('an extended header tells %s', (_, text, facts) => expect(factsOf(Buffer.from(text))).toEqual(facts));
