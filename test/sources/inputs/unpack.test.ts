import { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { InputFile } from '../../../src/sources/files/discover.ts';
import { findInputs, type InputOptions } from '../../../src/sources/inputs/inputs.ts';
import type { UnpackOptions } from '../../../src/sources/inputs/unpack.ts';
import { codesOf, newFolder, readAll, zipOf } from '../files.ts';
import { tarOf } from '../tars.ts';

const ARCHIVE = gzipSync(tarOf([{ name: 'a.log', text: 'one\n' }]));

function written(bytes: Buffer = ARCHIVE): { folder: string; path: string } {
  const folder = newFolder();
  const path = join(folder, 'x.tgz');
  writeFileSync(path, bytes);
  return { folder, path };
}

async function found(folder: string, options: UnpackOptions = {}) {
  const { inputs, problems } = await findInputs(['x.tgz'], folder, options);
  return { inputs, problems, paths: inputs.map(({ path }) => path), codes: codesOf(problems) };
}

const descriptorOf = ([input]: readonly InputFile[]) =>
  input?.member?.kind === 'tar' ? input.member.unpacked?.file : undefined;

describe('a compressed archive', () => {
  it('is unpacked once, however often it is looked for, and leaves no file behind', async () => {
    const { folder } = written();
    const room = join(folder, 'room');
    mkdirSync(room);
    const first = await found(folder, { folder: room });
    expect(readdirSync(room)).toEqual([]);
    const second = await found(folder, { folder: room });
    expect(descriptorOf(second.inputs)).toBe(descriptorOf(first.inputs));
    expect(descriptorOf(first.inputs)).toBeTypeOf('number');
  });

  it('gives a member of several megabytes as it is', async () => {
    const text = Array.from({ length: 400_000 }, (_, n) => `line ${n}\n`).join('');
    const { folder } = written(
      gzipSync(
        tarOf([
          { name: 'small.log', text: 'one\n' },
          { name: 'big.log', text },
        ]),
      ),
    );
    const { inputs } = await found(folder);
    const read = await Promise.all(inputs.map(readAll));
    expect(read.map(({ text: body, log }) => [body.length, log.problems])).toEqual([
      [text.length, []],
      [4, []],
    ]);
    expect(read[0]?.text === text).toBe(true);
  });

  it('is unpacked anew when it is another by now', async () => {
    const { folder, path } = written();
    const first = await found(folder);
    writeFileSync(path, gzipSync(tarOf([{ name: 'b.log', text: 'another\n' }])));
    expect((await found(folder)).paths).toEqual(['x.tgz!/b.log']);
    expect(first.paths).toEqual(['x.tgz!/a.log']);
    const [input] = first.inputs;
    if (input === undefined) throw new Error('no input');
    const { text, log } = await readAll(input);
    expect([text, log.problems]).toEqual(['one\n', []]);
  });

  it('that is damaged is read as far as it goes, and says so each time', async () => {
    const { folder } = written(gzipSync(tarOf([{ name: 'a.log', text: 'one\n' }])).subarray(0, -9));
    const first = await found(folder);
    expect(first.paths).toEqual(['x.tgz!/a.log']);
    expect(first.codes).toContain('gzip-broken');
    expect((await found(folder)).codes).toEqual(first.codes);
  });

  it.each([
    ['no temporary file is wanted', { folder: false }, 'would have to go to a temporary file'],
    ['there is no room', { folder: '/nowhere/at/all' }, 'cannot be unpacked to /nowhere/at/all: it is not there'],
    ['the run was stopped', { signal: AbortSignal.abort() }, 'the run was stopped before'],
  ] as const)('stays closed and is named where %s', async (_, options, says) => {
    const { paths, problems } = await found(written().folder, options);
    expect(paths).toEqual(['x.tgz']);
    expect(problems).toMatchObject([{ code: 'not-unpacked', severity: 'error' }]);
    expect(problems[0]?.message).toContain(says);
  });

  it.runIf(process.platform === 'linux')('lets go of its file at once where the run was stopped', async () => {
    const { folder } = written();
    const room = join(folder, 'room');
    mkdirSync(room);
    await found(folder, { folder: room, signal: AbortSignal.abort() });
    const open = readdirSync('/proc/self/fd').map((file) => linkOf(Number(file)));
    expect(open.filter((link) => link.startsWith(room))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('lets go of its file when nobody holds a member', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const file = await (async () => descriptorOf((await found(written().folder)).inputs))();
    expect(readlinkSync(`/proc/self/fd/${file}`)).toContain('egressblame-');
    for (let i = 0; i < 20; i++) {
      collect();
      await new Promise((turn) => setImmediate(turn));
    }
    const open = readdirSync('/proc/self/fd').includes(`${file}`) ? linkOf(file) : '';
    expect(open).not.toContain('egressblame-');
  });
});

function linkOf(file: number | undefined): string {
  try {
    return readlinkSync(`/proc/self/fd/${file}`);
  } catch {
    return '';
  }
}

describe('an archive in an archive', () => {
  const zipped = (name: string, text: Buffer): Buffer => zipOf([{ name, text }]);
  const inner = zipOf([{ name: 'b.log', text: 'two\n' }]);

  async function foundIn(name: string, bytes: Buffer, options?: InputOptions) {
    const folder = newFolder();
    writeFileSync(join(folder, name), bytes);
    const { inputs, problems } = await findInputs([name], folder, options);
    return { inputs, paths: inputs.map(({ path }) => path), problems };
  }

  it.each<[string, string, Buffer, string, string]>([
    ['tar in zip', 'n.zip', zipped('x.tgz', ARCHIVE), 'n.zip!/x.tgz!/a.log', 'one\n'],
    ['zip in zip', 'n.zip', zipped('x.zip', inner), 'n.zip!/x.zip!/b.log', 'two\n'],
    ['zip in zip in zip', 'n.zip', zipped('y.zip', zipped('x.zip', inner)), 'n.zip!/y.zip!/x.zip!/b.log', 'two\n'],
    ['zip in packed tar', 'n.tgz', gzipSync(tarOf([{ name: 'x.zip', text: inner }])), 'n.tgz!/x.zip!/b.log', 'two\n'],
    ['zip in plain tar', 'n.tar', tarOf([{ name: 'x.zip', text: inner }]), 'n.tar!/x.zip!/b.log', 'two\n'],
    ['tar in tar', 'n.tar', tarOf([{ name: 'x.tar.gz', text: ARCHIVE }]), 'n.tar!/x.tar.gz!/a.log', 'one\n'],
  ])('%s is read', async (_, name, bytes, path, text) => {
    const { inputs, paths, problems } = await foundIn(name, bytes);
    expect([paths, problems]).toEqual([[path], []]);
    const [input] = inputs;
    if (input === undefined) throw new Error('no input');
    const read = await readAll(input);
    expect([read.text, read.log.problems]).toEqual([text, []]);
  });

  it.each<[string, Buffer, string, InputOptions, readonly string[]]>([
    [
      'a third one in it',
      zipped('z.zip', zipped('y.zip', zipped('x.zip', inner))),
      'n.zip!/z.zip!/y.zip!/x.zip',
      {},
      [],
    ],
    ['one that is cut short', zipped('x.zip', inner.subarray(0, -9)), 'n.zip!/x.zip', {}, ['zip-broken']],
    ['one that is no archive', zipped('x.zip', Buffer.from('text\n')), 'n.zip!/x.zip', {}, []],
    [
      'one that no temporary file may hold',
      zipped('x.zip', inner),
      'n.zip!/x.zip',
      { folder: false },
      ['not-unpacked'],
    ],
    ['one that nobody asks for', zipped('x.zip', inner), 'n.zip!/x.zip', { isNested: false }, []],
  ])('%s stays closed', async (_, bytes, path, options, codes) => {
    const { paths, problems } = await foundIn('n.zip', bytes, options);
    expect([paths, codesOf(problems)]).toEqual([[path], codes]);
  });

  it('is not opened without end: an archive may hold thousands', async () => {
    const many = zipOf(Array.from({ length: 300 }, (_, i) => ({ name: `${i}.zip`, text: inner })));
    const { paths } = await foundIn('n.zip', many);
    expect(paths.filter((path) => path.endsWith('b.log'))).toHaveLength(256);
    expect(paths).toHaveLength(300);
  });

  it('tells how much of it is unpacked', async () => {
    const told: unknown[] = [];
    await foundIn('n.zip', zipped('x.zip', inner), { onUnpacking: (unpacking) => told.push(unpacking) });
    expect(told).toEqual([{ path: 'n.zip!/x.zip', bytes: inner.length }]);
  });
});
