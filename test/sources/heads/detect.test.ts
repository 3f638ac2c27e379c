import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { no, yes } from '../../../src/core/decoded.ts';
import type { Format, Framing } from '../../../src/model/format.ts';
import { discover } from '../../../src/sources/files/discover.ts';
import { detectFormat } from '../../../src/sources/heads/detect.ts';
import { readHead } from '../../../src/sources/heads/head.ts';
import { newFolder } from '../files.ts';

const toy = (id: string, mark: RegExp, framing: Framing = 'auto'): Format => ({
  id,
  title: id,
  roles: ['flow'],
  framing,
  status: 'documented',
  clock: 'none',
  traps: [],
  claims: ({ text }) => (mark.test(text) ? yes(0.9, `has ${id}`) : no(`no ${id}`)),
  open: () => ({ decode: () => ({ status: 'skipped', reason: 'toy' }) }),
});
const FORMATS = [toy('cat', /meow/), toy('dog', /woof/), toy('block', /^BEGIN\n/, { startsRecord: /^BEGIN/ })];

async function detect(text: string, formats: readonly Format[] = FORMATS) {
  const folder = newFolder();
  writeFileSync(join(folder, 'x.log'), text);
  const [input] = discover(['x.log'], folder).inputs;
  if (input === undefined) throw new Error('no input');
  const { format, others, candidates } = detectFormat(formats, 'x.log', await readHead(input));
  const scores = Object.fromEntries(candidates.map(({ id, score }) => [id, score]));
  const [first] = candidates;
  return { format: format?.id, others: others.map(({ id }) => id), first, count: candidates.length, scores };
}

describe('detection', () => {
  it('finds the start of the only record behind a BOM', async () => {
    expect(await detect('\uFEFFBEGIN\nand more\n')).toMatchObject({ format: 'block' });
  });

  it('names the best format and every candidate with its reason', async () => {
    expect(await detect('meow\nmeow\n')).toMatchObject({
      format: 'cat',
      others: [],
      first: { id: 'cat', score: 0.9, reason: 'has cat' },
      count: 3,
    });
  });

  it('sees through envelopes', async () => {
    expect((await detect('{"log":"woof\\n","stream":"stdout","time":"2025-12-11T06:08:20Z"}\n')).format).toBe('dog');
  });

  it('calls a file mixed when another format owns some of its records', async () => {
    expect(await detect('meow\nmeow\nwoof\n')).toMatchObject({ format: 'cat', others: ['dog'] });
  });

  /** Many lines of which one, that is none of the few asked about first, says something else. */
  const many = (line: string, other: string): string =>
    Array.from({ length: 64 }, (_, n) => (n === 1 ? other : line))
      .map((text) => `${text}\n`)
      .join('');

  it('asks a format that claims none of a few records about no others, but finds that the file is mixed', async () => {
    const { format, others, scores } = await detect(many('meow', 'woof'));
    expect([format, others, scores['dog']]).toEqual(['cat', ['dog'], 0]);
  });

  it('asks about all records where nobody claims any of a few', async () => {
    expect((await detect(many('noise', 'woof'))).format).toBe('dog');
  });

  it('tells a format that judges a whole head which records are the few', async () => {
    const told: (number | undefined)[] = [];
    const judging: Format = {
      ...toy('bird', /tweet/),
      sniff: ({ few }) => {
        told.push(few?.length);
        return no('no bird');
      },
    };
    await detect(many('meow', 'woof'), [...FORMATS, judging]);
    await detect(many('noise', 'noise'), [...FORMATS, judging]);
    await detect('meow\n', [...FORMATS, judging]);
    expect(told).toEqual([16, 16, undefined, undefined]);
  });

  it('cuts for each framing, and gives a format without a start nothing', async () => {
    expect((await detect('BEGIN\na\nBEGIN\nb\n')).format).toBe('block');
    expect((await detect('meow\nBEGINNING\n')).format).toBe('cat');
  });

  it('takes each line of a carrier for a record, however its records begin', async () => {
    const row = (text: string) => `${JSON.stringify({ TimeGenerated: '2025-12-11T06:08:20Z', SyslogMessage: text })}\n`;
    expect((await detect(row('BEGIN\na') + row('BEGIN\nb'))).format).toBe('block');
  });

  it('names nobody when nobody recognises it', async () => {
    expect((await detect('quack\n')).format).toBe(undefined);
  });
});
