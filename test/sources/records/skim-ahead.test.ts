import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Skimmed } from '../../../src/model/skimmed.ts';
import { skimAhead } from '../../../src/sources/records/skim-ahead.ts';

const NONE = new Uint32Array(0);
const NOTHING: Skimmed = {
  from: 0,
  to: 0,
  lines: 0,
  read: NONE,
  later: NONE,
  counted: NONE,
  lives: NONE,
  hosts: [],
  lastLeft: undefined,
};

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

test('all bytes are looked over once, in their order', async () => {
  const chunk = fc.integer({ min: 1, max: 80_000 }).map((length) => Uint8Array.from({ length }, (_, i) => i % 251));
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 5 }), async (chunks) => {
      const skimmed: Uint8Array[] = [];
      const taken: Uint8Array[] = [];
      const skim = (piece: Uint8Array): Promise<Skimmed> => {
        skimmed.push(piece);
        return Promise.resolve(NOTHING);
      };
      for await (const { chunk: piece } of skimAhead(given(chunks), skim, { isGradual: true })) taken.push(piece);
      expect(taken.every((piece, i) => piece === skimmed[i])).toBe(true);
      expect(Buffer.concat(taken).equals(Buffer.concat(chunks))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('the first look is at a few lines, and nothing else is looked at until they are read', async () => {
  const asked: number[] = [];
  const skim = (piece: Uint8Array): Promise<Skimmed> => {
    asked.push(piece.length);
    return Promise.resolve(NOTHING);
  };
  const chunk = new Uint8Array(1 << 20);
  const pieces = skimAhead(given([chunk, chunk]), skim, { isGradual: true });
  await pieces.next();
  expect(asked).toEqual([16 * 1024]);
  await pieces.next();
  expect(asked).toEqual([16 * 1024, 32 * 1024]);
});

test('chunks stay whole where lines hang together', async () => {
  const asked: number[] = [];
  const skim = (piece: Uint8Array): Skimmed => {
    asked.push(piece.length);
    return NOTHING;
  };
  for await (const _ of skimAhead(given([new Uint8Array(1 << 20)]), skim, { isGradual: false }));
  expect(asked).toEqual([1 << 20]);
});
