import { Buffer } from 'node:buffer';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isTar } from '../../../src/sources/archives/tar.ts';
import { findInputs } from '../../../src/sources/inputs/inputs.ts';
import { isSeekable } from '../../../src/sources/records/lines-at.ts';
import { codesOf, newFolder, readAll } from '../files.ts';
import { BLOCK, END, longName, opened, paxOf, STAMP_S, type TarEntry, tarOf, WAYS } from '../tars.ts';

const LONG = `${'deep/'.repeat(30)}eve.json`;

describe('names and lengths', () => {
  const entries: readonly (readonly [string, readonly TarEntry[], string])[] = [
    ['of POSIX', [{ name: 'fw/eve.json', text: 'one\n' }], 'fw/eve.json'],
    ['before POSIX', [{ name: 'eve.json', text: 'one\n', type: '\0', magic: '' }], 'eve.json'],
    ['contiguous', [{ name: 'eve.json', text: 'one\n', type: '7' }], 'eve.json'],
    ['in two parts', [{ name: 'eve.json', prefix: 'deep/folder', text: 'one\n' }], 'deep/folder/eve.json'],
    [
      'of GNU, whose header has no second part',
      [{ name: 'eve.json', prefix: '14513220617', magic: 'ustar  \0', text: 'one\n' }],
      'eve.json',
    ],
    ['long, of GNU', [longName(LONG), { name: LONG.slice(0, 100), text: 'one\n' }], LONG],
    [
      'long, of pax',
      [paxOf({ path: LONG, size: '4' }), { name: 'short', text: 'one\n', size: 0, change: () => {} }],
      LONG,
    ],
    [
      'long, with a length told apart',
      [paxOf({ size: '4' }), longName(LONG), { name: 'short', text: 'one\n', size: 0 }],
      LONG,
    ],
    [
      'long, behind a long name of a link',
      [longName(LONG), { name: '././@LongLink', type: 'K', text: 'target\0' }, { name: 'x', text: 'one\n' }],
      LONG,
    ],
    [
      'behind what is said of all',
      [
        { name: 'pax_global_header', type: 'g', text: '20 comment=abcdefgh\n' },
        { name: 'a.log', text: 'one\n' },
      ],
      'a.log',
    ],
    [
      'behind a label',
      [
        { name: 'volume', type: 'V' },
        { name: 'a.log', text: 'one\n' },
      ],
      'a.log',
    ],
    [
      'that fill their place',
      [{ name: 'x'.repeat(100), text: 'one\n', change: (block) => block.write('0000644', 100) }],
      'x'.repeat(100),
    ],
    ['below a point', [{ name: './/./a.log', text: 'one\n' }], 'a.log'],
    ['that lead up', [{ name: '../../a.log', text: 'one\n' }], '../../a.log'],
    ['from the root', [{ name: '/var/log/a.log', text: 'one\n' }], '/var/log/a.log'],
    ['of letters beyond ASCII', [{ name: 'журнал.log', text: 'one\n' }], 'журнал.log'],
    [
      'that are no UTF-8',
      [{ name: '', text: 'one\n', change: (block) => block.write('\xe9.log', 0, 'latin1') }],
      'é.log',
    ],
    [
      'with a length in bytes',
      [
        {
          name: 'a.log',
          text: 'one\n',
          change: (block) => block.fill(Buffer.from([0x80, ...new Array<number>(10).fill(0), 4]), 124, 136),
        },
      ],
      'a.log',
    ],
    [
      'with blanks about the length',
      [{ name: 'a.log', text: 'one\n', change: (block) => block.write('         4 \0', 124) }],
      'a.log',
    ],
  ];

  it.each(entries)('%s', async (_, archive, name) => {
    const { read, codes } = await opened(tarOf(archive));
    expect([read, codes]).toEqual([[[name, 'one\n']], []]);
  });

  it('with a checksum of signed bytes, as old writers made it', async () => {
    const bytes = tarOf([{ name: 'é.log', text: 'one\n' }]);
    const sum = bytes
      .subarray(0, BLOCK)
      .reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte > 127 ? byte - 256 : byte), 0);
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect((await opened(bytes)).read).toEqual([['é.log', 'one\n']]);
  });
});

