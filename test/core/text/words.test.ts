import fc from 'fast-check';
import { expect, it } from 'vitest';
import { endOfWord, isWordCode } from '../../../src/core/text/words.ts';

it('ends a word at every blank and nowhere else', () => {
  for (let code = 0; code <= 0xffff; code++) {
    const text = `a${String.fromCharCode(code)}`;
    expect(endOfWord(text, 0), code.toString(16)).toBe(/\s/.test(text) ? 1 : 2);
    expect(isWordCode(code), code.toString(16)).toBe(/\w/.test(String.fromCharCode(code)));
  }
});

it('goes on from where it is told to', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(20), (text, from) => {
      const start = Math.min(from, text.length);
      expect(endOfWord(text, start)).toBe(start + (/^\S*/.exec(text.slice(start))?.[0].length ?? 0));
    }),
  );
});
