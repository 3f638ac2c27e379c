// AssemblyScript, see matcher.ts.

import { digits, isDigit } from './values';

/** The quote that ends JSON text, 0 where it is none. RFC 8259, section 7. */
export function text(p: usize): usize {
  while (true) {
    const bytes = v128.load(p);
    const quotes = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c)));
    const found = i8x16.bitmask(v128.or(quotes, i8x16.lt_u(bytes, i8x16.splat(0x20))));
    if (found == 0) {
      p += 16;
      continue;
    }
    p += ctz(found);
    const sign = load<u8>(p);
    if (sign == 0x22) return p;
    if (sign != 0x5c) return 0;
    p = escaped(p);
    if (p == 0) return 0;
  }
}

/** Behind an escape. */
function escaped(p: usize): usize {
  const sign = load<u8>(p, 1);
  if (sign == 0x75)
    return isHex(load<u8>(p, 2)) && isHex(load<u8>(p, 3)) && isHex(load<u8>(p, 4)) && isHex(load<u8>(p, 5)) ? p + 6 : 0;
  const isOne =
    sign == 0x22 ||
    sign == 0x5c ||
    sign == 0x2f ||
    sign == 0x62 ||
    sign == 0x66 ||
    sign == 0x6e ||
    sign == 0x72 ||
    sign == 0x74;
  return isOne ? p + 2 : 0;
}

function isHex(sign: u8): bool {
  return isDigit(sign) || ((sign | 0x20) >= 0x61 && (sign | 0x20) <= 0x66);
}

/** Behind a number, `true`, `false` or `null`. RFC 8259, sections 3 and 6. */
export function scalar(p: usize): usize {
  const sign = load<u8>(p);
  if (sign == 0x74) return load<u32>(p) == 0x65757274 ? p + 4 : 0;
  if (sign == 0x6e) return load<u32>(p) == 0x6c6c756e ? p + 4 : 0;
  if (sign == 0x66) return load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0;
  if (sign == 0x2d) p++;
  if (!isDigit(load<u8>(p))) return 0;
  p = load<u8>(p) == 0x30 ? p + 1 : digits(p + 1);
  if (load<u8>(p) == 0x2e) {
    if (!isDigit(load<u8>(p, 1))) return 0;
    p = digits(p + 2);
  }
  if ((load<u8>(p) | 0x20) != 0x65) return p;
  const next = load<u8>(p, 1);
  p += next == 0x2b || next == 0x2d ? 2 : 1;
  return isDigit(load<u8>(p)) ? digits(p + 1) : 0;
}

/** Behind any JSON value, arrays and objects down to a depth. */
export function any(p: usize, depth: i32): usize {
  const sign = load<u8>(p);
  if (sign == 0x22) return behindText(p);
  if (sign != 0x5b && sign != 0x7b) return scalar(p);
  if (depth == 0) return 0;
  const isObject = sign == 0x7b;
  const close: u8 = isObject ? 0x7d : 0x5d;
  p = gap(p + 1);
  if (load<u8>(p) == close) return p + 1;
  while (true) {
    if (isObject) {
      p = behindName(p);
      if (p == 0) return 0;
    }
    p = any(p, depth - 1);
    if (p == 0) return 0;
    p = gap(p);
    const next = load<u8>(p);
    if (next == close) return p + 1;
    if (next != 0x2c) return 0;
    p = gap(p + 1);
  }
}

function behindText(p: usize): usize {
  const end: usize = load<u8>(p) == 0x22 ? text(p + 1) : 0;
  return end == 0 ? 0 : end + 1;
}

function behindName(p: usize): usize {
  p = behindText(p);
  if (p == 0) return 0;
  p = gap(p);
  return load<u8>(p) == 0x3a ? gap(p + 1) : 0;
}

function gap(p: usize): usize {
  while (load<u8>(p) == 0x20 || load<u8>(p) == 0x09) p++;
  return p;
}
