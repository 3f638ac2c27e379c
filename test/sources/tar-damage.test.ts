import { Buffer } from 'node:buffer';
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findInputs } from '../../src/sources/inputs/inputs.ts';
import { newFolder, readAll } from './files.ts';
import { BLOCK, END, entryOf, longName, opened, paxOf, type TarEntry, tarOf, WAYS, withSum } from './tars.ts';

const LONG = `${'deep/'.repeat(30)}eve.json`;

describe('what is not read of an archive is told', () => {
  const log: TarEntry = { name: 'a.log', text: 'one\n' };
  const map = (next: boolean): Buffer => Buffer.from(Object.assign(new Uint8Array(BLOCK), { 504: next ? 1 : 0 }));
  const sparse = Buffer.concat([
    entryOf({ name: 'holes', type: 'S', size: 4, magic: 'ustar  \0', change: (block) => block.writeUInt8(1, 482) }),
    map(true),
    map(true),
    map(false),
    Buffer.from('data'),
    Buffer.alloc(BLOCK - 4),
  ]);
  const whole = tarOf([log]);

  it.each([
    [
      'links',
      tarOf([{ name: 'l', type: '1', size: 9 }, { name: 's', type: '2' }, log]),
      ['tar-links'],
      '2 of its entries are links',
    ],
    [
      'devices and pipes',
      tarOf([{ name: 'p', type: '6' }, { name: 'c', type: '3' }, { name: 'd', type: '4' }, log]),
      ['path-special'],
      '3 of its entries',
    ],
    ['files with holes, of GNU', Buffer.concat([sparse, whole]), ['tar-sparse'], 'holes is stored without its holes'],
    [
      'files with holes, of GNU, whose map is short',
      Buffer.concat([entryOf({ name: 'holes', type: 'S', text: Buffer.alloc(BLOCK, 1) }), whole]),
      ['tar-sparse'],
      'holes is stored without its holes',
    ],
    [
      'files with holes, of pax',
      tarOf([paxOf({ 'GNU.sparse.major': '1' }), { name: 'h', text: 'data' }, log]),
      ['tar-sparse'],
      'h is stored',
    ],
    [
      'entries of unknown types',
      tarOf([{ name: 'm', type: 'M', text: 'data' }, log]),
      ['tar-entry'],
      'm is an entry of type M',
    ],
    [
      'earlier entries of one name',
      tarOf([{ name: './a.log', text: 'old' }, log]),
      ['tar-repeated'],
      '1 of its entries',
    ],
    ['an end without a mark', whole.subarray(0, 2 * BLOCK), ['tar-end'], 'no mark'],
    [
      'an end without a mark behind another archive',
      Buffer.concat([whole, entryOf(log)]),
      ['tar-end', 'tar-repeated'],
      'no mark',
    ],
    [
      'text behind the end',
      Buffer.concat([whole, Buffer.from('note'.repeat(BLOCK))]),
      ['tar-trailing'],
      'from byte 2048 on',
    ],
    ['a short text behind the end', Buffer.concat([whole, Buffer.from('note')]), ['tar-trailing'], 'from byte 2048 on'],
    [
      'a damaged header',
      Buffer.concat([entryOf(log), Buffer.alloc(BLOCK, 'x'), whole]),
      ['tar-broken'],
      'damaged at byte 1024',
    ],
    [
      'a header of which one letter is another',
      Buffer.concat([entryOf(log), Buffer.from('b'), entryOf(log).subarray(1), END]),
      ['tar-broken'],
      'damaged at byte 1024',
    ],
    [
      'a damaged header behind one empty block',
      Buffer.concat([entryOf(log), Buffer.alloc(BLOCK), Buffer.alloc(BLOCK, 'x')]),
      ['tar-broken'],
      'damaged at byte 1536',
    ],
    [
      'a cut header',
      Buffer.concat([entryOf(log), entryOf(log).subarray(0, 200)]),
      ['tar-broken'],
      'cut short (inside a header)',
    ],
    [
      'facts too long to be any',
      Buffer.concat([entryOf(log), entryOf({ name: 'x', type: 'L', text: 'x'.repeat(2 ** 20 + 1) }), whole]),
      ['tar-broken'],
      'byte 1024',
    ],
    [
      'facts that are cut',
      Buffer.concat([entryOf(log), entryOf({ ...paxOf({ path: LONG }) }).subarray(0, 600)]),
      ['tar-broken'],
      'byte 1024',
    ],
    [
      'a long name that is cut',
      Buffer.concat([entryOf(log), entryOf(longName(LONG)).subarray(0, 600)]),
      ['tar-broken'],
      'byte 1024',
    ],
    [
      'facts that are none',
      tarOf([log, { name: 'x', type: 'x', text: 'no facts\n' }, log]),
      ['tar-broken'],
      'byte 1024',
    ],
    ['a length that is none', tarOf([log, paxOf({ size: '-4' }), log]), ['tar-broken'], 'byte 1024'],
    [
      'a length in letters',
      Buffer.concat([entryOf(log), entryOf({ name: 'b', change: (block) => block.write('x', 124) })]),
      ['tar-broken'],
      'byte 1024',
    ],
  ])('%s', async (_, bytes, codes, says) => {
    const found = await opened(bytes);
    expect(found.codes).toEqual(codes);
    expect(found.problems[0]?.message).toContain(says);
    expect(found.problems[0]?.message).toMatch(/^night\.tar: /);
    expect(found.read).toEqual([['a.log', 'one\n']]);
  });

  it('and how severe that is', async () => {
    const { problems } = await opened(
      tarOf([
        { name: 'l', type: '1' },
        { name: 'm', type: 'M' },
      ]),
    );
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['tar-entry', 'error'],
      ['tar-links', 'warning'],
      ['archive-empty', 'warning'],
    ]);
  });

  it.each([
    ['one byte', tarOf([{ name: 'a.log', text: 'one\ntwo\n' }]).subarray(0, BLOCK + 7), ['tar-broken', 'tar-end']],
    ['nothing but the blank behind it', tarOf([{ name: 'a.log', text: 'x' }]).subarray(0, BLOCK + 1), ['tar-end']],
    ['half of the mark', tarOf([log]).subarray(0, -BLOCK), []],
  ])('an archive that lacks %s', async (_, bytes, codes) => {
    expect((await opened(bytes)).codes).toEqual(codes);
  });

  it('a file that is cut short is read as far as it goes', async () => {
    const { read, problems } = await opened(tarOf([{ name: 'a.log', text: 'one\ntwo\n' }]).subarray(0, BLOCK + 5));
    expect(read).toEqual([['a.log', 'one\nt']]);
    expect(problems.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', 'night.tar: it is cut short (inside a.log)'],
      ['warning', 'night.tar: it has no mark at its end and may be cut short there'],
    ]);
  });

  it('archives one behind the other are read as one', async () => {
    const { read, codes } = await opened(
      Buffer.concat([whole, Buffer.alloc(20 * BLOCK), tarOf([{ name: 'b.log', text: 'two\n' }])]),
    );
    expect([read, codes]).toEqual([
      [
        ['a.log', 'one\n'],
        ['b.log', 'two\n'],
      ],
      [],
    ]);
  });

  it('an archive that changes while it is read', async () => {
    const folder = newFolder();
    const path = join(folder, 'x.tar');
    writeFileSync(path, whole);
    const [input] = (await findInputs(['x.tar'], folder)).inputs;
    if (input === undefined) throw new Error('no input');
    appendFileSync(path, 'more');
    expect((await readAll(input)).log.problems).toMatchObject([
      { code: 'grown', message: `x.tar!/a.log grew while it was read; its first ${whole.length} bytes were read` },
    ]);
    expect(statSync(path).size).toBe(whole.length + 4);
  });
});

