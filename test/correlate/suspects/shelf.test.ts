import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openSameFacts, openShelf, sameFacts } from '../../../src/correlate/suspects/shelf.ts';
import type { Fact, Suspect } from '../../../src/model/case.ts';

const REFS = [1, 2].map((line) => ({ source: 's', line, offset: 0, bytes: 1 }));

const facts: fc.Arbitrary<readonly Fact[]> = fc.array(
  fc.record<Fact>({
    code: fc.constantFrom('lease', 'time-in-call'),
    strength: fc.constantFrom('only', 'inside'),
    says: fc.constantFrom('one', 'other'),
    trust: fc.constantFrom('outside', 'agent-writable'),
    refs: fc.subarray(REFS),
  }),
  { maxLength: 2 },
);

const made = (key: string, list: readonly Fact[]): Suspect => ({
  key,
  kind: 'call',
  episode: { id: key },
  facts: list,
});

test('what the shelf gives equals what would be made, however full it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), facts)),
      fc.integer({ min: 1, max: 4 }),
      (all, most) => {
        const shelf = openShelf(most);
        for (const [key, list] of all) expect(shelf.one(key, list, () => made(key, list))).toEqual(made(key, list));
      },
    ),
  );
});

test('facts are the same exactly where they read the same', () => {
  fc.assert(
    fc.property(facts, facts, (a, b) => {
      expect(sameFacts(a, b)).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});

test('equal facts share a suspect, and the shelf forgets', () => {
  const list = (): readonly Fact[] => [
    { code: 'lease', strength: 'only', says: 'x', trust: 'outside', refs: [...REFS] },
  ];
  const shelf = openShelf(2);
  const ask = (key: string): Suspect => shelf.one(key, list(), () => made(key, list()));
  const first = ask('a');
  expect(ask('a')).toBe(first);
  ask('b');
  ask('c');
  expect(ask('a')).not.toBe(first);
});

test('a suspect with other facts is another one, and neither drives the other out', () => {
  const shelf = openShelf();
  const list = (says: string): readonly Fact[] => [
    { code: 'lease', strength: 'only', says, trust: 'outside', refs: [...REFS] },
  ];
  const ask = (says: string): Suspect => shelf.one('a', list(says), () => made('a', list(says)));
  const [first, other] = [ask('x'), ask('y')];
  expect(other).not.toBe(first);
  expect([ask('x'), ask('y')]).toEqual([first, other]);
  expect(ask('x')).toBe(first);
});

test('of equal facts the first is given, as long as few others came between', () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (lists, most) => {
      const sameFact = openSameFacts(most);
      for (const list of lists) for (const fact of list) expect(sameFact(fact)).toEqual(fact);
    }),
  );
  const [fact] = fc
    .sample(
      facts.filter((list) => list.length > 0),
      1,
    )
    .flat() as [Fact];
  const sameFact = openSameFacts(2);
  expect(sameFact(fact)).toBe(fact);
  expect(sameFact({ ...fact, refs: [...fact.refs] })).toBe(fact);
  expect(sameFact({ ...fact, refs: [] })).toEqual({ ...fact, refs: [] });
});
