import { Buffer } from 'node:buffer';

/** One line without its ending; offsets count bytes of the decompressed file. */
export interface LineSlice {
  readonly text: string;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly oversize: boolean;
}

/** Whether a line need not be read: gets it as Latin-1, where every byte is one character. */
export type Skip = (line: string) => boolean;

/** Strings up to this length live and die in V8's young generation. */
const PIECE_BYTES = 96 * 1024;

/** Where a piece of whole lines ends; 0 when no line ends in the buffer. */
function endOfPiece(buffer: Buffer, from: number): number {
  if (from + PIECE_BYTES >= buffer.length) {
    const last = buffer.lastIndexOf(NEWLINE);
    return last < from ? 0 : last + 1;
  }
  const last = buffer.lastIndexOf(NEWLINE, from + PIECE_BYTES);
  return last >= from ? last + 1 : buffer.indexOf(NEWLINE, from) + 1;
}

const NEWLINE = 10;
const RETURN = 13;

/** Cuts chunks at line feeds. A BOM at the very start and a carriage return before a line feed are dropped. */
export class LineCutter {
  readonly #maxBytes: number;
  readonly #skip: Skip | undefined;
  #carry: Buffer[] = [];
  #carryBytes = 0;
  #line = 1;
  #offset = 0;

  constructor(maxBytes: number, skip?: Skip) {
    this.#maxBytes = maxBytes;
    this.#skip = skip;
  }

  push(chunk: Uint8Array): LineSlice[] {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    return this.#skip === undefined ? this.#cut(buffer) : this.#skim(buffer, this.#skip);
  }

  /** Lines that reach over the end of a chunk are not skipped: there are few. */
  #skim(buffer: Buffer, skip: Skip): LineSlice[] {
    const out: LineSlice[] = [];
    let from = 0;
    while (from < buffer.length) {
      const end = endOfPiece(buffer, from);
      if (end === 0) break;
      const text = buffer.toString('latin1', from, end);
      let at = 0;
      for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', at)) {
        if (this.#carryBytes === 0 && skip(text.slice(at, to))) {
          this.#offset += to + 1 - at;
          this.#line++;
        } else out.push(this.#take(buffer.subarray(from + at, from + to), 1));
        at = to + 1;
      }
      from = end;
    }
    if (from < buffer.length) this.#keep(buffer.subarray(from));
    return out;
  }

  #cut(buffer: Buffer): LineSlice[] {
    const out: LineSlice[] = [];
    let from = 0;
    for (let to = buffer.indexOf(NEWLINE); to >= 0; to = buffer.indexOf(NEWLINE, from)) {
      out.push(this.#take(buffer.subarray(from, to), 1));
      from = to + 1;
    }
    if (from < buffer.length) this.#keep(buffer.subarray(from));
    return out;
  }

  end(): LineSlice[] {
    return this.#carryBytes === 0 ? [] : [this.#take(Buffer.alloc(0), 0)];
  }

  #keep(rest: Buffer): void {
    if (this.#carryBytes < this.#maxBytes) this.#carry.push(Buffer.from(rest));
    this.#carryBytes += rest.length;
  }

  #take(tail: Buffer, ending: number): LineSlice {
    const total = this.#carryBytes + tail.length;
    const oversize = total > this.#maxBytes;
    let whole = this.#carryBytes === 0 ? tail : Buffer.concat([...this.#carry, oversize ? Buffer.alloc(0) : tail]);
    if (oversize) whole = whole.subarray(0, Math.min(whole.length, 4096));
    let bytes = total;
    let offset = this.#offset;
    if (!oversize && whole.length > 0 && whole[whole.length - 1] === RETURN) {
      whole = whole.subarray(0, -1);
      bytes--;
    }
    if (offset === 0 && whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf) {
      whole = whole.subarray(3);
      bytes -= 3;
      offset = 3;
    }
    const slice = { text: whole.toString('utf8'), line: this.#line, offset, bytes, oversize };
    this.#offset += total + ending;
    this.#line++;
    this.#carry = [];
    this.#carryBytes = 0;
    return slice;
  }
}
