import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { owningRecords } from '../../src/core/own-records.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('tcp', '203.0.113.100', 'é', '\ud800', 'x'.repeat(80)),
);

it('changes nothing that a record says, however many came before (property)', () => {
  const own = owningRecords();
  const record = fc.record({
    raw: text,
    host: text,
    at: fc.double(),
    src: fc.record({ ip: text, port: fc.nat() }, { requiredKeys: [] }),
    answers: fc.array(text, { maxLength: 3 }),
    nothing: fc.constantFrom(null, undefined, true),
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const before = structuredClone(records);
      for (const one of records) own(one);
      expect(records).toEqual(before);
    }),
  );
});

it('lets go of the lines that texts were cut from', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const own = owningRecords();
  const cut = (i: number) => ({ raw: `${String(i).padStart(30)}${'x'.repeat(10_000)}`.slice(0, 30), ip: '10.0.0.1' });
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  const records = Array.from({ length: 2_000 }, (_, i) => cut(i));
  for (const record of records) own(record);
  expect(used() - before).toBeLessThan(5e6);
  expect(records).toHaveLength(2_000);
});

it('takes the memory of what is said, and of no room beside it', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const own = owningRecords();
  const before = used();
  const records = Array.from({ length: 10_000 }, (_, i) => {
    const args: string[] = [];
    args.push(`/usr/bin/python3 ${i}`);
    return { args };
  });
  for (const record of records) own(record);
  // A record, its list, a list of one, a text of twenty letters: 24 to 48 bytes each. Room for sixteen more is 128.
  expect((used() - before) / records.length).toBeLessThan(200);
});
