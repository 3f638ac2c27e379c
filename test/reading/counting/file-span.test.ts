import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import type { DecodeContext, Format } from '../../../src/model/format.ts';
import { FileSpan } from '../../../src/reading/counting/file-span.ts';

const at = (...moments: readonly number[]): Event[] =>
  moments.map((moment) => ({ time: { at: moment, basis: moment === 0 ? 'none' : 'packet' } }) as unknown as Event);

/** Of a line `5` an event at that moment, of `-` none, of `+` one at 99 when the file ends. */
const format = {
  open() {
    let held: Event[] = [];
    return {
      decode({ text }: { text: string }) {
        if (text === '+') held = at(99);
        return text === '-' || text === '+'
          ? { status: 'skipped', reason: 'x' }
          : { status: 'decoded', events: at(Number(text)) };
      },
      flush: () => held,
    };
  },
} as unknown as Format;

type Step =
  | { readonly event: readonly number[] }
  | { readonly drop: readonly number[] }
  | { readonly line: number; readonly dropped: readonly number[] }
  | { readonly line: number; readonly left: string };

function take(step: Step, span: FileSpan): void {
  if ('event' in step) span.add(at(...step.event));
  else if ('drop' in step) span.drop(at(...step.drop));
  else if ('left' in step) span.leave({ text: step.left, line: step.line });
  else span.follow(at(...step.dropped), step.line);
}

describe('from the first to the last time of a file', () => {
  const event = (...moments: readonly number[]) => ({ event: moments });
  it.each<[string, readonly Step[], readonly (number | undefined)[]]>([
    ['is that of its events in any order, those without a time left aside', [event(5, 0, 3, 9, 7)], [3, 9]],
    ['is none where none has a time', [event(0)], [undefined, undefined]],
    ['begins with events that were dropped', [{ drop: [4] }, event(6)], [4, 6]],
    ['and with nothing that was dropped later', [event(6), { drop: [2, 8] }], [6, 6]],
    ['ends with events that were dropped last', [event(6), { line: 2, dropped: [8] }], [6, 8]],
    ['and with no others that were dropped', [event(6), { line: 2, dropped: [8] }, { line: 3, dropped: [] }], [6, 6]],
    ['ends with a line that was left last', [event(6), { line: 2, left: '9' }], [6, 9]],
    ['with what several lines held', [event(6), { line: 2, left: '7\n+' }], [6, 99]],
    ['not with one before a record', [event(6), { line: 2, left: '9' }, { line: 3, dropped: [] }], [6, 6]],
    ['but with one behind it', [event(6), { line: 4, left: '9' }, { line: 3, dropped: [8] }], [6, 9]],
    [
      'not with records before a line',
      [
        { line: 3, dropped: [8] },
        { line: 4, left: '5' },
      ],
      [5, 5],
    ],
    ['and the first line counts', [{ line: 1, dropped: [8] }], [8, 8]],
  ])('%s', (_, steps, expected) => {
    const span = new FileSpan();
    for (const step of steps) take(step, span);
    span.close(format, { path: 'a.log' } as DecodeContext);
    expect([span.first, span.last]).toEqual(expected);
  });

  it('says nothing of lines of no format', () => {
    const span = new FileSpan();
    span.leave({ text: '9', line: 2 });
    span.close(undefined, { path: 'a.log' } as DecodeContext);
    expect([span.first, span.last]).toEqual([undefined, undefined]);
  });
});
