import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipColumns, columns, wholeWords, wrap } from '../../../src/core/text/display-width.ts';

describe('columns', () => {
  it.each([
    ['curl', 4],
    ['训练任务', 8],
    ['ｆｕｌｌ', 8],
    ['ハﾝ', 3],
    ['한글', 4],
    ['cafe\u0301', 4],
    ['naïve', 5],
    ['🚀', 2],
    ['■ proven …', 10],
    ['𠮷', 2],
  ])('of %j are %i', (text, expected) => {
    expect(columns(text)).toBe(expected);
  });
});

describe('wholeWords', () => {
  it.each([
    ['fits as it is', 20, 'fits as it is'],
    ['ends before a word that does not fit', 20, 'ends before a word'],
    ['ends behind a word', 12, 'ends behind'],
    ['10.70.0.11:56394-before-translation', 16, '10.70.0.11:56394'],
    ['训练任务', 5, '训练'],
    [' indented', 3, ' in'],
  ])('of %j in %i columns', (text, width, expected) => {
    expect(wholeWords(text, width)).toBe(expected);
  });
});

it.each([
  ['训练任务', 8, '训练任务'],
  ['训练任务', 7, '训练任…'],
  ['训练任务', 6, '训练…'],
  ['cafe\u0301s', 4, 'caf…'],
  ['🚀🚀🚀', 4, '🚀…'],
])('clipColumns of %j in %i', (text, width, expected) => {
  expect(clipColumns(text, width)).toBe(expected);
});

it.each<[string, number, readonly string[]]>([
  ['one two three', 13, ['one two three']],
  ['one two three', 12, ['one two', 'three']],
  ['one two three', 7, ['one two', 'three']],
  ['one two', 3, ['one', 'two']],
  ['abcdefg', 3, ['abc', 'def', 'g']],
  ['a bcdef', 3, ['a', 'bcd', 'ef']],
  ['训练 任务', 5, ['训练', '任务']],
  ['🚀 a', 1, ['🚀', 'a']],
  ['', 5, ['']],
])('wrap of %j in %i', (text, width, lines) => expect(wrap(text, width)).toEqual(lines));

it('wrap keeps every character whole and with its marks, and every line within the width (property)', () => {
  const character = fc.constantFrom('a', ' ', '-', '训', '🚀', '𠮷', 'e\u0301', 'ｆ');
  const texts = fc.array(character, { maxLength: 60 }).map((list) => list.join(''));
  fc.assert(
    fc.property(texts, fc.integer({ min: 2, max: 20 }), (text, width) => {
      const lines = wrap(text, width);
      for (const line of lines) {
        expect(columns(line)).toBeLessThanOrEqual(width);
        expect(line).not.toMatch(/^\u0301|[\ud800-\udbff]$|^[\udc00-\udfff]/);
      }
      expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
    }),
  );
});
