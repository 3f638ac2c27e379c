import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discover } from '../../../src/sources/files/discover.ts';
import { expandGlob, globToRegExp } from '../../../src/sources/files/glob.ts';
import { codesOf, type Entry, newFolder, readAll, ZSTD, ZSTD_LINES, zipOf } from '../files.ts';

function tree(...paths: string[]): string {
  const folder = newFolder();
  for (const path of paths) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  return folder;
}

const makePipe = (path: string): boolean => spawnSync('sh', ['-c', 'mkfifo "$0"', path]).status === 0;
const hasPipes = makePipe(join(tree(), 'pipe'));

const pathsOf = (args: readonly string[], cwd: string): string[] => discover(args, cwd).inputs.map(({ path }) => path);

describe('arguments', () => {
  const cwd = tree('b/eve.json', 'b/deep/er/x.log', 'a.log', 'set[1]/q.log', 'set[1]/r.txt');

  it.each([
    ['a file', ['a.log'], ['a.log']],
    ['a folder, sorted and deep', ['b'], ['deep/er/x.log', 'eve.json']],
    ['paths relative to what the arguments share', ['b/eve.json', 'a.log'], ['a.log', 'b/eve.json']],
    ['the same in any order', ['a.log', 'b/eve.json'], ['a.log', 'b/eve.json']],
    ['a folder and a file in it, once', ['b', 'b/eve.json'], ['deep/er/x.log', 'eve.json']],
    ['*', ['*.log'], ['a.log']],
    ['**', ['**/*.log'], ['a.log', 'b/deep/er/x.log', 'set[1]/q.log']],
    ['? and [ ]', ['b/[d-f]?e.json'], ['eve.json']],
    ['a real name that looks like a pattern', ['set[1]'], ['q.log', 'r.txt']],
    ['standard input', ['-', 'a.log'], ['-', 'a.log']],
  ])('%s', (_, args, expected) => {
    expect(pathsOf(args, cwd)).toEqual(expected);
  });

  it('leave every listing to the caller, so that a folder that cannot be listed is reported', () => {
    const asked: string[] = [];
    const list = (folder: string) => {
      asked.push(folder);
      return folder === cwd ? readdirSync(folder) : [];
    };
    expect(expandGlob('*/*.json', cwd, list)).toEqual([]);
    expect(asked.sort()).toEqual([cwd, join(cwd, 'b'), join(cwd, 'set[1]')]);
  });

  it('are patterns only themselves, not the folder they start in', () => {
    expect(pathsOf(['*.log'], join(cwd, 'set[1]'))).toEqual(['q.log']);
  });

  it.each([
    ['gone.log', 'there is no file or folder gone.log'],
    ['a.log/x', 'there is no file or folder a.log/x'],
    ['*.none', 'nothing matches *.none'],
    ['[z-a]', 'nothing matches [z-a]'],
    ['nul\0byte', 'there is no file or folder nul\0byte'],
  ])('%j is a problem in words', (arg, message) => {
    expect(discover([arg], cwd)).toMatchObject({ inputs: [], problems: [{ code: 'path-missing', message }] });
  });

  it('named twice are read once', () => {
    const { inputs, problems } = discover(['a.log', './a.log'], cwd);
    expect([inputs.length, codesOf(problems)]).toEqual([1, ['path-repeated']]);
  });

  it.each([
    ['a folder', ['in', './in'], 'the folder ./in is named twice and is read once'],
    ['a folder of one that is named', ['in', 'in/deep'], 'the folder in/deep is named twice and is read once'],
    ['an empty folder', ['none', 'none'], 'there is no file in the folder none'],
  ])('named twice: %s', (_, args, message) => {
    const folder = tree('in/a.log', 'in/deep/b.log');
    mkdirSync(join(folder, 'none'));
    expect(discover(args, folder).problems.at(-1)?.message).toBe(message);
  });

  it('with links that lead in circles or nowhere end', () => {
    const folder = tree('in/a.log');
    symlinkSync('..', join(folder, 'in/up'));
    symlinkSync('self', join(folder, 'self'));
    symlinkSync('nowhere', join(folder, 'broken'));
    const { inputs, problems } = discover(['.'], folder);
    expect(inputs.length).toBe(1);
    expect(codesOf(problems).sort()).toEqual(['path-broken', 'path-unreadable']);
    expect(codesOf(discover(['self'], folder).problems)).toEqual(['path-unreadable']);
  });

  it.skipIf(!hasPipes)(
    'is a pipe: one that was named was meant to be read, one that lies in a folder may be anything',
    () => {
      const folder = tree('a.log');
      makePipe(join(folder, 'pipe.log'));
      const told = (arg: string) =>
        discover([arg], folder).problems.map(({ severity, code, message }) => [severity, code, message]);
      expect(told('.')).toEqual([
        ['warning', 'path-special', expect.stringMatching(/pipe\.log is neither a file nor a folder$/)],
      ]);
      expect(told('*.log')).toEqual(told('.'));
      expect(told('pipe.log')).toEqual([
        ['error', 'path-special', expect.stringMatching(/^pipe\.log is .* standard input as -$/)],
      ]);
    },
  );

  it.runIf(process.platform === 'linux')('with names that are no UTF-8 are an error: their files are there', () => {
    const folder = tree('a.log');
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/f`), Buffer.from([0xe9]), Buffer.from('st.log')]), 'line');
    expect(discover(['.'], folder)).toMatchObject({
      inputs: [{ path: 'a.log' }],
      problems: [{ severity: 'error', code: 'path-name' }],
    });
  });

  it('never throw, whatever stands in them (property)', () => {
    const arg = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc
        .array(fc.constantFrom('[', ']', '!', '*', '?', '/', 'a', '-', '\\'), { maxLength: 8 })
        .map((parts) => parts.join('')),
    );
    const empty = newFolder();
    fc.assert(
      fc.property(arg, (text) => {
        globToRegExp(text);
        if (!text.startsWith('/') && !text.includes('..')) discover([text], empty);
      }),
    );
  });
});

describe('archives', () => {
  const open = async (entries: readonly Entry[], change: (bytes: Buffer) => Buffer = (bytes) => bytes) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'run.eval'), change(zipOf(entries)));
    const { inputs, problems } = discover(['run.eval'], folder);
    const read = [];
    for (const input of inputs) {
      const { text, log } = await readAll(input);
      read.push([input.path, text, codesOf(log.problems).join()]);
    }
    return { read, problems: codesOf(problems) };
  };

  it('are opened as members, however these are stored', async () => {
    const { read, problems } = await open([
      { name: 'b.json', text: '{"b":1}' },
      { name: 'a.json', text: '{"a":1}', method: 0 },
      { name: 'c.jsonl', text: ZSTD_LINES, method: 93, stored: ZSTD, zip64: true },
      { name: 'd.gz', text: '', method: 0 },
      { name: 'folder/', text: '', method: 0 },
    ]);
    expect(problems).toEqual([]);
    expect(read).toEqual([
      ['run.eval!/a.json', '{"a":1}', ''],
      ['run.eval!/b.json', '{"b":1}', ''],
      ['run.eval!/c.jsonl', ZSTD_LINES, ''],
      ['run.eval!/d.gz', '', ''],
    ]);
  });

  it('hold no files beside them, whatever their members are called', async () => {
    const { read } = await open([
      { name: '../beside.json', text: '{"a":1}' },
      { name: '/etc/x.json', text: '{"b":1}' },
    ]);
    expect(read.map(([path]) => path)).toEqual(['run.eval!/../beside.json', 'run.eval!//etc/x.json']);
  });

  it('may hold compressed files, and a rewritten entry counts', async () => {
    const text = gzipSync('inside').toString('latin1');
    const stored = Buffer.from(text, 'latin1');
    const { read } = await open([
      { name: 'a.json', text: 'old' },
      { name: 'a.json', text: 'new' },
      { name: 'x.gz', text: '', method: 0, stored },
    ]);
    expect(read[0]).toEqual(['run.eval!/a.json', 'new', '']);
    expect(read[1]?.slice(0, 2)).toEqual(['run.eval!/x.gz', 'inside']);
  });

  it.each([
    ['a wrong checksum', [{ name: 'a', text: 'abc', method: 0, stored: Buffer.from('abd') } as const], 'zip-broken'],
    [
      'an unknown method',
      [{ name: 'a', text: 'abc', method: 12, stored: Buffer.from('abc') } as unknown as Entry],
      'zip-method',
    ],
  ])('say so for %s', async (_, entries, code) => {
    expect((await open(entries)).read[0]?.[2]).toBe(code);
  });

  it('give nothing for an entry that is not where it should be', async () => {
    const entries = ['a', 'b', 'c'].map((name) => ({ name, text: name.repeat(9), method: 0 }) as const);
    const { read } = await open(entries, (bytes) => {
      bytes[30 + 1 + 9] = 0;
      return bytes;
    });
    expect(read).toEqual([
      ['run.eval!/a', 'aaaaaaaaa', ''],
      ['run.eval!/b', '', 'zip-broken,zip-broken'],
      ['run.eval!/c', 'ccccccccc', ''],
    ]);
  });

  it('that are gone give nothing, and say so for each entry', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'x.zip'), zipOf([{ name: 'a', text: 'abc' }]));
    const [input] = discover(['x.zip'], folder).inputs;
    if (input === undefined) throw new Error('no input');
    rmSync(join(folder, 'x.zip'));
    const { text, log } = await readAll(input);
    expect([text, log.problems[0]?.message]).toEqual(['', 'cannot read x.zip!/a: it is not there']);
  });

  it('cut short are a problem and stay one input', async () => {
    const { problems, read } = await open([{ name: 'a', text: 'abc' }], (bytes) => bytes.subarray(0, 40));
    expect(problems).toEqual(['zip-broken']);
    expect(read.map(([path]) => path)).toEqual(['run.eval']);
  });

  it('never throw when damaged (property)', async () => {
    const whole = zipOf([
      { name: 'a.json', text: '{"a":1}'.repeat(20) },
      { name: 'c.jsonl', text: ZSTD_LINES, method: 93, stored: ZSTD, zip64: true },
    ]);
    const wound = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(wound, { minLength: 1, maxLength: 6 }), async (wounds) => {
        await open([], () => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of wounds) bytes[at] = value;
          return bytes;
        });
      }),
      { numRuns: 100 },
    );
  });
});
