import { expect, it } from 'vitest';
import { mayRun } from '../../src/correlate/exec-text.ts';

it.each([
  ['python3 run.py', '/usr/bin/python3.12', true],
  ['python3.11 run.py', 'python3', true],
  ['nc -z host 1', 'nc', true],
  ['ls; gcc-12 x.c', '/usr/bin/gcc', true],
  ['python3 run.py', 'curl', false],
  ['rsync3x a b', 'rsync', false],
  ['make probe', '12', false],
] as const)('of a program whose arguments are not told: %j may have run %s: %j', (command, text, expected) => {
  expect(mayRun(command, { args: undefined, text })).toBe(expected);
});

it('says of a program whose arguments are told that it is another command', () => {
  expect(mayRun('curl -s a', { args: ['curl', '-s', 'b'], text: 'curl -s b' })).toBe(false);
  expect(mayRun('curl -s a', undefined)).toBe(true);
});
