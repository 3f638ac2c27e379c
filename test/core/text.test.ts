import { describe, expect, it } from 'vitest';
import { wholeWords } from '../../src/core/text.ts';

describe('wholeWords', () => {
  it.each([
    ['fits as it is', 20, 'fits as it is'],
    ['ends before a word that does not fit', 20, 'ends before a word'],
    ['ends behind a word', 12, 'ends behind'],
    ['10.70.0.11:56394-before-translation', 16, '10.70.0.11:56394'],
  ])('of %j in %i characters', (text, width, expected) => {
    expect(wholeWords(text, width)).toBe(expected);
  });
});
