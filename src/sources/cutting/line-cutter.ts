import { Buffer, isAscii } from 'node:buffer';
import type { Skimmed } from '../../model/skimmed.ts';
import type { SourceRef } from '../../model/source.ts';

/** One line without its ending; offsets count bytes of the decompressed file. */
export interface LineSlice {
  readonly text: string;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
  readonly oversize: boolean;
}

const NEWLINE = 10;
const RETURN = 13;

/** The bytes of a stretch that was skimmed. */
export type Stretch = Pick<Buffer, 'toString'>;

/**
 * Is told what was left of a chunk and where the stretch begins that was skimmed, before its lines are handed out. The bytes of the
 * stretch are good until the next chunk.
 */
export type OnLeft = (skimmed: Skimmed, base: Pick<SourceRef, 'line' | 'offset'>, stretch: Stretch) => void;

/** Cuts chunks at line feeds. A BOM at the very start and a carriage return before a line feed are dropped. */
export class LineCutter {
  readonly #maxBytes: number;
  #carry: Buffer[] = [];
  #carryBytes = 0;
  #line = 1;
  #offset = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The line that is cut next. */
  get line(): number {
    return this.#line;
  }

  push(chunk: Uint8Array): LineSlice[] {
    return this.#cut(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  /** Of the lines that were skimmed only those to be read. */
  pushSkimmed(chunk: Uint8Array, skimmed: Skimmed, onLeft: OnLeft): LineSlice[] {
    const { from, to, lines, read } = skimmed;
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const out = this.#cut(buffer.subarray(0, from));
    const base = { line: this.#line, offset: this.#offset };
    onLeft(skimmed, base, buffer.subarray(from, to));
    for (let i = 0; i < read.length; i += 3) {
      const [first = 0, end = 0] = [read[i + 1], read[i + 2]];
      this.#line = base.line + (read[i] ?? 0);
      this.#offset = base.offset + first - from;
      const isPlain = this.#offset > 0 && end - first <= this.#maxBytes;
      out.push(isPlain ? this.#whole(buffer, first, end, 'utf8') : this.#take(buffer.subarray(first, end), 1));
    }
    this.#line = base.line + lines;
    this.#offset = base.offset + to - from;
    out.push(...this.#cut(buffer.subarray(to)));
    return out;
  }

  #cut(buffer: Buffer): LineSlice[] {
    const out: LineSlice[] = [];
    // One-byte text is made without looking for anything else.
    const encoding = isAscii(buffer) ? 'latin1' : 'utf8';
    let from = 0;
    for (let to = buffer.indexOf(NEWLINE); to >= 0; to = buffer.indexOf(NEWLINE, from)) {
      const isPlain = this.#carryBytes === 0 && this.#offset > 0 && to - from <= this.#maxBytes;
      out.push(isPlain ? this.#whole(buffer, from, to, encoding) : this.#take(buffer.subarray(from, to), 1));
      from = to + 1;
    }
    if (from < buffer.length) this.#keep(buffer.subarray(from));
    return out;
  }

  /** A line that stands whole in a chunk and is not the first: what most lines are. */
  #whole(buffer: Buffer, from: number, to: number, encoding: 'latin1' | 'utf8'): LineSlice {
    const end = to > from && buffer[to - 1] === RETURN ? to - 1 : to;
    const text = buffer.toString(encoding, from, end);
    const slice = { text, line: this.#line, offset: this.#offset, bytes: end - from, oversize: false };
    this.#offset += to - from + 1;
    this.#line++;
    return slice;
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
