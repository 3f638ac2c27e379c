/**
 * Memory of a matcher in bytes, from the start of its area. An operation: kind and use (one byte each), length (two: of the literal, at
 * most of a field, exactly of digits, how many fields, at the end how many lines an event has), place of the literal (of a field: its stop and what is refused), the next
 * operation, the one to try where this fails, and a number of the template (four each). A row, twelve numbers of four bytes:
 * place of the line feed, hash (two, zeros where no template took the line), what values were, the hash of those that tell whose
 * record it is (two), and its moment, see `ROW`.
 */
export const OPERATION_BYTES = 20;
/** What ends the head of a line of records. */
export const MARK = { from: 1008, to: 1024 } as const;
export const OPERATIONS = { from: 1024, to: 0x20000 } as const;
export const LITERALS = { from: 0x20000, to: 0x40000 } as const;
export const ROW_NUMBERS = 12;
const MOST_ROWS = 8192;
export const ROWS = { from: 0x40000, to: 0x40000 + MOST_ROWS * ROW_NUMBERS * 4 } as const;
/** Lines that do not stand in the memory already. */
export const LINES = { from: 0xa0000, to: 0xe0000 } as const;
/**
 * What a scan leaves by itself, see left-lines.ts: hashes of 64 bits whose lowest bit is turned for one side, zeros where there is none;
 * a byte for each port; and clients, each an address and a side of four bytes.
 */
export const LEFT_SLOTS = 2 ** 14;
export const LEFT_HASHES = { from: 0xe0000, to: 0xe0000 + LEFT_SLOTS * 8 } as const;
export const PORTS = { from: LEFT_HASHES.to, to: LEFT_HASHES.to + 65536 } as const;
export const CLIENT_SLOTS = 2 ** 12;
export const CLIENTS = { from: PORTS.to, to: PORTS.to + CLIENT_SLOTS * 8 } as const;
export const AREA_BYTES: number = CLIENTS.to;

/**
 * What the numbers of a row are. `a`, `b`, `c`: client, port and port behind a translation, or second, pid and parent. `path`:
 * where a request's path begins, times 2^14, and its length; 0 for none. `lines`: how many lines it is of. `second`, `micros`: the moment, since
 * the epoch and in that second; 0 where the template has none. Of a row without a hash `a` is how many lines it is of that are left, and
 * `b` where the last of them begins; 0 where it is a line that no template took.
 */
export const ROW = {
  to: 0,
  low: 1,
  high: 2,
  a: 3,
  b: 4,
  c: 5,
  path: 6,
  lines: 7,
  whoseLow: 8,
  whoseHigh: 9,
  second: 10,
  micros: 11,
} as const;
/**
 * A row of a record in 24 numbers: what is behind its line, where it is the last of it; a hash of what it is, zeros where its
 * line was not taken; eight of its ids (see `CallCutter`); start and end in microseconds, as numbers of 64 bits, and the last three
 * digits of the start in nanoseconds; hashes of its episode and of its arguments in a record of its kind, zeros for none; place and
 * length of these arguments, and of the id of a call.
 */
export const RECORD = {
  to: 0,
  saidAt: 1,
  low: 2,
  high: 3,
  kin: 4,
  start: 12,
  nanos: 14,
  saidLength: 15,
  end: 16,
  episode: 18,
  said: 20,
  idAt: 22,
  idLength: 23,
} as const;
export const RECORD_NUMBERS = 24;

export const PATH_BITS = 14;

export const KINDS = {
  literal: 0,
  text: 1,
  scalar: 2,
  any: 3,
  end: 4,
  field: 5,
  digits: 6,
  fields: 7,
  mark: 8,
  rest: 9,
  hex: 10,
} as const;
export const USES = {
  free: 0,
  same: 1,
  client: 2,
  port: 3,
  natPort: 4,
  few: 5,
  second: 6,
  pid: 7,
  parent: 8,
  url: 9,
  epoch: 10,
  whose: 11,
  traceId: 12,
  spanId: 13,
  parentId: 14,
  from: 15,
  until: 16,
  episode: 17,
  said: 18,
  callId: 19,
  moment: 32,
  stamp: 33,
} as const;
