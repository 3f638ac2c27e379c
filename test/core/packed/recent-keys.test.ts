import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyRing } from '../../../src/core/packed/key-ring.ts';
import { RecentKeys } from '../../../src/core/packed/recent-keys.ts';
import { forgetOldest } from '../../../src/core/tools/tool-call.ts';

it('the keys put in last have places of their own, as in a map that forgets its oldest (property)', () => {
  const word = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(0xffffffff, 0x80000000));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.tuple(word, fc.nat({ max: 150 })), { maxLength: 600 }),
      (limit, list) => {
        const keys = new RecentKeys(2, limit);
        const values: number[] = [];
        const map = new Map<string, number>();
        for (const [n, key] of list.entries()) {
          const name = key.join('/');
          const place = keys.put(Uint32Array.of(7, ...key), 1);
          expect(keys.wasNew).toBe(!map.has(name));
          expect(place).toBeLessThan(2 * limit);
          values[place] = n;
          map.set(name, n);
          forgetOldest(map, limit);
          const other = list[(n * 7) % list.length] ?? [0, 0];
          const found = keys.find(Uint32Array.from(other), 0);
          expect(found < 0 ? undefined : values[found]).toBe(map.get(other.join('/')));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('of keys put in one behind the other the last of equal ones is found, as long as it is among the last (property)', () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 150 }), fc.boolean()), { maxLength: 600 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), steps, (limit, list) => {
      const ring = new KeyRing(1, limit, 1);
      const all: number[] = [];
      for (const [n, [key, isAsked]] of list.entries()) {
        ring.setValue(ring.append(Uint32Array.of(key), 0), 0, n);
        all.push(key);
        const other = (key * 7) % 151;
        if (!isAsked) continue;
        const last = all.lastIndexOf(other);
        const found = ring.find(Uint32Array.of(9, other), 1);
        expect(found < 0 ? -1 : ring.value(found, 0)).toBe(last < all.length - limit ? -1 : last);
      }
    }),
    { numRuns: 300 },
  );
});