describe('archives', () => {
  const two: readonly TarEntry[] = [
    { name: 'b/eve.json', text: `${'x'.repeat(3 * BLOCK)}\n` },
    { name: 'b/', type: '5' },
    { name: 'before-posix/', type: '\0', magic: '' },
    { name: 'a.log', text: 'one\n' },
    { name: 'empty.log' },
    { name: 'whole', text: 'y'.repeat(BLOCK) },
  ];
  const members = [
    ['a.log', 'one\n'],
    ['b/eve.json', `${'x'.repeat(3 * BLOCK)}\n`],
    ['empty.log', ''],
    ['whole', 'y'.repeat(BLOCK)],
  ];

  it.each(WAYS)('%s are opened as members, in the order of their names', async (_, name, packed) => {
    const { read, codes, inputs } = await opened(packed(tarOf(two)), name);
    expect([read, codes]).toEqual([members, []]);
    expect(inputs.map(({ path }) => path)).toEqual(members.map(([path]) => `${name}!/${path}`));
    expect(inputs.every((input) => isSeekable(input, { compression: 'none' }))).toBe(true);
  });

  it.each(WAYS)('%s may hold compressed files', async (_, name, packed) => {
    const { read } = await opened(packed(tarOf([{ name: 'x.gz', text: gzipSync('inside') }])), name);
    expect(read).toEqual([['x.gz', 'inside']]);
  });

  it.each(WAYS)('%s may hold files of many pieces', async (_, name, packed) => {
    const long = Array.from({ length: 250_000 }, (_, i) => `line ${i}\n`).join('');
    const { read, codes } = await opened(
      packed(
        tarOf([
          { name: 'a.log', text: 'one\n' },
          { name: 'long.log', text: long },
          { name: 'z.log', text: 'two\n' },
        ]),
      ),
      name,
    );
    expect(codes).toEqual([]);
    expect(read.map(([, text]) => text === long || text)).toEqual(['one\n', true, 'two\n']);
  });

  it('are told by name and content', async () => {
    expect((await opened(tarOf(two), 'night.log')).read.map(([path]) => path)).toEqual(['night.log']);
    const lines = 'a line\n'.repeat(BLOCK);
    expect((await opened(Buffer.from(lines), 'night.tar')).read).toEqual([['night.tar', lines]]);
    expect((await opened(Buffer.from('a line\n'), 'night.tar')).read).toEqual([['night.tar', 'a line\n']]);
    expect((await opened(gzipSync('a line\n'), 'night.tgz')).read).toEqual([['night.tgz', 'a line\n']]);
    expect((await opened(Buffer.alloc(0), 'night.tar')).read).toEqual([['night.tar', '']]);
    expect(isTar(Buffer.alloc(BLOCK - 1))).toBe(false);
  });

  it('say so where there is nothing in them', async () => {
    const { inputs, codes } = await opened(END);
    expect([inputs, codes]).toEqual([[], ['archive-empty']]);
  });

  it('lie in folders, among other files and archives', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'in/x.tar'), tarOf([{ name: 'm.log', text: 'm' }]));
    writeFileSync(join(folder, 'in/y.log'), 'y');
    writeFileSync(join(folder, 'in/x.log'), 'x');
    const { inputs, problems } = await findInputs(['.', 'gone'], folder);
    expect(inputs.map(({ path }) => path)).toEqual(['in/x.log', 'in/x.tar!/m.log', 'in/y.log']);
    expect(problems).toMatchObject([{ message: 'there is no file or folder gone' }]);
  });

  it.each([
    ['of the entry', { modifiedS: STAMP_S }, [], STAMP_S],
    ['of its facts, with a fraction', { modifiedS: 7 }, [paxOf({ mtime: `${STAMP_S}.25` })], STAMP_S + 0.25],
    ['of the archive, where the entry has none', { modifiedS: 0 }, [], 1e9],
    ['of the archive, where the entry has one that is the same each time', { modifiedS: 315_532_800 }, [], 1e9],
  ])('have the last change %s', async (_, stamp, before, expected) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'x.tar'), tarOf([...before, { name: 'a.log', text: 'a', ...stamp }]));
    utimesSync(join(folder, 'x.tar'), 1e9, 1e9);
    const [input] = (await findInputs(['x.tar'], folder)).inputs;
    expect(input?.modifiedUs).toBe(expected * 1e6);
    if (input !== undefined) expect(codesOf((await readAll(input)).log.problems)).toEqual([]);
  });
});
