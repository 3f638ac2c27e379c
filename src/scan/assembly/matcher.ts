// AssemblyScript, not TypeScript: `npm run scan` compiles it into ../matcher-wasm.ts. The layout of operations and rows is described in
// ../layout.ts. Nothing here reads beyond the end of a line by more than 16 bytes, and no value takes a line feed.

import { equals, hashed, lineEnd, mix, seed } from './bytes';
import { field, fields } from './fields';
import { any, scalar, text } from './json';
import { isLeft } from './left';
import { areDigits, digits, epochOf, ipv4, isStamp, microsOf, momentOf, numberOf, portOf, secondOf } from './values';

export { hashed, lineEnd, mix, seed, setSeed } from './bytes';
export { field, fields } from './fields';
export { scalar, text } from './json';
export { setLeft } from './left';
export { cut } from './records';
export { areDigits, digits, epochOf, ipv4, isStamp, microsOf, momentOf, portOf, secondOf } from './values';

const LITERAL: u8 = 0;
const TEXT: u8 = 1;
const SCALAR: u8 = 2;
const ANY: u8 = 3;
const END: u8 = 4;
const FIELD: u8 = 5;
const DIGITS: u8 = 6;
const FIELDS: u8 = 7;
const MARK: u8 = 8;
const REST: u8 = 9;

const SAME: u8 = 1;
const CLIENT: u8 = 2;
const PORT: u8 = 3;
const NAT_PORT: u8 = 4;
const FEW: u8 = 5;
const SECOND: u8 = 6;
const PID: u8 = 7;
const PARENT: u8 = 8;
const URL: u8 = 9;
const EPOCH: u8 = 10;
const WHOSE: u8 = 11;
const MOMENT: u8 = 32;
const STAMP: u8 = 33;

const ROW_BYTES: usize = 48;
/** How deep arrays and objects may be where anything may stand: as in core/looks/shape.ts. */
const DEPTH: i32 = 3;
const DNS_PORT: u32 = 53;
const MOST_PID_DIGITS: usize = 7;
/** From 10 digits on rules look at a number of bytes. */
const TELLING_DIGITS: usize = 10;

export let hash: u64 = 0;
/** The same of the values that tell whose record it is. */
export let whose: u64 = 0;
/** Of traffic: address of the client, its port, its port behind a translation. Of processes: second, pid, pid of the parent. */
export let first: u32 = 0;
export let second: u32 = 0;
export let third: u32 = 0;
/** Where the path of a request begins from `start` on, times 2^14, and its length. */
export let path: u32 = 0;
/** A moment: seconds since the epoch, and microseconds in it. */
export let moment: u32 = 0;
export let micros: u32 = 0;
let start: usize = 0;
/** Behind all lines. */
let limit: usize = 0;
/** Where the mark of an event begins, which all of its lines bear, and how many there are. */
export let mark: usize = 0;
export let lines: u32 = 1;
/** How far from the start of a line its mark is looked for. */
const HEAD_BYTES: usize = 96;
/** `audi` */
const AUDI: u32 = 0x69647561;

/**
 * Rows of the lines from one place to another, until there is no more room; returns the end of the rows. Lines next to each other that
 * are left are one row. `origin`: place 0 of the rows.
 */
export function scan(
  origin: usize,
  from: usize,
  to: usize,
  root: usize,
  rows: usize,
  rowsEnd: usize,
  compiled: u32,
): usize {
  let p = from;
  let leftRow: usize = 0;
  let left: u32 = 0;
  start = origin;
  limit = to;
  while (p < to && rows + ROW_BYTES <= rowsEnd) {
    hash = seed;
    whose = seed;
    first = 0;
    second = 0;
    third = 0;
    path = 0;
    moment = 0;
    lines = 1;
    let matched: usize = compiled == 0 ? 0 : call_indirect<usize>(compiled, p);
    if (matched == 0 && root != 0) matched = match(root, p);
    const end: usize = matched == 0 ? lineEnd(p) : matched;
    if (matched != 0 && path == 0 && isLeft(hash, first, second, third)) {
      if (leftRow == 0) {
        leftRow = rows;
        left = 0;
        rows += ROW_BYTES;
      }
      putLeft(leftRow, end - origin, p - origin, ++left);
    } else {
      put(rows, end - origin, matched != 0);
      rows += ROW_BYTES;
      leftRow = 0;
    }
    p = end + 1;
  }
  return rows;
}

/** A row of what was noted of a line; of one that was not taken nothing was. */
function put(row: usize, end: usize, isTaken: bool): void {
  store<u32>(row, <u32>end);
  store<u64>(row, isTaken ? hash : 0, 4);
  store<u32>(row, isTaken ? first : 0, 12);
  store<u32>(row, isTaken ? second : 0, 16);
  store<u32>(row, isTaken ? third : 0, 20);
  store<u32>(row, isTaken ? path : 0, 24);
  store<u32>(row, lines, 28);
  store<u64>(row, whose, 32);
  store<u32>(row, isTaken ? moment : 0, 40);
  store<u32>(row, micros, 44);
}

/** A row of lines that are left: where the last of them begins stands where its client would. */
function putLeft(row: usize, end: usize, begin: usize, count: u32): void {
  store<u32>(row, <u32>end);
  store<u64>(row, 0, 4);
  store<u32>(row, count, 12);
  store<u32>(row, <u32>begin, 16);
}

