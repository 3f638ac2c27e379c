import { Buffer } from 'node:buffer';
import { tryJson } from '../../core/json/json.ts';
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, NEWLINE, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';

/** One element of a list inside a document, or one member of it, with its place in the bytes. */
export interface JsonElement {
  /** Counts the documents of the file from 0. */
  readonly document: number;
  /** Member of the document whose list it stands in; empty for the elements of a list that is the document itself. */
  readonly key: string;
  /** Place in its list; `whole` for a member that is no list. */
  readonly index: number | 'whole';
  readonly from: number;
  /** First byte behind it. */
  readonly to: number;
  /** Its text, for the keys that were asked for; undefined where it is longer than the limit. */
  readonly text: string | undefined;
}

const COMMA = 44;
const COLON = 58;

const isOpen = (c: number): boolean => c === OPEN_BRACE || c === OPEN_BRACKET;
const isClose = (c: number): boolean => c === CLOSE_BRACE || c === CLOSE_BRACKET;
const isBlank = (c: number): boolean => c === 32 || c === NEWLINE || c === 13 || c === 9;

/** Names of members. */
type Wanted = Pick<ReadonlySet<string>, 'has'>;
export const EVERY: Wanted = { has: () => true };

/**
 * Finds where the elements of the lists of a document stand, so that they can be cut out without touching any other byte.
 * Looks at the lists that are the document itself or a direct member of it. Memory: one element of a wanted key.
 */
export class ElementScanner {
  readonly #wanted: Wanted;
  readonly #maxBytes: number;
  #out: JsonElement[] = [];
  #document = 0;
  #position = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Depth at which elements of the open list stand; 0 outside of lists. */
  #listDepth = 0;
  #key = '';
  #inKey = false;
  #afterColon = false;
  #index = 0;
  /** Where the open element, member or key begins; -1 between them. */
  #from = -1;
  #to = 0;
  #parts: Buffer[] = [];
  #kept = 0;
  #keepFrom = -1;

  constructor(wanted: Wanted, maxBytes: number) {
    this.#wanted = wanted;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): readonly JsonElement[] {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#out = [];
    if (this.#from >= 0) this.#keepFrom = 0;
    for (let i = 0; i < buffer.length; i++) {
      const c = buffer[i] ?? 0;
      if (this.#inString) this.#string(c, buffer, i);
      else if (!isBlank(c)) this.#structure(c, buffer, i);
    }
    if (this.#from >= 0) this.#keep(buffer.subarray(this.#keepFrom));
    this.#position += buffer.length;
    return this.#out;
  }

  /** The file ended inside a document. */
  get open(): boolean {
    return this.#depth > 0;
  }

  #string(c: number, buffer: Buffer, i: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (c === BACKSLASH) this.#escaped = true;
    else if (c === QUOTE) {
      this.#inString = false;
      this.#to = this.#position + i + 1;
      if (this.#inKey) this.#endKey(buffer, i);
    }
  }

  #structure(c: number, buffer: Buffer, i: number): void {
    const between = this.#depth === Math.max(1, this.#listDepth);
    if (between && (c === COMMA || isClose(c))) {
      this.#endElement(buffer, i);
      if (isClose(c)) this.#close();
      return;
    }
    if (c === COLON && between && this.#listDepth === 0) {
      this.#afterColon = true;
      return;
    }
    if (this.#depth === 0) {
      this.#openDocument(c);
      return;
    }
    if (between && this.#starts(c, i)) return;
    this.#to = this.#position + i + 1;
    if (c === QUOTE) this.#inString = true;
    else if (isOpen(c)) this.#depth++;
    else if (isClose(c)) this.#depth--;
  }

  #openDocument(c: number): void {
    if (!isOpen(c)) return;
    this.#depth = 1;
    this.#listDepth = c === OPEN_BRACKET ? 1 : 0;
    this.#key = '';
    this.#index = 0;
    this.#from = -1;
  }

  /** A byte that may begin a key, a member's value, or an element. True when it has been dealt with. */
  #starts(c: number, i: number): boolean {
    if (this.#listDepth > 0) {
      if (this.#from < 0) this.#begin(i);
      return false;
    }
    if (this.#from >= 0) return false;
    if (this.#afterColon && c === OPEN_BRACKET) {
      this.#afterColon = false;
      this.#listDepth = 2;
      this.#depth = 2;
      this.#index = 0;
      return true;
    }
    this.#inKey = !this.#afterColon && c === QUOTE;
    this.#inString = this.#inKey;
    this.#afterColon = false;
    this.#begin(i);
    return this.#inKey;
  }

  #begin(i: number): void {
    this.#from = this.#position + i;
    this.#keepFrom = i;
    this.#parts = [];
    this.#kept = 0;
  }

  #endKey(buffer: Buffer, i: number): void {
    this.#keep(buffer.subarray(this.#keepFrom, i + 1));
    const key = tryJson(Buffer.concat(this.#parts).toString('utf8'));
    this.#key = typeof key === 'string' ? key : '';
    this.#inKey = false;
    this.#from = -1;
  }

  #endElement(buffer: Buffer, i: number): void {
    if (this.#from < 0) return;
    this.#keep(buffer.subarray(this.#keepFrom, i));
    const wanted = this.#wanted.has(this.#key) && this.#kept <= this.#maxBytes;
    this.#out.push({
      document: this.#document,
      key: this.#key,
      index: this.#listDepth === 0 ? 'whole' : this.#index++,
      from: this.#from,
      to: this.#to,
      text: wanted ? Buffer.concat(this.#parts).toString('utf8', 0, this.#to - this.#from) : undefined,
    });
    this.#parts = [];
    this.#from = -1;
  }

  #close(): void {
    this.#depth--;
    this.#listDepth = 0;
    if (this.#depth === 0) this.#document++;
  }

  #keep(part: Buffer): void {
    if (!this.#inKey && !this.#wanted.has(this.#key)) return;
    this.#kept += part.length;
    if (this.#kept <= this.#maxBytes) this.#parts.push(Buffer.from(part));
  }
}
