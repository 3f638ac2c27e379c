// AssemblyScript, see matcher.ts.

/** The stop, or the line feed, that ends a field; 0 where something else does. */
export function field(p: usize, stop: u8, refused: u8): usize {
  while (true) {
    const bytes = v128.load(p);
    const signs = v128.or(i8x16.eq(bytes, i8x16.splat(stop)), i8x16.eq(bytes, i8x16.splat(refused)));
    const found = i8x16.bitmask(v128.or(signs, i8x16.lt_u(bytes, i8x16.splat(0x20))));
    if (found == 0) {
      p += 16;
      continue;
    }
    p += ctz(found);
    const sign = load<u8>(p);
    return sign == stop || sign == 0x0a ? p : 0;
  }
}

/** The stop that ends the last of so many fields; 0 where something else ends one of them. */
export function fields(p: usize, stop: u8, refused: u8, count: i32): usize {
  while (true) {
    const bytes = v128.load(p);
    let stops = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(stop)));
    const signs = v128.or(i8x16.eq(bytes, i8x16.splat(refused)), i8x16.lt_u(bytes, i8x16.splat(0x20)));
    const others = i8x16.bitmask(signs) & ~stops;
    const found = popcnt(stops);
    if (found < count) {
      if (others != 0) return 0;
      count -= found;
      p += 16;
      continue;
    }
    for (; count > 1; count--) stops &= stops - 1;
    const at = ctz(stops);
    return (others & ((1 << at) - 1)) == 0 ? p + at : 0;
  }
}
