import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Names } from '../../src/core/names.ts';

it('numbers texts as a map would, in the order in which they came (property)', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 2, unit: 'binary' }), { maxLength: 60 }), (texts) => {
      const names = new Names();
      const known = new Map<string, number>();
      for (const text of texts) {
        expect(names.numberOf(text)).toBe(known.get(text));
        if (!known.has(text)) known.set(text, known.size);
        expect(names.add(text)).toBe(known.get(text));
      }
      expect(names.texts).toEqual([...known.keys()]);
      expect(names.length).toBe(known.size);
      for (const [text, number] of known) expect(names.numberOf(text)).toBe(number);
      expect(names.numberOf('none')).toBe(undefined);
    }),
  );
});
