import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { discover } from '../../../src/sources/files/discover.ts';
import { linesAt, linesWithin } from '../../../src/sources/records/lines-at.ts';
import { newReadLog } from '../../../src/sources/records/read.ts';
import { readRecords } from '../../../src/sources/records/read-records.ts';
import { newFolder } from '../files.ts';

const dir = newFolder();

function inputOf(name: string) {
  const [input] = discover([join(dir, name)], dir).inputs;
  if (input === undefined) throw new Error(`${name} is not there`);
  return input;
}

async function recordsOf(name: string) {
  const records = [];
  for await (const batch of readRecords(inputOf(name), { cut: 'lines', log: newReadLog() })) records.push(...batch);
  return records;
}

describe('single lines of a file', () => {
  it('are those that reading all of it gives (property)', async () => {
    const line = fc.oneof(fc.string({ maxLength: 40 }), fc.constant('x'.repeat(40_000)), fc.constant('müll €'));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 30 }), fc.constantFrom('\n', '\r\n'), async (lines, end) => {
        writeFileSync(join(dir, 'some.log'), lines.map((text) => text.replace(/[\r\n]/g, ' ') + end).join(''));
        const records = await recordsOf('some.log');
        const places = records.map(({ ref }) => ({ ...ref, lines: 1 })).filter((_, i) => i % 3 !== 1);
        const found = [...linesAt(inputOf('some.log'), places, () => expect.unreachable())];
        expect(found.map(({ record }) => record)).toEqual(records.filter((_, i) => i % 3 !== 1));
      }),
      { numRuns: 50 },
    );
  });

  it('are the same of chunks that come one after the other, wherever these end (property)', async () => {
    const line = fc.oneof(fc.string({ maxLength: 20 }), fc.constant('müll €'), fc.constant(''));
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(line), sizes, fc.constantFrom('\n', '\r\n'), async (lines, cuts, end) => {
        const bytes = Buffer.from(lines.map((text) => text.replace(/[\r\n]/g, ' ') + end).join(''));
        writeFileSync(join(dir, 'cut.log'), bytes);
        // All stand in the same memory, one after the other.
        const memory = Buffer.alloc(30);
        const chunks = async function* () {
          for (let at = 0, n = 0; at < bytes.length; at += cuts[n % cuts.length] ?? 1, n++)
            yield memory.subarray(0, bytes.copy(memory, 0, at, at + (cuts[n % cuts.length] ?? 1)));
        };
        const records = (await recordsOf('cut.log')).filter((_, i) => i % 3 !== 1);
        const places = records.map(({ ref }) => ({ ...ref, lines: 1 }));
        const found = [];
        const path = inputOf('cut.log').path;
        for await (const { record } of linesWithin({ path, chunks: chunks() }, places, () => expect.unreachable()))
          found.push(record);
        expect(found).toEqual(records);
      }),
    );
  });

  it('of chunks are missed, and said to be, where no line begins any more', async () => {
    const chunks = (async function* () {
      yield Buffer.from('one\ntw');
      yield Buffer.from('o\nthree');
    })();
    let moved = 0;
    const places = [3, 4, 8, 90].map((offset, i) => ({ line: i + 1, offset, lines: 1 }));
    const found = [];
    for await (const { record } of linesWithin({ path: 'x', chunks }, places, () => moved++)) found.push(record.text);
    expect([found, moved]).toEqual([['two', 'three'], 2]);
  });

  it('are the same however near to each other they lie', async () => {
    const length = fc.integer({ min: 0, max: 300 });
    const gap = fc.constantFrom(1, 1, 2, 5, 50, 300);
    await fc.assert(
      fc.asyncProperty(fc.array(length, { minLength: 3000, maxLength: 4000 }), gap, async (lengths, every) => {
        writeFileSync(join(dir, 'many.log'), lengths.map((n) => `${'y'.repeat(n)}\n`).join(''));
        const records = (await recordsOf('many.log')).filter((_, i) => i % every === 0 || i % 1000 < 50);
        const places = records.map(({ ref }) => ({ ...ref, lines: 1 }));
        const found = [...linesAt(inputOf('many.log'), places, () => expect.unreachable())];
        expect(found.map(({ record }) => record)).toEqual(records);
      }),
      { numRuns: 10 },
    );
  });

  it('are followed by as many as a place says', () => {
    writeFileSync(join(dir, 'follow.log'), 'one\r\ntwo\nthree\nfour');
    const places = [{ line: 2, offset: 5, lines: 3 }];
    const found = [...linesAt(inputOf('follow.log'), places, () => expect.unreachable())];
    expect(found.map(({ record: { text, ref } }) => [text, ref.line, ref.offset])).toEqual([
      ['two', 2, 5],
      ['three', 3, 9],
      ['four', 4, 15],
    ]);
  });

  it('are left out where the file was changed since, and that is told', () => {
    writeFileSync(join(dir, 'changed.log'), 'one\ntwo\nthree\n');
    const input = inputOf('changed.log');
    truncateSync(join(dir, 'changed.log'), 4);
    appendFileSync(join(dir, 'changed.log'), 'twofold');
    let moved = 0;
    const places = [4, 8, 40].map((offset, i) => ({ line: i + 2, offset, lines: 1 }));
    const found = [...linesAt(input, places, () => moved++)];
    expect(found.map(({ record }) => record.text)).toEqual(['twofold']);
    expect(moved).toBe(2);
  });
});
