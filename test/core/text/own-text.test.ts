import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownText } from '../../../src/core/text/own-text.ts';

it('a copy of a text is the same text (property)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(ownText(text)).toBe(text);
    }),
  );
});
