import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { isUniqueId, isUniqueInBytes } from '../../../src/core/tools/unique-id.ts';

describe('an id is one call wherever it stands', () => {
  it.each<[string, string, boolean]>([
    ['hexadecimal digits', 'call_0123abcd', true],
    ['too few of them', 'call_0123abc_d', false],
    ['capitals among them', 'call_0123ABCD', false],
    ['letters and digits', 'call_ghijklmnopqrSTUV', true],
    ['too few of them', 'call_ghijklmnopqrSTU', false],
    ['words that are joined', 'tool_use_of_the_shell', false],
    ['words with signs between', 'ghij[klmn]opqr^stuv`xyz', false],
    ['words between others', 'ghij@klmn{opqr/stuv:xyz', false],
    ['letters beyond hexadecimal ones', 'aaaaaaag', false],
    ['a number', 'call_12345678', true],
    ['less than eight characters', '1234567', false],
  ])('%s: %s', (_, id, expected) => {
    expect(isUniqueId(id)).toBe(expected);
    for (let cut = 0; cut <= id.length; cut++) {
      const [before, bytes] = [Buffer.from(id.slice(0, cut)), Buffer.from(`x${id.slice(cut)}0`)];
      expect(isUniqueInBytes(bytes, 1, bytes.length - 1, before)).toBe(expected);
    }
  });
});
