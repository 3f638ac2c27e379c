// AssemblyScript, see matcher.ts.

/** Of all hashes. */
export let seed: u64 = 0;

export function setSeed(low: u32, high: u32): void {
  seed = ((<u64>high) << 32) | <u64>low;
}

/** Both steps are one to one, and what the first leaves in the highest bits the second spreads. */
export function mix(h: u64, word: u64): u64 {
  let m = (h ^ word) * 0x9e3779b97f4a7c15;
  m = (m ^ (m >> 32)) * 0xd6e8feb86659fd93;
  return m ^ (m >> 29);
}

/** The last word tells how many bytes it has, so that no two texts have the same words. */
export function hashed(h: u64, from: usize, to: usize): u64 {
  let p = from;
  for (; p + 8 <= to; p += 8) h = mix(h, load<u64>(p));
  const rest = <u64>(to - p);
  return mix(h, (load<u64>(p) & (((<u64>1) << (rest << 3)) - 1)) | (rest << 56));
}

export function equals(p: usize, q: usize, length: usize): bool {
  while (length > 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(p), v128.load(q)))) return false;
    p += 16;
    q += 16;
    length -= 16;
  }
  return (i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(q))) | (-1 << (<i32>length))) == -1;
}

export function lineEnd(p: usize): usize {
  while (true) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x0a)));
    if (found != 0) return p + ctz(found);
    p += 16;
  }
}
