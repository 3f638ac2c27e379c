// AssemblyScript, see matcher.ts.

export function isDigit(sign: u8): bool {
  return <u32>sign - 0x30 < 10;
}

/** Behind the digits that stand here, if any. */
export function digits(p: usize): usize {
  while (true) {
    const values = i8x16.sub(v128.load(p), i8x16.splat(0x30));
    const others = i8x16.bitmask(i8x16.ge_u(values, i8x16.splat(10)));
    if (others != 0) return p + ctz(others);
    p += 16;
  }
}

/** Whether nothing but digits stands there, sixteen at most. */
export function areDigits(from: usize, to: usize): bool {
  const values = i8x16.sub(v128.load(from), i8x16.splat(0x30));
  return (i8x16.bitmask(i8x16.ge_u(values, i8x16.splat(10))) & ((1 << (<i32>(to - from))) - 1)) == 0;
}

/** A number of at most eight digits; 0 where there is another sign, or nothing. Eight at a time, as in simdjson. */
export function numberOf(from: usize, to: usize): u32 {
  if (to == from || !areDigits(from, to)) return 0;
  // The last digit is the highest byte; what stands before the first is zero.
  let word = (load<u64>(from) << ((8 - <u64>(to - from)) << 3)) & 0x0f0f0f0f0f0f0f0f;
  word = (word * 2561) >> 8;
  word = ((word & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return <u32>(((word & 0x0000ffff0000ffff) * 42949672960001) >> 32);
}

/** A port, 0 for no text, -1 for what is none. */
export function portOf(from: usize, to: usize): u32 {
  if (to - from > 5 || !areDigits(from, to)) return -1;
  const port = numberOf(from, to);
  return port <= 65535 ? port : -1;
}

/** An IPv4 address in its one spelling, as a number; 0 for what is none, and for 0.0.0.0. */
export function ipv4(from: usize, to: usize): u32 {
  const length = to - from;
  if (length < 7 || length > 15) return 0;
  const bytes = v128.load(from);
  const within = (1 << (<i32>length)) - 1;
  let dots = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x2e))) & within;
  const others = i8x16.bitmask(i8x16.ge_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10))) & within;
  if (others != dots || popcnt(dots) != 3) return 0;
  let value: u32 = 0;
  let start = from;
  for (let i = 0; i < 4; i++) {
    const end: usize = i < 3 ? from + ctz(dots) : to;
    const part = byteOf(start, end);
    if (part > 255) return 0;
    value = (value << 8) | part;
    dots &= dots - 1;
    start = end + 1;
  }
  return value;
}

/** A number of one to three digits without a zero before it; more than 255 for anything else. */
function byteOf(from: usize, to: usize): u32 {
  const length = <u32>(to - from);
  if (length - 1 > 2) return 256;
  const word = (load<u32>(from) << ((4 - length) << 3)) & 0x0f0f0f0f;
  const value = (word >> 24) + ((word >> 16) & 0xff) * 10 + ((word >> 8) & 0xff) * 100;
  return length > 1 && load<u8>(from) == 0x30 ? 256 : value;
}

/** Seconds since the epoch of `YYYY-MM-DDThh:mm:ss[.f]Z`; 0 for any other text, and for times that need more than this. */
export function secondOf(from: usize, to: usize): u32 {
  const length = to - from;
  if (length < 20 || length > 30 || length == 21 || load<u8>(to - 1) != 0x5a) return 0;
  if (length > 20 && (load<u8>(from, 19) != 0x2e || digits(from + 20) != to - 1)) return 0;
  return clockOf(from);
}

/** Seconds from the epoch to `YYYY-MM-DDThh:mm:ss`; 0 for any other text. */
function clockOf(from: usize): u32 {
  const minute = minuteOf(from);
  const sec = part(from, 17, 19);
  return minute == 0 || load<u8>(from, 16) != 0x3a || sec > 59 ? 0 : minute + sec;
}

/** The minute that was read last, its sixteen signs, and its first second: most lines are of the same as the one before. */
let knownDay: u64 = 0;
let knownTime: u64 = 0;
let knownMinute: u32 = 0;

