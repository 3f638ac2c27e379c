import type { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { InputFile } from '../../src/sources/discover.ts';
import { findInputs } from '../../src/sources/inputs.ts';
import type { UnpackOptions } from '../../src/sources/unpack.ts';
import { codesOf, newFolder, readAll } from './files.ts';
import { tarOf } from './tars.ts';

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
