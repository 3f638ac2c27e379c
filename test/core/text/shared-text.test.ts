import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sharingTexts } from '../../../src/core/text/shared-text.ts';

it('gives every text as it is, also where texts end alike or are long (property)', () => {
  const shared = sharingTexts();
  const beginning = fc.constantFrom('', 'a-', 'b-', 'a'.repeat(300), 'b'.repeat(300));
  const ending = fc.constantFrom('', '0', '12345678', 'é', '\u{1f600}');
  fc.assert(
    fc.property(beginning, ending, (begins, ends) => {
      expect(shared(begins + ends)).toBe(begins + ends);
    }),
  );
});
