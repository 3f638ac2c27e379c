import { expect, it } from 'vitest';
import { remembered } from '../../../src/core/text/remembered.ts';

it('answers for texts it has seen lately without asking again, also where the answer is nothing', () => {
  const asked: string[] = [];
  const length = remembered((text) => {
    asked.push(text);
    return text.length > 1 ? text.length : undefined;
  });
  expect(['ab', 'a', 'ab', 'a'].map(length)).toEqual([2, undefined, 2, undefined]);
  expect(asked).toEqual(['ab', 'a']);
});

it('forgets, and keeps no long texts', () => {
  let asked = 0;
  const count = remembered(() => ++asked);
  for (let i = 0; i < 2_001; i++) count(`text ${i}`);
  expect(count('text 0')).toBe(2_002);
  const long = 'x'.repeat(5_000);
  expect([count(long), count(long)]).toEqual([2_003, 2_004]);
});
