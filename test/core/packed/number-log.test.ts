import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberLog } from '../../../src/core/packed/number-log.ts';
import type { Overflow } from '../../../src/model/overflow.ts';

/** Of one block. */
const BLOCK_BYTES = 65_536;
const small = fc.integer({ min: 0, max: 300 });
const number = fc.oneof(small, fc.maxSafeNat(), fc.constantFrom(127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1));

/** Takes what `takes` says, each in its turn. */
function overflow(takes: (nth: number) => boolean): Overflow & { readonly blocks: Uint32Array[] } {
  const blocks: Uint32Array[] = [];
  let asked = 0;
  return {
    blocks,
    write: (numbers) => (takes(asked++) ? blocks.push(numbers.slice()) - 1 : undefined),
    read: (at, into) => into.set(blocks[at] ?? []),
  };
}

function written(numbers: readonly number[], log: NumberLog): readonly number[] {
  for (const one of numbers) log.put(one);
  const reader = log.reader();
  return numbers.map(() => reader.next());
}

describe('a log of numbers', () => {
  it('gives them back in their order', () => {
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        expect(written(numbers, new NumberLog({ most: 0 }))).toEqual(numbers);
      }),
    );
  });

  it('keeps their signs where it is told to', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.integer({ min: -200, max: 200 }),
            fc.maxSafeInteger(),
            fc.constantFrom(-64, 63, 64, 2.5e17, -2.5e17),
          ),
        ),
        (numbers) => {
          const log = new NumberLog({ most: 0 });
          for (const one of numbers) log.putSigned(one);
          const reader = log.reader();
          expect(numbers.map(() => reader.nextSigned())).toEqual(numbers);
        },
      ),
    );
  });

  it('gives them back as often as they are asked for, more of them each time', () => {
    const log = new NumberLog({ most: 0 });
    log.put(7);
    expect(log.reader().next()).toBe(7);
    log.put(700);
    const reader = log.reader();
    expect([reader.next(), reader.next()]).toEqual([7, 700]);
  });

  const many = Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 40_000);

  it.each([
    ['takes all', () => true, 3, 7],
    ['takes none', () => false, 0, 0],
    ['takes some', (nth: number) => nth % 2 === 0, 1, 7],
  ] as const)('is the same when an overflow %s of what memory has no room for', (_, takes, fewest, most) => {
    const over = overflow(takes);
    expect(written(many, new NumberLog({ most: 0, overflow: over }))).toEqual(many);
    expect(over.blocks.length).toBeGreaterThanOrEqual(fewest);
    expect(over.blocks.length).toBeLessThanOrEqual(most);
  });

  it('hands on nothing as long as there is room', () => {
    const over = overflow(() => true);
    expect(written(many, new NumberLog({ most: 1 << 20, overflow: over }))).toEqual(many);
    expect(over.blocks).toEqual([]);
  });

  it('keeps signed ones too where they take more than a block', () => {
    const signed = many.map((one) => (one % 3 === 1 ? -one : one));
    const over = overflow(() => true);
    const log = new NumberLog({ most: 0, overflow: over });
    for (const one of signed) log.putSigned(one);
    const reader = log.reader();
    expect(signed.map(() => reader.nextSigned())).toEqual(signed);
    expect(over.blocks.length).toBeGreaterThan(3);
  });

  it.each([
    ['below 128', 127, (log: NumberLog, value: number) => log.put(value)],
    ['between -64 and 64', -63, (log: NumberLog, value: number) => log.putSigned(value)],
  ] as const)('takes a byte for a number %s', (_, value, put) => {
    const over = overflow(() => true);
    const log = new NumberLog({ most: 0, overflow: over });
    for (let i = 0; i < 5 * BLOCK_BYTES + 100; i++) put(log, value);
    expect(over.blocks.length).toBe(5);
  });

  it('keeps as many blocks in memory as there is room for, and hands on the others', () => {
    const over = overflow(() => true);
    const log = new NumberLog({ most: 2 * BLOCK_BYTES, overflow: over });
    for (let i = 0; i < 5 * BLOCK_BYTES + 100; i++) log.put(i % 100);
    expect(over.blocks.length).toBe(3);
  });
});