describe('any archive (property)', () => {
  const name = fc
    .array(fc.constantFrom('a', 'é', 'журнал', '-', ' '), { minLength: 1, maxLength: 60 })
    .map((parts) => parts.join('').trim() || 'x');
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
  const file = fc.record({
    path,
    bytes: fc.uint8Array({ maxLength: 3 * BLOCK }),
    header: fc.constantFrom('gnu', 'pax', 'auto'),
  });
  const files = fc.uniqueArray(file, { selector: (one) => one.path, maxLength: 6 });
  type File = { path: string; bytes: Uint8Array; header: string };
  /** As long a name as needs no header of its own is written plainly. */
  const archiveOf = (list: readonly File[]): Buffer =>
    tarOf(
      list.flatMap(({ path: own, bytes, header }) => {
        const entry = { name: 'cut', text: Buffer.from(bytes) };
        if (header === 'gnu') return [longName(own), entry];
        if (header === 'pax' || Buffer.byteLength(own) > 100) return [paxOf({ path: own, mtime: '1.5' }), entry];
        return [{ ...entry, name: own }];
      }),
    );

  it('gives back its files, whatever they are called and however it is packed', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.constantFrom(...WAYS), async (list, [, archive, packed]) => {
        const { inputs } = await opened(packed(archiveOf(list)), archive);
        const found = await Promise.all(
          inputs.map(async (input) => [input.path, (await readStoredOf(input)).toString('latin1')]),
        );
        const expected = list.map(({ path: own, bytes }) => [
          `${archive}!/${own}`,
          Buffer.from(bytes).toString('latin1'),
        ]);
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 60 },
    );
  });

  it('cut anywhere gives a beginning of its files, and says that it is cut', async () => {
    const whole = tarOf(Array.from({ length: 4 }, (_, i) => ({ name: `${i}.log`, text: `${i}`.repeat(300 * i) })));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: BLOCK, max: whole.length - END.length }),
        fc.constantFrom(...WAYS),
        async (length, [, archive, packed]) => {
          const { read, problems } = await opened(packed(whole.subarray(0, length)), archive);
          expect(problems.length).toBeGreaterThan(0);
          for (const [i, [path, text]] of read.entries()) {
            expect(path).toBe(`${i}.log`);
            expect(`${i}`.repeat(300 * i).startsWith(text)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('never throws when damaged, also with a checksum that holds', async () => {
    const whole = tarOf([
      paxOf({ path: 'long', size: '4' }),
      { name: 'a', text: 'one\n' },
      longName('b'),
      { name: 'b', text: 'two\n' },
    ]);
    const wound = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(wound, { minLength: 1, maxLength: 6 }), fc.boolean(), async (wounds, isSummed) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of wounds) bytes[at] = value;
        if (isSummed) for (const [at] of wounds) withSum(bytes.subarray(at - (at % BLOCK), at - (at % BLOCK) + BLOCK));
        await opened(bytes);
      }),
      { numRuns: 150 },
    );
  });
});

async function readStoredOf(input: Parameters<typeof readAll>[0]): Promise<Buffer> {
  return (await readAll(input)).bytes;
}
