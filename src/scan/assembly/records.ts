// AssemblyScript, see matcher.ts. Lines of records between a head and a tail: what is behind the mark of `cut`, with commas between
// them, must each be taken by a template.

import { equals, hashed, lineEnd, mix, seed } from './bytes';
import { scalar, text } from './json';
import { areDigits, hexOf, isHexText, numberOf } from './values';

const LITERAL: u8 = 0;
const TEXT: u8 = 1;
const SCALAR: u8 = 2;
const END: u8 = 4;
const DIGITS: u8 = 6;

const SAME: u8 = 1;
const TRACE: u8 = 12;
const SPAN: u8 = 13;
const PARENT: u8 = 14;
const FROM: u8 = 15;
const UNTIL: u8 = 16;
const EPISODE: u8 = 17;
const SAID: u8 = 18;
const CALL_ID: u8 = 19;

const ROW_BYTES: usize = 96;
const KIN: usize = 16;
const STARTED: usize = 48;
const NANOS: usize = 56;
const SAID_PLACE: usize = 4;
const SAID_LENGTH: usize = 60;
const ENDED: usize = 64;
const EPISODE_HASH: usize = 72;
const SAID_HASH: usize = 80;
const ID_PLACE: usize = 88;
const ID_LENGTH: usize = 92;

const STAMP_DIGITS: usize = 19;

let hash: u64 = 0;
let start: usize = 0;
/** The row that is filled. */
let row: usize = 0;

/**
 * Rows of the records in lines, until there is no more room; returns the end of the rows. `origin`: place 0 of the rows. A mark of
 * so many bytes, sixteen at most, ends the head of a line. Where one record is not taken, the line has one row and no hash.
 */
export function cut(
  origin: usize,
  from: usize,
  to: usize,
  root: usize,
  mark: usize,
  length: usize,
  rows: usize,
  rowsEnd: usize,
): usize {
  start = origin;
  const first = rows;
  for (let p = from; p < to; ) {
    if (rows + ROW_BYTES > rowsEnd) return rows;
    const end = root == 0 ? 0 : records(p, root, mark, length, rows, rowsEnd);
    if (end == 1 && rows > first) return rows;
    if (end > 1) {
      rows = row + ROW_BYTES;
      p = end + 1;
    } else {
      memory.fill(rows, 0, ROW_BYTES);
      p = lineEnd(p);
      store<u32>(rows, <u32>(++p - origin));
      rows += ROW_BYTES;
    }
  }
  return rows;
}

/** The line feed behind a line whose records are all taken, 0 where they are not, 1 where there is no room for their rows. */
function records(p: usize, root: usize, mark: usize, length: usize, rows: usize, rowsEnd: usize): usize {
  let q = behind(p, mark, length);
  if (q == 0) return 0;
  let frame = hashed(seed, p, q);
  row = rows;
  while (true) {
    memory.fill(row, 0, ROW_BYTES);
    hash = seed;
    q = match(root, q);
    if (q == 0) return 0;
    store<u64>(row, hash, 8);
    if (load<u8>(q) != 0x2c) break;
    q++;
    row += ROW_BYTES;
    if (row + ROW_BYTES > rowsEnd) return 1;
  }
  const end = lineEnd(q);
  frame = hashed(frame, q, end);
  store<u32>(row, <u32>(end + 1 - start));
  for (let each = rows; each <= row; each += ROW_BYTES) {
    const kind = mix(load<u64>(each, 8), frame);
    store<u64>(each, kind, 8);
    const said = load<u64>(each, SAID_HASH);
    if (said != 0) store<u64>(each, mix(said, kind), SAID_HASH);
  }
  return end;
}

/** Behind the mark, 0 where the line has none. */
function behind(p: usize, mark: usize, length: usize): usize {
  const from = p;
  const sign = i8x16.splat(load<u8>(mark + length - 1));
  const feed = i8x16.splat(0x0a);
  while (true) {
    const bytes = v128.load(p);
    const feeds = i8x16.bitmask(i8x16.eq(bytes, feed));
    let found = i8x16.bitmask(i8x16.eq(bytes, sign));
    if (feeds != 0) found &= (1 << ctz(feeds)) - 1;
    for (; found != 0; found &= found - 1) {
      const end = p + ctz(found) + 1;
      if (end - length >= from && equals(end - length, mark, length)) return end;
    }
    if (feeds != 0) return 0;
    p += 16;
  }
}

/** Behind what this operation and those behind it take; 0 where they do not. */
function match(op: usize, p: usize): usize {
  let other: usize = op;
  while (other != 0) {
    const alternative = <usize>load<u32>(other, 12);
    if (alternative == 0) return run(other, p);
    const h = hash;
    const end = run(other, p);
    if (end != 0) return end;
    hash = h;
    other = alternative;
  }
  return 0;
}

