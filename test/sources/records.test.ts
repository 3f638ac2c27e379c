import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Cut, createFramer, cutOf, cutOfHead } from '../../src/sources/cutting/frame.ts';
import { discover, type InputFile } from '../../src/sources/files/discover.ts';
import { cutFor, readHead, sampleOf } from '../../src/sources/heads/head.ts';
import { findDuplicates } from '../../src/sources/inputs/duplicates.ts';
import { newReadLog } from '../../src/sources/records/read.ts';
import { readRecords } from '../../src/sources/records/read-records.ts';
import { codesOf, newFolder, ZSTD, ZSTD_LINES } from './files.ts';

function write(files: Record<string, string | Uint8Array>): readonly InputFile[] {
  const folder = newFolder();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return discover(['.'], folder).inputs;
}

async function headOf(bytes: string | Uint8Array) {
  const [input] = write({ 'x.log': bytes });
  if (input === undefined) throw new Error('no input');
  return readHead(input);
}

const textsOf = (text: string, how: Cut, cap?: number): (string | true)[][] => {
  const framer = createFramer('x', how, cap === undefined ? {} : { maxBytes: cap });
  return [...framer.push(Buffer.from(text)), ...framer.end()].map((record) =>
    record.oversize ? [record.text.slice(0, 3), true as const] : [record.text],
  );
};

describe('cutting', () => {
  it.each([
    ['{"a":{"b":1},\n "c":2}\n', 'json'],
    ['{"a":1}{"a":2}{"a":3}', 'json'],
    ['{"a":1},\n{"a":2},\n', 'json'],
    ['{"a":1} trailing words\n{"a":2} more\n', 'lines'],
    ['{"torn":"li\n{"a":1}\n{"a":2}\n', 'lines'],
    ['{"a": NaN}\n{"a": NaN}\n', 'lines'],
  ])('%j is cut as %s', (head, expected) => {
    expect(cutOfHead(head)).toBe(expected);
  });

  it('takes a stray quote in a CSV cell for what it is', () => {
    expect(textsOf('a,5" disk,b\nc,d,e\n', 'csv')).toEqual([['a,5" disk,b'], ['c,d,e']]);
    expect(textsOf('a,"never closed\nc,d\ne,f\n', 'csv')).toEqual([['a,"never closed'], ['c,d'], ['e,f']]);
    expect(textsOf('a,"say ""x\n"" y",b\nc\n', 'csv')).toEqual([['a,"say ""x\n"" y",b'], ['c']]);
  });

  it('is quick and complete when a quote never closes', () => {
    const rows = 'c,d,eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\n'.repeat(20_000);
    expect(textsOf(`a,"b\n${rows}`, 'csv').length).toBe(20_001);
  }, 5000);

  it('ends a record that no start follows at the cap and goes on', () => {
    const text = `START 1\n${'more\n'.repeat(20)}START 2\nx\n`;
    expect(textsOf(text, { startsRecord: /^START/ }, 40)).toEqual([['STA', true], ['START 2\nx']]);
  });

  it('takes the blocks of a journal export', () => {
    const text = '__CURSOR=1\nMESSAGE=a\n\n__CURSOR=2\nMESSAGE=b\n\n';
    expect(textsOf(text, cutOf('auto', text)).length).toBe(2);
  });

  it('takes the objects that kubectl prints in YAML', () => {
    const text = 'apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Pod\nkind: List\n---\napiVersion: v1\nkind: Pod\n';
    expect(textsOf(text, cutOf('auto', text)).length).toBe(2);
  });

  it.each([
    ['---\ninsertId: a\nlogName: x\n---\ninsertId: b\nlogName: y\n', 2],
    ['---\nhttpRequest:\n  status: 200\njsonPayload:\n  a: 1\nlogName: x\n---\ninsertId: b\n', 2],
    ['---\ntitle: notes\n---\ninsertion: none\n', 4],
  ])('takes the entries that gcloud prints in YAML: %j', (text, count) => {
    expect(textsOf(text, cutOf('auto', text)).length).toBe(count);
  });
});

