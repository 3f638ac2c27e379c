import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spansOf } from '../../src/correlate/spans.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

const edge = fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 100 }) }, { weight: 1, arbitrary: fc.constant(Infinity) });
const span = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 100 }) }, { weight: 1, arbitrary: fc.constant(-Infinity) }),
    edge,
  )
  .map(([from, to]): Span => ({ from, to }));

test('all spans that touch a stretch are found, in their order, and of many few others', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 30 }), fc.nat({ max: 100 }), fc.nat({ max: 20 }), (all, from, length) => {
      const spans = spansOf(
        all,
        (one) => one.from,
        (one) => one.to,
      );
      const to = from + length;
      const found = spans.around(from, to);
      const touching = all.filter((one) => one.from <= to && one.to >= from);
      expect(found.filter((one) => touching.includes(one))).toEqual(touching);
      expect(found).toEqual(all.filter((one) => found.includes(one)));
      if (all.length > 4)
        for (const one of found) expect([one.from <= to + 1, one.to >= from - 1]).toEqual([true, true]);
    }),
    { numRuns: 1000 },
  );
});
