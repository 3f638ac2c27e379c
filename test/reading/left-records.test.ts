import { describe, expect, it } from 'vitest';
import { decoded } from '../../src/core/decoded.ts';
import type { Event } from '../../src/model/event.ts';
import type { Decoder } from '../../src/model/format.ts';
import type { RawRecord } from '../../src/model/source.ts';
import { eventAt, formatOf, read, record, skimmed, tallyOf, told } from './tallies.ts';

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

  it('ends the span by the last of what was read and left', () => {
    const late = read(tallyOf(), ['a 1', 'a 9'], ({ time }) => time.at === 1);
    late.leave(skimmed(1, [], { line: 0, text: 'a 5' }), 3);
    expect(told(late).last).toBe(5);
  });

  it('ends the span by the last line, however late it is read', () => {
    const tally = read(tallyOf(), ['a 1']);
    for (const line of [6, 4]) tally.note(tally.read(record(`a ${line}`, line)), [], line);
    expect(told(tally).last).toBe(6);
  });

  it('does not end the span where something stands behind it that tells nothing', () => {
    const looked = read(tallyOf(), ['a 1']);
    looked.leave(skimmed(1, [], { line: 0, text: 'a 9' }), 2);
    looked.note(looked.read(record('a -', 3)), [], 3);
    const all = read(tallyOf(), ['a 1', 'a 9', 'a -'], ({ time }) => time.at === 1);
    expect([told(looked).last, told(all).last]).toEqual([1, 1]);
  });

  it('is in no span where it tells no time', () =>
    expect(told(read(tallyOf(), ['a 1', 'a never']))).toMatchObject({ first: 1, last: 1, counts: [2, 2, 0, 0] }));

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
  /** Three lines make one event, and the last ones are held back. */
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
        made = held.length < 3 ? [] : [3];
        return decoded(...(held.length < 3 ? [] : flush()));
      },
      flush: () => {
        made = [held.length];
        return flush();
      },
      made: () => made,
      held: () => held,
    };
  };
  const file = { format: formatOf('g', { open: grouping }) };

  it('are left or kept together', () => {
    const tally = read(tallyOf(file), ['1', '2', '3', '4', '5', '6'], ({ time }) => time.at === 6);
    expect([told(tally).counts, tally.kept]).toEqual([[6, 3, 3, 0], 3]);
  });

  it.each([
    ['kept', true, [5, 5, 0, 0], 5],
    ['left', false, [5, 3, 2, 0], 3],
  ])('and held back to the end are %s then', (_, isKept, counts, kept) => {
    const tally = read(tallyOf(file), ['1', '2', '3', '4', '5']);
    const report = told(tally, (events) => (isKept ? events : []));
    expect([report.counts, tally.kept, report.last]).toEqual([counts, kept, 5]);
  });

  it('and left end the span though they are few', () => {
    const tally = read(tallyOf(file), ['1', '2', '3']);
    tally.leave(skimmed(2, [], { line: 1, text: '8\n9' }), 4);
    expect(told(tally).last).toBe(9);
  });

  it('go to the next piece of the log instead', () => {
    const tally = read(tallyOf(file), ['1', '2', '3', '4']);
    expect(tally.handOver()).toMatchObject({ from: 'x', held: [{ text: '4' }], headings: [] });
    expect(tally.flush()).toEqual([]);
  });

  it('are held back by formats that count none of them', () => {
    const holding = (): Decoder => ({ decode: () => decoded(), flush: () => [eventAt(7, 1), eventAt(8, 2)] });
    const tally = read(tallyOf({ format: formatOf('h', { open: holding }) }), ['1', '2']);
    expect(tally.flush((events) => events.slice(1))).toHaveLength(1);
    expect([tally.kept, tally.report(Promise.resolve(''), 9).first]).toEqual([1, 7]);
  });
});
