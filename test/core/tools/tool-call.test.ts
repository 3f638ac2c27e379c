import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallCounter, forgetOldest } from '../../../src/core/tools/tool-call.ts';

describe('a map that forgets', () => {
  it('drops the entry put in first, also where entries were removed and put in again', () => {
    const step = fc.record({ key: fc.nat({ max: 12 }), again: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 6 }), (steps, limit) => {
        const map = new Map<string, number>();
        let expected: string[] = [];
        for (const [i, { key, again }] of steps.entries()) {
          const name = String(key);
          if (again) map.delete(name);
          if (again) expected = expected.filter((known) => known !== name);
          map.set(name, i);
          if (!expected.includes(name)) expected.push(name);
          forgetOldest(map, limit);
          expected = expected.slice(-limit);
          expect([...map.keys()]).toEqual(expected);
        }
      }),
    );
  });
});

describe('the order of calls inside their episode', () => {
  it('is counted by episode; the episode idle for longest is forgotten', () => {
    const counter = new CallCounter(2);
    const count = (...ids: readonly string[]): readonly number[] => ids.map((id) => counter.next(id));
    expect(count('a', 'a', 'b', 'a', 'a')).toEqual([0, 1, 0, 2, 3]);
    // b has been idle for longer than a.
    expect(count('c', 'a', 'b')).toEqual([0, 4, 0]);
    // Then c was.
    expect(count('a', 'c', 'c')).toEqual([5, 0, 1]);
  });
});
