import { NumberLog, type NumberReader } from '../core/packed/number-log.ts';
import type { Overflow } from '../model/overflow.ts';

/** A record that is counted: when it was, microseconds, and where it stands in its file. */
export interface Counted {
  readonly at: number;
  readonly lo: number;
  readonly hi: number;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface CountedOf extends Counted {
  readonly kind: number;
}

/** Half a million records stay in memory. */
const MOST_BYTES = 4 << 20;

/** What is told of a record is told by how it differs from the one before it. */
interface Last {
  at: number;
  /** How its interval lies about its moment. */
  before: number;
  after: number;
  line: number;
  /** Where it ends in its file. */
  end: number;
}

const nothing = (): Last => ({ at: 0, before: 0, after: 0, line: 0, end: 0 });

/** Records that are counted, in the order in which they were read, in about eight bytes each. What memory does not hold goes to the overflow. */
export class Records {
  readonly #log: NumberLog;
  readonly #last = nothing();
  #count = 0;

  constructor(overflow?: Overflow) {
    this.#log = new NumberLog({ most: MOST_BYTES, overflow });
  }

  add(kind: number, record: Counted): void {
    const [log, last] = [this.#log, this.#last];
    const at = Math.round(record.at);
    this.#putKind(kind, Math.max(0, at - Math.floor(record.lo)), Math.max(0, Math.ceil(record.hi) - at));
    log.putSigned(at - last.at);
    log.putSigned(record.line - last.line);
    log.putSigned(record.offset - last.end);
    log.put(record.bytes);
    last.at = at;
    last.line = record.line;
    last.end = record.offset + record.bytes;
    this.#count++;
  }

  /** `see` gets the same object each time, filled anew. */
  each(see: (record: CountedOf) => void): void {
    const reader = this.#log.reader();
    const last = nothing();
    const record = { kind: 0, at: 0, lo: 0, hi: 0, line: 0, offset: 0, bytes: 0 };
    for (let i = 0; i < this.#count; i++) {
      record.kind = takeKind(reader, last);
      record.at = last.at += reader.nextSigned();
      record.lo = last.at - last.before;
      record.hi = last.at + last.after;
      record.line = last.line += reader.nextSigned();
      record.offset = last.end + reader.nextSigned();
      record.bytes = reader.next();
      last.end = record.offset + record.bytes;
      see(record);
    }
  }

  /** An odd number says that the interval is another one than before. */
  #putKind(kind: number, before: number, after: number): void {
    const [log, last] = [this.#log, this.#last];
    const isAlike = before === last.before && after === last.after;
    log.put(isAlike ? kind * 2 : kind * 2 + 1);
    if (isAlike) return;
    log.put(before);
    log.put(after);
    last.before = before;
    last.after = after;
  }
}

function takeKind(reader: NumberReader, last: Last): number {
  const number = reader.next();
  if (number % 2 === 0) return number / 2;
  last.before = reader.next();
  last.after = reader.next();
  return (number - 1) / 2;
}