function run(op: usize, p: usize): usize {
  while (true) {
    const kind = load<u8>(op);
    if (kind == LITERAL) {
      const length = <usize>load<u16>(op, 2);
      if (!equals(p, <usize>load<u32>(op, 4), length)) return 0;
      p += length;
    } else if (kind == END) {
      forget(load<u16>(op, 2));
      hash = mix(hash, <u64>load<u32>(op, 16));
      return p;
    } else {
      const end = valueEnd(op, kind, p);
      if (end == 0) return 0;
      const use = load<u8>(op, 1);
      if (use != 0 && !take(use, p, end)) return 0;
      p = end;
    }
    op = <usize>load<u32>(op, 8);
    if (load<u32>(op, 12) != 0) return match(op, p);
  }
}

/** What a template that failed half-way left of values that this one has not. */
function forget(uses: u32): void {
  if ((uses & (1 << (PARENT - TRACE))) == 0) store<u64>(row, 0, KIN + 24);
  if ((uses & (1 << (EPISODE - TRACE))) == 0) store<u64>(row, 0, EPISODE_HASH);
  if ((uses & (1 << (SAID - TRACE))) == 0) store<u64>(row, 0, SAID_HASH);
  if ((uses & (1 << (CALL_ID - TRACE))) == 0) store<u32>(row, 0, ID_LENGTH);
}

/** Behind a value of a kind, 0 where there is none. */
function valueEnd(op: usize, kind: u8, p: usize): usize {
  if (kind == TEXT) return text(p);
  if (kind == SCALAR) return scalar(p);
  const length = <usize>load<u16>(op, 2);
  if (kind == DIGITS) return areDigits(p, p + 16) && areDigits(p + 16, p + length) ? p + length : 0;
  // HEX. A parent may be none.
  if (load<u8>(p) == 0x22 && load<u8>(op, 1) == PARENT) return p;
  return isHexText(p) && (length == 16 || isHexText(p + 16)) ? p + length : 0;
}

/** Notes a value for what it is of use; false where it is not plain enough. */
function take(use: u8, from: usize, to: usize): bool {
  if (use == SAME) {
    hash = hashed(hash, from, to);
    return true;
  }
  if (use == TRACE) {
    const high = hexOf(from);
    const low = hexOf(from + 16);
    store<u64>(row, high, KIN);
    store<u64>(row, low, KIN + 8);
    return (high | low) != 0;
  }
  if (use == SPAN) {
    const id = hexOf(from);
    store<u64>(row, id, KIN + 16);
    return id != 0;
  }
  if (use == PARENT) {
    const id = from == to ? 0 : hexOf(from);
    store<u64>(row, id, KIN + 24);
    return from == to || id != 0;
  }
  if (use == FROM) {
    store<u32>(row, numberOf(from + 16, from + STAMP_DIGITS), NANOS);
    return takeStamp(from, STARTED);
  }
  if (use == UNTIL) return takeStamp(from, ENDED);
  const isPlain = areBare(from, to, use == CALL_ID);
  if (use == EPISODE) {
    store<u64>(row, hashed(seed, from, to), EPISODE_HASH);
    return isPlain;
  }
  if (use == SAID) {
    store<u64>(row, hashed(seed, from, to), SAID_HASH);
    store<u32>(row, <u32>(from - start), SAID_PLACE);
    store<u32>(row, <u32>(to - from), SAID_LENGTH);
    return true;
  }
  store<u32>(row, <u32>(from - start), ID_PLACE);
  store<u32>(row, <u32>(to - from), ID_LENGTH);
  return isPlain;
}

/** Microseconds of nanoseconds in nineteen digits, which do not begin with 0 or 9. */
function takeStamp(from: usize, place: usize): bool {
  const micros = <f64>numberOf(from, from + 8) * 1e8 + <f64>numberOf(from + 8, from + 16);
  store<f64>(row + place, micros);
  return <u32>load<u8>(from) - 0x31 < 8;
}

/** Whether something stands there, without an escape, and in ASCII where that is asked for. */
function areBare(from: usize, to: usize, isAscii: bool): bool {
  for (let p = from; p < to; p += 16) {
    const bytes = v128.load(p);
    const escapes = i8x16.eq(bytes, i8x16.splat(0x5c));
    const others = i8x16.bitmask(isAscii ? v128.or(escapes, bytes) : escapes);
    if (others != 0 && p + ctz(others) < to) return false;
  }
  return from < to;
}
