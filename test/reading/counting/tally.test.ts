import { describe, expect, it } from 'vitest';
import { skipped } from '../../../src/core/decoded.ts';
import type { Format } from '../../../src/model/format.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { HandedOver } from '../../../src/reading/counting/handed-over.ts';
import { Tally } from '../../../src/reading/counting/tally.ts';
import type { Recognised } from '../../../src/reading/recognising/recognise.ts';
import { a, b, type File, formatOf, plain, read, record, tallyOf, told } from '../tallies.ts';

describe('every record is counted', () => {
  it('as decoded, skipped for a reason, or failed', () => {
    const report = told(read(tallyOf(), ['a 5', 'a -', 'x', 'a 3', 'a -']));
    expect(report.counts).toEqual([5, 2, 2, 1]);
    expect(report).toMatchObject({
      skipped: { nothing: 2 },
      first: 3,
      last: 5,
      format: 'a',
      roles: ['role of a'],
      mixed: {},
    });
    expect(report.bad).toEqual([{ line: 3, reason: 'not a', text: 'x' }]);
  });

  it('also where nobody knows the file', () => {
    const report = told(read(tallyOf({ format: undefined }), ['a 5', 'x']));
    expect(report.counts).toEqual([2, 0, 0, 2]);
    expect(report.bad[0]?.reason).toBe('unknown format');
    expect(report.roles).toEqual([]);
  });

  it('also where it is too long', () => {
    const tally = tallyOf();
    expect(tally.read(record('a 5', 1, { oversize: true }))).toEqual([]);
    expect(told(tally)).toMatchObject({ counts: [1, 0, 0, 1], bad: [{ reason: 'longer than 64 MiB' }] });
  });

  it('and the first of those that failed are shown, cut where they are long', () => {
    const { bad } = told(
      read(
        tallyOf(),
        Array.from({ length: 7 }, (_, i) => `${i}${'x'.repeat(300)}`),
      ),
    );
    expect(bad.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(bad[0]?.text).toHaveLength(200);
  });

  it('also those that other threads decoded', () => {
    const tally = tallyOf();
    tally.takeAhead(3, [
      ['nothing', 2],
      ['other', 0],
    ]);
    tally.see([4 as Micros, 9 as Micros]);
    expect(told(tally)).toMatchObject({ counts: [5, 3, 2, 0], skipped: { nothing: 2 }, first: 4, last: 9 });
  });
});

describe('a record that the format of its file refuses', () => {
  const lines = ['a 1', 'b 2', 'a 3'];
  it('is read by the one that claims it', () => {
    const report = told(read(tallyOf(), lines));
    expect(report).toMatchObject({ counts: [3, 3, 0, 0], mixed: { a: 2, b: 1 }, roles: ['role of a', 'role of b'] });
  });

  it.each<[string, File]>([
    ['it is hardly sure', { all: [a, formatOf('b', { score: 0.5 })] }],
    ['its records are rows of a table', { all: [a, formatOf('b', { framing: 'csv' })] }],
  ])('fails where %s', (_, file) => expect(told(read(tallyOf(file), lines)).counts).toEqual([3, 2, 0, 1]));

  it('is read by whoever claims it, also where others had claimed some of the head', () => {
    const report = told(read(tallyOf({ others: [formatOf('c')], all: [a, b] }), lines));
    expect(report).toMatchObject({ counts: [3, 3, 0, 0], mixed: { a: 2, b: 1 } });
  });

  it('is read by one that had claimed some of the head, and by the surest', () => {
    const surer = formatOf('b', { score: 0.9, open: () => ({ decode: () => skipped('taken by the surer') }) });
    const sure = formatOf('b', { score: 0.8 });
    for (const others of [
      [sure, surer],
      [surer, sure],
    ])
      expect(told(read(tallyOf({ others, all: [] }), lines)).skipped).toEqual({ 'taken by the surer': 1 });
  });

  it('is cut in its own ways where both are', () => {
    const own = formatOf('a', { framing: 'lines' });
    const file = { format: own, all: [own, formatOf('b', { framing: 'lines' })] };
    expect(told(read(tallyOf(file), lines)).mixed).toEqual({ a: 2, b: 1 });
  });

  const greedy = {
    ...formatOf('greedy', { open: () => ({ decode: () => skipped('greedy') }) }),
    claims: () => ({ score: 0.8, reason: '' }),
  };
  it('is offered to others only, and nobody else is offered any', () =>
    expect(told(read(tallyOf({ all: [a, greedy] }), ['a 1', 'a ?', 'a 3'])).skipped).toEqual({ greedy: 1 }));

  it('is shown to others as JSON where it is some', () => {
    const claims = ({ json }: { json?: unknown }) => ({ score: (json as { b?: number })?.b ?? 0, reason: '' });
    const report = told(read(tallyOf({ all: [a, { ...greedy, claims }] }), ['{"b":1}', '[{"b":1}]', '{"b":1']));
    expect(report).toMatchObject({ skipped: { greedy: 1 }, counts: [3, 0, 1, 2] });
  });

  it('names the roles of all in their order', () =>
    expect(told(read(tallyOf({ format: b }), ['b 1', 'a 2'])).roles).toEqual(['role of a', 'role of b']));

  it('goes on with what another began where nobody claims it', () => {
    const going = { ...formatOf('b'), open: () => plain('{b') } as Format;
    const claims = ({ text }: { text: string }) => ({ score: text === '{b 1' ? 1 : 0, reason: '' });
    const report = told(read(tallyOf({ all: [a, { ...going, claims }] }), ['{b 2', 'a 1', '{b 1', '{b 2', 'b 3']));
    expect(report).toMatchObject({ counts: [5, 3, 0, 2], mixed: { a: 1, b: 2 } });
  });

  it('counts for nobody where nobody takes it', () => {
    const report = told(read(tallyOf(), ['a 1', 'a ?', 'b ?', 'b 2']));
    expect(report).toMatchObject({ counts: [4, 2, 2, 0], mixed: { a: 1, b: 1 } });
  });
});

describe('a record that the format of its file would take though it does not claim it', () => {
  const lax = { ...formatOf('a', { open: () => ({ decode: () => skipped('nothing') }) }) };

  it('is read by the one that claims it, but for those of a kind that nobody claimed often', () => {
    const own = Array.from({ length: 5 }, () => 'a 1');
    const report = told(read(tallyOf({ format: lax, all: [lax, b] }), ['b 1', ...own, 'x', 'b 2']));
    expect(report).toMatchObject({ skipped: { nothing: 6 }, mixed: { a: 6, b: 2 }, counts: [8, 2, 6, 0] });
  });

  it('is not asked about where its kind is the own one', () => {
    let asked = 0;
    const claims = ({ text }: { text: string }) => {
      asked++;
      return { score: text === 'x' ? 1 : 0, reason: '' };
    };
    const other = { ...formatOf('b'), claims };
    const x = Array.from({ length: 100 }, (_, n) => `y ${n}`);
    read(tallyOf({ format: lax, all: [lax, other] }), x);
    expect(asked).toBe(16);
  });

  const greedy = formatOf('a', { open: () => plain('b') });
  it.each<[string, File, Record<string, number>]>([
    ['is its own where no other is known to be there', { all: [greedy, b] }, {}],
    ['is read by another that claimed some of the head', { others: [b] }, { b: 1 }],
  ])('%s where it decodes it', (_, file, mixed) =>
    expect(told(read(tallyOf({ format: greedy, ...file }), ['a 1', 'b 2'])).mixed).toEqual(mixed),
  );
});

describe('a file that goes on where another ended', () => {
  const opened: unknown[] = [];
  const format = {
    ...a,
    open: (_: unknown, held?: unknown) => {
      opened.push(held);
      return plain('a');
    },
  } as Format;
  const begun = (before?: Partial<HandedOver>): Tally => {
    opened.length = 0;
    const recognised = { input: { path: 'x', bytes: 9 }, head: {}, detection: { format, others: [], candidates: [] } };
    const context = { path: 'x', zoneOffsetMin: 0, reference: 0 as Micros };
    return new Tally(recognised as unknown as Recognised, [format], context, before);
  };

  it.each<[string, Partial<HandedOver> | undefined, unknown[], boolean, readonly string[]]>([
    ['takes over what was held', { held: 7 }, [7], false, []],
    ['is read under its headings', { headings: ['a names'] }, [undefined], true, ['a names']],
    ['has none of either', { headings: [] }, [undefined], false, []],
    ['is the first', undefined, [undefined], false, []],
  ])('%s', (_, before, held, isUnderOthers, headings) => {
    const tally = read(begun(before), ['a 1', 'a 2']);
    expect([opened, tally.isUnderOthers]).toEqual([held, isUnderOthers]);
    expect(tally.handOver().headings).toEqual(headings);
    expect(told(tally).counts).toEqual([2, 2, 0, 0]);
  });

  it('hands over headings of its own', () => {
    const tally = read(begun({ headings: ['a names'] }), ['a names', 'a 2']);
    expect([tally.isUnderOthers, tally.handOver().headings]).toEqual([false, ['a names', 'a names']]);
  });
});

describe('a file says why nothing was read of it', () => {
  it.each<[string, File, number, string | undefined]>([
    ['it is empty', { bytes: 0 }, 0, 'empty'],
    ['it holds nothing', { head: { empty: true } }, 9, 'nothing could be read of it'],
    ['nothing came out of it', {}, 0, 'nothing could be read of it'],
    ['nobody knows it', { format: undefined }, 9, 'no format recognises it'],
    ['it is no text', { format: undefined, head: { binary: 'a picture' } }, 9, 'a picture'],
    ['something was', {}, 9, undefined],
  ])('%s', (_, file, bytes, note) => expect(tallyOf(file).report(Promise.resolve(''), bytes).note).toBe(note));
});
