import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OpenEvents } from '../../src/formats/auditd/open-events.ts';

const LIMIT = 64;
const step = fc.record({
  does: fc.oneof({ weight: 8, arbitrary: fc.constant('set') }, fc.constantFrom('get', 'delete', 'clear')),
  serial: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 120 }) }, fc.constant(2 ** 60)),
  node: fc.constantFrom('', 'a'),
});

it('open events are known as by a map that drops what was put in first (property)', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const open = new OpenEvents<number>();
      const map = new Map<string, number>();
      for (const [n, { does, serial, node }] of steps.entries()) {
        const name = `${node} ${serial}`;
        if (does === 'get') expect(open.get(serial, name)).toBe(map.get(name));
        else if (does === 'delete') {
          expect(open.delete(serial, name)).toBe(map.get(name));
          map.delete(name);
        } else if (does === 'clear' && n % 9 === 0) {
          expect(open.clear()).toEqual([...map.values()]);
          map.clear();
        } else {
          map.set(name, n);
          const [oldest] = map.size > LIMIT ? map.keys() : [];
          expect(open.set(serial, name, n)).toBe(oldest === undefined ? undefined : map.get(oldest));
          map.delete(oldest ?? '');
        }
      }
      expect(open.clear()).toEqual([...map.values()]);
    }),
  );
});
