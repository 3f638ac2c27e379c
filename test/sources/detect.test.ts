import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { no, yes } from '../../src/core/decoded.ts';
import type { Format, Framing } from '../../src/model/format.ts';
import { detectFormat } from '../../src/sources/detect.ts';
import { discover } from '../../src/sources/discover.ts';
import { readHead } from '../../src/sources/head.ts';
import { newFolder } from './files.ts';

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

async function detect(text: string) {
  const folder = newFolder();
  writeFileSync(join(folder, 'x.log'), text);
  const [input] = discover(['x.log'], folder).inputs;
  if (input === undefined) throw new Error('no input');
  const { format, others, candidates } = detectFormat(FORMATS, 'x.log', await readHead(input));
  return { format: format?.id, others: others.map(({ id }) => id), first: candidates[0], count: candidates.length };
}

describe('detection', () => {
  it('names the best format and every candidate with its reason', async () => {
    expect(await detect('meow\nmeow\n')).toEqual({
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