/** Seconds from the epoch to `YYYY-MM-DDThh:mm`; 0 for any other text. */
function minuteOf(from: usize): u32 {
  const signs = load<u64>(from);
  const more = load<u64>(from, 8);
  if (signs == knownDay && more == knownTime) return knownMinute;
  if (load<u8>(from, 4) != 0x2d || load<u8>(from, 7) != 0x2d || load<u8>(from, 10) != 0x54) return 0;
  if (load<u8>(from, 13) != 0x3a) return 0;
  const year = part(from, 0, 4);
  const month = part(from, 5, 7);
  const day = part(from, 8, 10);
  const hour = part(from, 11, 13);
  const minute = part(from, 14, 16);
  if (year < 1970 || year > 2105 || month < 1 || month > 12 || day < 1 || day > 31) return 0;
  if (hour > 23 || minute > 59) return 0;
  knownDay = signs;
  knownTime = more;
  knownMinute = daysOf(year, month, day) * 86400 + hour * 3600 + minute * 60;
  return knownMinute;
}

/** Seconds from the epoch to `YYYY-MM-DDThh:mm:ss.ffffff` with `Z`, `+hhmm` or `+hh:mm` behind it; 0 for any other text. */
export function momentOf(from: usize, to: usize): u32 {
  const length = to - from;
  if (length != 27 && length != 31 && length != 32) return 0;
  if (load<u8>(from, 19) != 0x2e || digits(from + 20) != from + 26) return 0;
  const local = clockOf(from);
  const sign = load<u8>(from, 26);
  if (length == 27) return sign == 0x5a ? local : 0;
  if (length == 32 && load<u8>(from, 29) != 0x3a) return 0;
  const hours = part(from, 27, 29);
  const minutes = part(to, -2, 0);
  if (hours > 14 || minutes > 59 || local <= 86400) return 0;
  const east = hours * 3600 + minutes * 60;
  return sign == 0x2b ? local - east : sign == 0x2d ? local + east : 0;
}

/** Whether seconds since the epoch stand there, of nine or ten digits, and as many as nine behind a point; or what `momentOf` takes. */
export function isStamp(from: usize, to: usize): bool {
  const end = digits(from);
  const count = end - from;
  if (count != 9 && count != 10) return momentOf(from, to) != 0;
  if (end == to) return true;
  const fraction = to - end - 1;
  return load<u8>(end) == 0x2e && fraction > 0 && fraction <= 9 && digits(end + 1) == to;
}

/** Microseconds within the second of a text that `momentOf` takes. */
export function microsOf(from: usize): u32 {
  return numberOf(from + 20, from + 26);
}

/** A number in a part of a text; -1, the largest, where there is another sign. */
function part(base: usize, from: usize, to: usize): u32 {
  return digits(base + from) < base + to ? -1 : numberOf(base + from, base + to);
}

/** Days since the epoch of a day from 1970 on. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
function daysOf(year: u32, month: u32, day: u32): u32 {
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yoe = y - era * 400;
  const doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/** Seconds since the epoch in ten digits; 0 for any other text, and for those beyond 32 bits. */
export function epochOf(from: usize, to: usize): u32 {
  if (to - from != 10 || !areDigits(from, to)) return 0;
  const high = numberOf(from, from + 2);
  return high < 42 ? high * 100000000 + numberOf(from + 2, to) : 0;
}

/** Whether sixteen digits of lower-case hex stand there. */
export function isHexText(p: usize): bool {
  const bytes = v128.load(p);
  const digit = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  const letter = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(6));
  return i8x16.all_true(v128.or(digit, letter));
}

/** Sixteen digits of hex as two words of 32 bits, the first one in the low half. */
export function hexOf(p: usize): u64 {
  const bytes = v128.load(p);
  const isLetter = i8x16.gt_u(bytes, i8x16.splat(0x39));
  const low = v128.and(bytes, i8x16.splat(0x0f));
  const values = i8x16.add(low, v128.and(isLetter, i8x16.splat(9)));
  // Each lane of two holds the higher digit in its lower byte.
  const pairs = v128.or(i16x8.shl(v128.and(values, i16x8.splat(0x0f)), 4), i16x8.shr_u(values, 8));
  const word = i64x2.extract_lane(i8x16.narrow_i16x8_u(pairs, pairs), 0);
  return ((<u64>bswap<u32>(<u32>(word >> 32))) << 32) | bswap<u32>(<u32>word);
}
