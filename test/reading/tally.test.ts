import { describe, expect, it } from 'vitest';
import { decoded, failed, foreign, skipped } from '../../src/core/decoded.ts';
import type { Event } from '../../src/model/event.ts';
import type { Decoder, Format } from '../../src/model/format.ts';
import type { Skimmed } from '../../src/model/skimmed.ts';
import type { RawRecord } from '../../src/model/source.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Recognised } from '../../src/reading/recognise.ts';
import { Tally } from '../../src/reading/tally.ts';

const eventAt = (second: number, line: number, basis = 'event'): Event =>
  ({ kind: 'network', time: { at: second, basis }, ref: { source: 'x', line, offset: 0, bytes: 0 } }) as Event;

/** A decoder of lines `ID SECOND`, `ID -` of which nothing is made, and `ID ?` which are another program's. */
const plain = (id: string): Decoder => ({
  decode: ({ text, ref }) => {
    const [own, what = ''] = text.split(' ');
    if (own !== id) return failed(`not ${id}`);
    if (what === '-') return skipped('nothing');
    if (what === 'names') return skipped('header');
    return what === '?' ? foreign() : decoded(eventAt(Number(what), ref.line));
  },
});

/** `score`: how sure it is of lines that begin with its id. */
const formatOf = (id: string, { score = 1, framing = 'auto', open = () => plain(id) }: Partial<Fake> = {}): Format =>
  ({
    id,
    roles: [`role of ${id}`],
    framing,
    open,
    claims: ({ text }: { text: string }) => ({ score: text.startsWith(id) ? score : 0, reason: '' }),
  }) as unknown as Format;

interface Fake {
  readonly score: number;
  readonly framing: string;
  readonly open: () => Decoder;
}

const a = formatOf('a');
const b = formatOf('b');

interface File {
  readonly format?: Format | undefined;
  readonly others?: readonly Format[];
  readonly all?: readonly Format[];
  readonly bytes?: number;
  readonly head?: Partial<Recognised['head']>;
}

const tallyOf = (file: File = {}): Tally => {
  const { others = [], all = [a, b], bytes = 9, head = {} } = file;
  const format = 'format' in file ? file.format : a;
  const recognised = { input: { path: 'x', bytes }, head, detection: { format, others, candidates: [] } };
  return new Tally(recognised as unknown as Recognised, all, { path: 'x', zoneOffsetMin: 0, reference: 0 as Micros });
};

const record = (text: string, line: number, more: Partial<RawRecord> = {}): RawRecord => ({
  text,
  ref: { source: 'x', line, offset: 0, bytes: 0 },
  ...more,
});

/** Reads lines, of which it keeps the events that `keeps` wants. */
function read(tally: Tally, lines: readonly string[], keeps: (event: Event) => boolean = () => true): Tally {
  for (const [i, text] of lines.entries()) {
    const events = tally.read(record(text, i + 1));
    tally.note(events, events.filter(keeps), i + 1);
  }
  return tally;
}

function told(tally: Tally, keep?: (events: readonly Event[]) => readonly Event[]) {
  tally.flush(keep);
  const { sha256: _, ...report } = tally.report(Promise.resolve(''), 9);
  const { read, decoded, skipped, failed } = report.records;
  return { ...report, counts: [read, decoded, skipped, failed] };
}

/** Lines behind `firstLine` of which all but those in `read` were left. */
const skimmed = (lines: number, read: readonly number[], lastLeft?: Skimmed['lastLeft']): Skimmed =>
  ({ lines, read: Uint32Array.from(read.flatMap((line) => [line, 0, 0])), lastLeft }) as unknown as Skimmed;

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
    ['its records are cut in other ways', { all: [a, formatOf('b', { framing: 'lines' })] }],
    ['others had claimed some of the head', { others: [formatOf('c')], all: [a, b] }],
  ])('fails where %s', (_, file) => expect(told(read(tallyOf(file), lines)).counts).toEqual([3, 2, 0, 1]));

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

  it('counts for nobody where nobody takes it', () => {
    const report = told(read(tallyOf(), ['a 1', 'a ?', 'b ?', 'b 2']));
    expect(report).toMatchObject({ counts: [4, 2, 2, 0], mixed: { a: 1, b: 1 } });
  });
});

