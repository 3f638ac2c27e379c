import { describe, expect, it } from 'vitest';
import { behindWord, freeNumbers, freeWords } from '../../src/core/line-template.ts';

const digits = (count = 0) => ({ kind: 'digits', use: 'free', count });
const word = { kind: 'field', use: 'free', stop: ' ', most: 0 };

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

  it('words end with a space or with the line', () => {
    expect([behindWord('ab c', 0), behindWord('ab c', 3)]).toEqual([2, 4]);
  });
});
