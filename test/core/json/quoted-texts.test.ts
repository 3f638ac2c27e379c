import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QuotedTexts, QuotedWriter } from '../../../src/core/json/quoted-texts.ts';

it('texts of several writers are found by their numbers, whatever was told before (property)', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'x'.repeat(3000)));
  const rounds = fc.array(fc.record({ writer: fc.nat(1), texts: fc.array(text, { maxLength: 9 }) }), { maxLength: 9 });
  fc.assert(
    fc.property(rounds, (all) => {
      const writers = [new QuotedWriter(), new QuotedWriter()];
      const counts = [0, 0];
      const known = new QuotedTexts();
      const expected: (readonly [number, string])[] = [];
      for (const { writer, texts } of all) {
        for (const each of texts) {
          const bytes = Buffer.from(`"${each}"`);
          expect(writers[writer]?.add(bytes, 1, bytes.length - 1)).toBe(counts[writer]);
          counts[writer] = (counts[writer] ?? 0) + 1;
        }
        // As another thread would hand it on.
        const part = structuredClone(writers[writer]?.take());
        if (part === undefined) throw new Error('no part');
        const first = known.add(part);
        for (const [i, each] of texts.entries()) expected.push([first + i, Buffer.from(each).toString()]);
      }
      for (const [number, each] of expected) expect(known.bodyOf(number)).toBe(each);
    }),
  );
});