describe('what cannot bear on a violation', () => {
  it('counts as left, whether it was read for that or not', () => {
    const looked = tallyOf();
    read(looked, ['a 1']);
    looked.leave(skimmed(4, [2], { line: 3, text: 'a 9' }), 2);
    const all = read(tallyOf(), ['a 1', 'a 2', 'a 3', 'a 9'], ({ time }) => time.at === 1);
    const reports = [told(looked), told(all)];
    for (const report of reports)
      expect(report).toMatchObject({ counts: [4, 1, 3, 0], skipped: { 'out of reach': 3 }, first: 1, last: 9 });
    expect([looked.kept, all.kept]).toEqual([1, 1]);
  });

  it('is no reason where nothing was', () => {
    const tally = read(tallyOf(), ['a 1']);
    tally.leave(skimmed(2, [0, 1]), 2);
    expect(told(tally).skipped).toEqual({});
  });

  it('is of the format of the file where there are several', () => {
    const tally = read(tallyOf(), ['a 1', 'b 2']);
    tally.leave(skimmed(4, []), 3);
    expect(told(tally).mixed).toEqual({ a: 5, b: 1 });
  });

  it('begins the span where nothing else does, and ends it where nothing stands behind it', () => {
    const keeps = ({ time }: Event): boolean => time.at === 5;
    expect(told(read(tallyOf(), ['a 1', 'a 5', 'a 9', 'a 7'], keeps))).toMatchObject({ first: 1, last: 7 });
    expect(told(read(tallyOf(), ['a 6', 'a 9', 'a 5'], keeps))).toMatchObject({ first: 5, last: 6 });
  });

  it('ends the span by its last line, unless another was read behind it', () => {
    const left = (behind: number): unknown => {
      const tally = tallyOf();
      read(tally, ['a 1']);
      tally.leave(skimmed(4, [], { line: 3, text: 'x\na 9' }), 2);
      const events = tally.read(record('a 2', behind));
      tally.note(events, events, behind);
      return told(tally).last;
    };
    expect([left(4), left(5), left(6)]).toEqual([9, 9, 2]);
  });
});

describe('records that are one event', () => {
  /** Two lines make one event, and the last is held back. */
  const grouping = (): Decoder => {
    const held: RawRecord[] = [];
    const flush = (): readonly Event[] =>
      held
        .splice(0)
        .slice(-1)
        .map(({ text, ref }) => eventAt(Number(text), ref.line));
    let made: readonly number[] = [];
    return {
      decode: (one) => {
        held.push(one);
        made = held.length < 2 ? [] : [2];
        return decoded(...(held.length < 2 ? [] : flush()));
      },
      flush: () => {
        made = held.map(() => 1);
        return flush();
      },
      made: () => made,
      held: () => held,
    };
  };
  const file = { format: formatOf('g', { open: grouping }) };

  it('are left or kept together', () => {
    const tally = read(tallyOf(file), ['1', '2', '3', '4'], ({ time }) => time.at === 4);
    expect([told(tally).counts, tally.kept]).toEqual([[4, 2, 2, 0], 2]);
  });

  it.each([
    ['kept', true, [3, 3, 0, 0], 3],
    ['left', false, [3, 2, 1, 0], 2],
  ])('and held back to the end are %s then', (_, isKept, counts, kept) => {
    const tally = read(tallyOf(file), ['1', '2', '3']);
    const report = told(tally, (events) => (isKept ? events : []));
    expect([report.counts, tally.kept, report.last]).toEqual([counts, kept, 3]);
  });

  it('go to the next piece of the log instead', () => {
    const tally = read(tallyOf(file), ['1', '2', '3']);
    expect(tally.handOver()).toMatchObject({ from: 'x', held: [{ text: '3' }], headings: [] });
    expect(tally.flush()).toEqual([]);
  });

  it('are held back by formats that count none of them', () => {
    const holding = (): Decoder => ({ decode: () => decoded(), flush: () => [eventAt(7, 1), eventAt(8, 2)] });
    const tally = read(tallyOf({ format: formatOf('h', { open: holding }) }), ['1', '2']);
    expect(tally.flush((events) => events.slice(1))).toHaveLength(1);
    expect([tally.kept, tally.report(Promise.resolve(''), 9).first]).toEqual([1, 7]);
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