/** The place of the line feed behind a line that this operation and those behind it take; 0 where they do not. */
function match(op: usize, p: usize): usize {
  let other: usize = op;
  while (other != 0) {
    const alternative = <usize>load<u32>(other, 12);
    if (alternative == 0) return run(other, p);
    const h = hash;
    const w = whose;
    const a = first;
    const b = second;
    const c = third;
    const d = path;
    const m = moment;
    const end = run(other, p);
    if (end != 0) return end;
    hash = h;
    whose = w;
    first = a;
    second = b;
    third = c;
    path = d;
    moment = m;
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
      if (load<u8>(p) != 0x0a) return 0;
      const count = load<u16>(op, 2);
      if (count != 0) {
        if (!isOver(p)) return 0;
        lines = count;
      }
      hash = mix(hash, <u64>load<u32>(op, 16));
      whose = mix(whose, <u64>load<u32>(op, 16));
      return p;
    } else {
      const end = valueEnd(op, kind, p);
      if (end == 0) return 0;
      const use = load<u8>(op, 1);
      if (use != 0 && !take(use, p, end)) return 0;
      p = kind == FIELDS ? end + 1 : end;
    }
    op = <usize>load<u32>(op, 8);
    if (load<u32>(op, 12) != 0) return match(op, p);
  }
}

/** Behind a value of a kind, 0 where there is none. */
function valueEnd(op: usize, kind: u8, p: usize): usize {
  if (kind == TEXT) return text(p);
  if (kind == SCALAR) return scalar(p);
  if (kind == ANY) return any(p, DEPTH);
  if (kind == MARK) return markEnd(p);
  if (kind == REST) return lineEnd(p);
  const length = <usize>load<u16>(op, 2);
  if (kind == DIGITS) {
    const end = digits(p);
    return end == p || (length != 0 && end - p != length) ? 0 : end;
  }
  const signs = <usize>load<u32>(op, 4);
  if (kind == FIELDS) return fields(p, load<u8>(signs), load<u8>(signs, 1), <i32>length);
  const end = field(p, load<u8>(signs), load<u8>(signs, 1));
  return length != 0 && end - p > length ? 0 : end;
}

/** Behind the bracket that ends a mark which is the same as that of the event; 0 where another stands here. */
export function markEnd(p: usize): usize {
  let q = mark;
  while (true) {
    const bytes = v128.load(q);
    const equal = i8x16.bitmask(i8x16.eq(bytes, v128.load(p)));
    const close = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x29)));
    if (close != 0) {
      const end = ctz(close);
      return (~equal & ((2 << end) - 1)) == 0 ? p + end + 1 : 0;
    }
    if (equal != 0xffff) return 0;
    p += 16;
    q += 16;
  }
}

/** Whether the line feed that stands here ends an event. */
export function isOver(p: usize): bool {
  return load<u8>(p) == 0x0a && p < limit && !isContinued(p + 1);
}

/** Whether the line that begins here is one more of the event, or may be. */
function isContinued(p: usize): bool {
  if (p >= limit) return false;
  for (const end = p + HEAD_BYTES; p < end; p += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(0x28)));
    if (found == 0) continue;
    p += ctz(found);
    return load<u32>(p - 5) != AUDI || load<u8>(p - 1) != 0x74 || markEnd(p + 1) != 0;
  }
  return true;
}

/** Notes a value for what it is of use; false where it is not plain enough. */
function take(use: u8, from: usize, to: usize): bool {
  if (use == SAME) {
    hash = hashed(hash, from, to);
    return true;
  }
  if (use == WHOSE) {
    whose = hashed(whose, from, to);
    return true;
  }
  if (use == CLIENT) {
    first = ipv4(from, to);
    return first != 0;
  }
  if (use == PORT) {
    second = portOf(from, to);
    return second != -1 && second != DNS_PORT;
  }
  if (use == NAT_PORT) {
    third = portOf(from, to);
    return third != -1;
  }
  if (use == MOMENT) {
    moment = momentOf(from, to);
    micros = microsOf(from);
    return moment != 0;
  }
  if (use == STAMP) return isStamp(from, to);
  if (use == FEW) return to - from < TELLING_DIGITS && areDigits(from, to);
  if (use == URL) {
    path = pathOf(from, to);
    return path != 0;
  }
  if (use == SECOND) {
    first = secondOf(from, to);
    return first != 0;
  }
  if (use == EPOCH) {
    mark = from;
    first = epochOf(from, to);
    return first != 0;
  }
  const pid = pidOf(from, to);
  if (use == PID) second = pid;
  else if (use == PARENT) third = pid;
  return pid != 0;
}

/** A number of seven digits at most; 0 for anything else. */
export function pidOf(from: usize, to: usize): u32 {
  return to - from <= MOST_PID_DIGITS ? numberOf(from, to) : 0;
}

/** Place and length of a path, see `path`; 0 for what is no plain path of a server, and for one longer than 16 KB. */
export function pathOf(from: usize, to: usize): u32 {
  if (load<u8>(from) != 0x2f || to - from > 0x3fff) return 0;
  for (let p = from; p < to; p++) if (load<u8>(p) == 0x5c) return 0;
  return <u32>(((from - start) << 14) | (to - from));
}

/** Behind any JSON value. */
export function anyValue(p: usize): usize {
  return any(p, DEPTH);
}
