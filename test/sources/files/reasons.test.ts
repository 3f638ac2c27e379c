import { expect, it } from 'vitest';
import { reasonOf, reasonOfCode } from '../../../src/sources/files/reasons.ts';

const failed = (code?: string): Error => Object.assign(new Error('open failed'), code && { code });

it.each<[string, unknown, string]>([
  ['a file that is gone', failed('ENOENT'), 'it is not there'],
  ['a code without words', failed('EXDEV'), 'open failed'],
  ['a code that is no own member', failed('toString'), 'open failed'],
  ['no code', failed(), 'open failed'],
  ['no error', 'stopped', 'stopped'],
])('the reason of %s', (_, error, reason) => expect(reasonOf(error)).toBe(reason));

it.each([
  ['ENOSPC', 'no room is left on the disk'],
  ['EXDEV', 'EXDEV'],
])('%s in words', (code, reason) => expect(reasonOfCode(code)).toBe(reason));