describe('the head of a file', () => {
  it('waits for a first record that is longer than itself', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(700_000) });
    const head = await headOf(`${long}\n${'{"a":1}\n'.repeat(200_000)}`);
    expect(sampleOf('x', head, head.auto).records[0]?.json).toMatchObject({ text: expect.any(String) });
    expect(cutFor(head, 'auto')).toBe('lines');
  });

  it('waits as well where exactly the first bytes are at hand', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(262_144) });
    const head = await headOf(gzipSync(`${long}\n${'{"a":1}\n'.repeat(200_000)}`));
    expect(head.complete).toBe(false);
    expect(sampleOf('x', head, head.auto).records[0]?.json).toMatchObject({ text: expect.any(String) });
  });

  it('keeps no more than it needs', async () => {
    const head = await headOf('line\n'.repeat(400_000));
    expect([head.bytes.length, head.complete, head.bytes.buffer.byteLength]).toEqual([262_144, false, 262_144]);
  });

  it.each([
    ['d4c3b2a102000400', 'tshark'],
    ['0a0d0d0a1c000000', 'tshark'],
    ['53514c69746520666f726d6174203300', 'sqlite3'],
    ['456c6646696c6500', 'evtx_dump'],
    ['800495', 'pickletools'],
    ['fd377a585a0000', 'xz'],
    ['fffe000041000000', 'iconv'],
    ['00010203', 'NUL'],
  ])('%s is no text, and the note says what to do', async (hex, word) => {
    expect((await headOf(Buffer.from(hex, 'hex'))).binary).toContain(word);
  });

  it.each(['BIM says hello', 'BZh is a word', 'PAR1 starts', 'héllo'])('%j is text', async (text) => {
    expect((await headOf(text)).binary).toBe(undefined);
  });
});

describe('copies', () => {
  const copiesOf = async (files: Record<string, string | Uint8Array>) => {
    const headed = [];
    for (const input of write(files)) headed.push({ input, head: await readHead(input) });
    return Object.fromEntries(await findDuplicates(headed));
  };
  const big = Array.from({ length: 60_000 }, (_, i) => `line ${i}`).join('\n');

  it.each([
    ['plain and gzip', { 'a.log': big, 'b.gz': gzipSync(big) }, { 'b.gz': 'a.log' }],
    ['plain and zstd', { 'a.log': ZSTD_LINES, 'b.zst': ZSTD }, { 'b.zst': 'a.log' }],
    ['a difference behind the head', { 'a.log': big, 'b.log': `${big}!` }, {}],
    ['a damaged copy', { 'a.log': big, 'b.gz': gzipSync(big).subarray(0, -9) }, {}],
    ['empty files', { 'a.log': '', 'b.log': '' }, {}],
    [
      'a long first line, plain and gzip',
      { 'a.log': `${'x'.repeat(900_000)}\n${big}`, 'b.gz': gzipSync(`${'x'.repeat(900_000)}\n${big}`) },
      { 'b.gz': 'a.log' },
    ],
  ])('%s', async (_, files, expected) => {
    expect(await copiesOf(files as unknown as Record<string, string | Uint8Array>)).toEqual(expected);
  });
});

describe('reading records', () => {
  it('gives the same for plain, gzip and zstd, unwrapped and in batches', async () => {
    const inputs = write({ 'a.log': ZSTD_LINES, 'b.gz': gzipSync(ZSTD_LINES), 'c.zst': ZSTD });
    for (const input of inputs) {
      const log = newReadLog();
      const texts = [];
      for await (const batch of readRecords(input, { cut: 'lines', log })) texts.push(...batch.map(({ text }) => text));
      expect([texts, codesOf(log.problems)]).toEqual([['{"n":1}', '{"n":2}'], []]);
    }
  });
});
