/** XXH64 with seed 0 (xxHash fast digest algorithm, xxhash_spec.md). Memory holds the four lanes, and behind them what is hashed. */

const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;
const BYTES: u32 = 32;

function round(lane: u64, input: u64): u64 {
  return rotl<u64>(lane + input * P2, 31) * P1;
}

export function begin(): void {
  store<u64>(0, P1 + P2);
  store<u64>(8, P2);
  store<u64>(16, 0);
  store<u64>(24, 0 - P1);
}

/** `length`: a multiple of 32. */
export function stripes(length: u32): void {
  let a = load<u64>(0);
  let b = load<u64>(8);
  let c = load<u64>(16);
  let d = load<u64>(24);
  const end = BYTES + length;
  for (let at = BYTES; at < end; at += 32) {
    a = round(a, load<u64>(at));
    b = round(b, load<u64>(at, 8));
    c = round(c, load<u64>(at, 16));
    d = round(d, load<u64>(at, 24));
  }
  store<u64>(0, a);
  store<u64>(8, b);
  store<u64>(16, c);
  store<u64>(24, d);
}

function merged(): u64 {
  let hash =
    rotl<u64>(load<u64>(0), 1) +
    rotl<u64>(load<u64>(8), 7) +
    rotl<u64>(load<u64>(16), 12) +
    rotl<u64>(load<u64>(24), 18);
  for (let at: u32 = 0; at < BYTES; at += 8) hash = (hash ^ round(0, load<u64>(at))) * P1 + P4;
  return hash;
}

/** Lower half of the hash of `total` bytes, of which the last ones, fewer than 32, were in no stripe. */
export function low32(rest: u32, total: f64): u32 {
  let hash = (total < 32 ? P5 : merged()) + u64(total);
  const end = BYTES + rest;
  let at = BYTES;
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * P1 + P4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (u64(load<u32>(at)) * P1), 23) * P2 + P3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (u64(load<u8>(at)) * P5), 11) * P1;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return u32(hash ^ (hash >> 32));
}
