import { describe, expect, it } from 'vitest';
import {
  behindWord,
  freeNumbers,
  freeStamp,
  freeWords,
  freeWordsWithout,
} from '../../../src/core/looks/line-template.ts';
import type { TemplatePart } from '../../../src/model/template.ts';

const digits = (count = 0) => ({ kind: 'digits', use: 'free', count });
const word = { kind: 'field', use: 'free', stop: ' ', most: 0 };

/** Literals next to each other are one. */
function joined(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const out: TemplatePart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (!('literal' in part)) out.push(part);
    else if (last !== undefined && 'literal' in last) out[out.length - 1] = { literal: last.literal + part.literal };
    else if (part.literal !== '') out.push(part);
  }
  return out;
}

describe('templates of lines of words', () => {
  it('leave numbers open, of any length or of as many digits', () => {
    expect(freeNumbers('[12.5] a')).toEqual([
      { literal: '[' },
      digits(),
      { literal: '.' },
      digits(),
      { literal: '] a' },
    ]);
    expect(freeNumbers('23:x', { isExact: true })).toEqual([{ literal: '' }, digits(2), { literal: ':x' }]);
  });

  it('leave values open, but for words without a name or without a value', () => {
    expect(freeWords(' DF ID=7 MAC= A=b=c')).toEqual([
      { literal: ' DF ID=' },
      word,
      { literal: ' MAC= A=' },
      word,
      { literal: '' },
    ]);
  });

  it('leave words open that cannot be the one that is looked for, and of others the value', () => {
    const without = { kind: 'field', use: 'free', stop: ' ', refused: 'P' };
    expect(joined(freeWordsWithout('P', ' DF PREC=0  ID=7 A=P B'))).toEqual([
      { literal: ' ' },
      without,
      { literal: ' PREC=' },
      without,
      { literal: '  ' },
      without,
      { literal: ' A=P ' },
      without,
    ]);
  });

  it('leave the digits of a stamp open, but not those of its year, month and zone', () => {
    expect(joined(freeStamp('2026-11-23T20:00:00.5+00:00 fw1 '))).toEqual([
      { literal: '2026-11-' },
      digits(2),
      { literal: 'T' },
      digits(2),
      { literal: ':' },
      digits(2),
      { literal: ':' },
      digits(2),
      { literal: '.' },
      digits(1),
      { literal: '+00:00 fw' },
      digits(1),
      { literal: ' ' },
    ]);
    for (const other of ['<4>Nov 23 20:00:00 fw ', 'Nov\t23 20:00\n', '2026-11-23 20:00:00+00:0 fw ', ''])
      expect(joined(freeStamp(other))).toEqual(joined(freeNumbers(other, { isExact: true })));
  });

  it('words end with a space or with the line', () => {
    expect([behindWord('ab c', 0), behindWord('ab c', 3)]).toEqual([2, 4]);
  });
});
