import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Xxh64 } from '../../../src/sources/compression/xxh64.ts';

const P1: bigint = 0x9e3779b185ebca87n;
const P2: bigint = 0xc2b2ae3d27d4eb4fn;
const P3: bigint = 0x165667b19e3779f9n;
const P4: bigint = 0x85ebca77c2b2ae63n;
const P5: bigint = 0x27d4eb2f165667c5n;
const cut = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => cut((value << by) | (value >> (64n - by)));
const round = (lane: bigint, input: bigint): bigint => cut(rotate(cut(lane + input * P2), 31n) * P1);

/** As the specification of XXH64 says it (xxhash_spec.md of xxHash), with a seed of 0. */
function expected(bytes: Buffer): number {
  let lanes = [cut(P1 + P2), P2, 0n, cut(-P1)];
  let at = 0;
  for (; at + 32 <= bytes.length; at += 32)
    lanes = lanes.map((lane, i) => round(lane, bytes.readBigUInt64LE(at + 8 * i)));
  let hash = P5;
  if (bytes.length >= 32) {
    hash = cut(lanes.reduce((sum, lane, i) => sum + rotate(lane, [1n, 7n, 12n, 18n][i] ?? 0n), 0n));
    for (const lane of lanes) hash = cut((hash ^ round(0n, lane)) * P1 + P4);
  }
  hash = cut(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    hash = cut(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4);
  for (; at + 4 <= bytes.length; at += 4)
    hash = cut(rotate(hash ^ cut(BigInt(bytes.readUInt32LE(at)) * P1), 23n) * P2 + P3);
  for (; at < bytes.length; at++) hash = cut(rotate(hash ^ cut(BigInt(bytes.readUInt8(at)) * P5), 11n) * P1);
  hash = cut((hash ^ (hash >> 33n)) * P2);
  hash = cut((hash ^ (hash >> 29n)) * P3);
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}

describe('the checksum of zstd', () => {
  it.each([
    ['', 0x51d8e999],
    ['a', 0xa98c6e5b],
    ['abc', 0xad770999],
  ])('of %j is the published one', (text, low) => {
    const hash = new Xxh64();
    hash.update(Buffer.from(text));
    expect([hash.low32(), expected(Buffer.from(text))]).toEqual([low, low]);
  });

  it('is that of the specification however the bytes come, and whatever is hashed in between (property)', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 6 });
    fc.assert(
      fc.property(parts, parts, (one, two) => {
        const [a, b] = [new Xxh64(), new Xxh64()];
        for (let i = 0; i < Math.max(one.length, two.length); i++) {
          a.update(one[i] ?? new Uint8Array(0));
          b.update(two[i] ?? new Uint8Array(0));
        }
        expect(a.low32()).toBe(expected(Buffer.concat(one)));
        expect(b.low32()).toBe(expected(Buffer.concat(two)));
      }),
    );
  });

  it.each([65_535, 65_536, 65_567, 200_001])('is that of the specification for %i bytes at once', (length) => {
    const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 31) % 253));
    const hash = new Xxh64();
    hash.update(bytes.subarray(0, 5));
    hash.update(bytes.subarray(5));
    expect(hash.low32()).toBe(expected(bytes));
  });
});
