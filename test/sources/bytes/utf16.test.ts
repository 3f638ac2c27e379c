import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/sources/bytes/byte-reader.ts';
import { utf8Of, utf16Of } from '../../../src/sources/bytes/utf16.ts';
import { discover, type InputFile } from '../../../src/sources/files/discover.ts';
import { readRawLines } from '../../../src/sources/records/raw-lines.ts';
import { newReadLog } from '../../../src/sources/records/read.ts';
import { readRecords } from '../../../src/sources/records/read-records.ts';

const work = mkdtempSync(join(tmpdir(), 'utf16-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const little = (text: string): Buffer => Buffer.from(text, 'utf16le');
const many = (count: number, text: string): string[] => Array.from({ length: count }, (_, i) => `${text} ${i}`);
const big = (text: string): Buffer => little(text).swap16();

describe('text in UTF-16', () => {
  const lines = ['{"a":1}', 'Grüße ☃ \u{1F600}', 'last'];
  const text = lines.join('\r\n');

  it.each([
    ['little', little],
    ['big', big],
  ])('ends where somebody wrote on in another encoding: %s', async (_, encode) => {
    const own = many(9, 'caf\u00e9 \u4e2d').join('\n');
    const plain = many(30, 'another line').join('\n');
    for (const mark of ['', '\uFEFF']) {
      const path = join(work, 'two.log');
      writeFileSync(path, Buffer.concat([encode(`\uFEFF${own}\n`), Buffer.from(`${mark}${plain}`)]));
      const { inputs } = discover([path], work);
      const records = [];
      for await (const batch of readRecords(inputs[0] as InputFile, { cut: 'lines', log: newReadLog() }))
        records.push(...batch.map((record) => record.text));
      expect(records.slice(0, 9)).toEqual(own.split('\n'));
      expect(records.slice(-29)).toEqual(plain.split('\n').slice(1));
    }
  });

  it.each([
    ['little with a mark', little(`\uFEFF${text}`)],
    ['big with a mark', big(`\uFEFF${text}`)],
    ['little without', little(text)],
    ['big without', big(text)],
  ])('is read and cited: %s', async (_, bytes) => {
    const path = join(work, 'x.log');
    writeFileSync(path, bytes);
    const { inputs } = discover([path], work);
    const [input] = inputs;
    if (input === undefined) throw new Error('no input');
    const records = [];
    for await (const batch of readRecords(input, { cut: 'lines', log: newReadLog() })) records.push(...batch);
    expect(records.map((record) => record.text)).toEqual(lines);
    const cited = await readRawLines(
      inputs,
      records.map(({ ref }) => ref),
    );
    expect([...cited.values()]).toEqual(lines);
  });

  it('is the same in UTF-8, however its bytes come', async () => {
    const anyText = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 9 }), async (any, size) => {
        const bytes = little(any);
        const chunks = async function* () {
          for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
        };
        const out: Uint8Array[] = [];
        for await (const chunk of utf8Of(new ByteReader(chunks()), 'utf-16le')) out.push(chunk);
        expect(Buffer.concat(out).toString('utf8')).toBe(any.replace(/^\uFEFF/, ''));
      }),
    );
  });

  it.each(['{"a":1}', 'ab', '', 'a\0\0b'])('is none: %j', (plain) => {
    expect(utf16Of(Buffer.from(plain))).toBeUndefined();
  });
});
