import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import { AttributionLines } from '../../src/report/json/ahead.ts';

it('writes the same lines, each once, however many are written ahead (property)', () => {
  const attributions = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 40 });
  fc.assert(
    fc.property(attributions, fc.constantFrom(0, 300_000, 1e9), fc.constantFrom(1, 20_000), (ids, mostBytes, times) => {
      const all = ids.map((reason) => ({ reason }) as Attribution);
      let written = 0;
      const lines = new AttributionLines(({ reason }) => {
        written++;
        return reason.repeat(times);
      });
      while (lines.writeAhead(all, mostBytes));
      expect(written).toBe(mostBytes === 0 ? 0 : mostBytes === 1e9 ? all.length : written);
      expect([...lines.lines(all)].join('')).toBe(ids.map((id) => `${id.repeat(times)}\n`).join(''));
      expect(written).toBe(all.length);
    }),
  );
});
