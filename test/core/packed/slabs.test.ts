import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Slabs } from '../../../src/core/packed/slabs.ts';

it('hands out zeros that nobody else has (property)', () => {
  const take = fc.record({ isWide: fc.boolean(), length: fc.nat({ max: 40 }) });
  fc.assert(
    fc.property(fc.array(take), (takes) => {
      const slabs = new Slabs();
      const blocks = takes.map(({ isWide, length }) => (isWide ? slabs.uint32(length) : slabs.uint16(length)));
      expect(blocks.map(({ length }) => length)).toEqual(takes.map(({ length }) => length));
      for (const [i, block] of blocks.entries()) {
        expect(block.every((number) => number === 0)).toBe(true);
        block.fill(i + 1);
      }
      for (const [i, block] of blocks.entries()) expect(block.every((number) => number === i + 1)).toBe(true);
    }),
  );
});

it('asks for more than malloc keeps, and for more again where that is full', () => {
  const slabs = new Slabs();
  const bytes = Array.from({ length: 5 }, () => slabs.uint32(2 ** 21).buffer);
  expect(new Set(bytes).size).toBe(2);
  expect(slabs.uint32(2 ** 24).length).toBe(2 ** 24);
  for (const { byteLength } of bytes) expect(byteLength).toBeGreaterThan(32 * 2 ** 20);
});

it('has no numbers when it was freed, and new ones after that', () => {
  const slabs = new Slabs();
  const blocks = Array.from({ length: 5 }, () => slabs.uint32(2 ** 21).fill(1));
  slabs.free();
  expect(blocks.map(({ length }) => length)).toEqual([0, 0, 0, 0, 0]);
  expect([...slabs.uint32(2)]).toEqual([0, 0]);
});
