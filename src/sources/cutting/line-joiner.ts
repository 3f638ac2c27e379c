import { tryJson } from '../../core/json/json.ts';
import type { SeveralLines } from '../../model/format.ts';
import type { LineSlice } from './line-cutter.ts';
import { OVERSIZE_TEXT } from './record-parts.ts';

/** Joins lines into records. What it gives back are slices again: a joined one reaches from its first line to its last. */
export interface LineJoiner {
  /** Whether it would give back these lines as they are. */
  passes?(slices: readonly LineSlice[]): boolean;
  add(slice: LineSlice, out: LineSlice[]): void;
  /** No more lines come that stand before this one: those between were left. */
  settle?(line: number, out: LineSlice[]): void;
  flush(out: LineSlice[]): void;
}

/** A quoted cell longer than this is taken for a stray quote. */
const MAX_CELL_BYTES = 4 * 1024 * 1024;

/** CSV rows: a row goes on in the next line while a quoted cell is open. One that never closes gives its lines one by one. */
export class CsvJoiner implements LineJoiner {
  #held: LineSlice[] = [];
  #open = false;

  add(slice: LineSlice, out: LineSlice[]): void {
    this.#open = staysOpen(slice.text, this.#open);
    this.#held.push(slice);
    const first = this.#held[0] ?? slice;
    if (!this.#open) {
      out.push(joined(first, this.#held));
      this.#held.length = 0;
    } else if (slice.offset + slice.bytes - first.offset > MAX_CELL_BYTES) this.flush(out);
  }

  flush(out: LineSlice[]): void {
    this.#open = false;
    for (const slice of this.#held) out.push(slice);
    this.#held.length = 0;
  }
}

function joined(first: LineSlice, held: readonly LineSlice[]): LineSlice {
  const last = held.at(-1);
  if (last === undefined || first === last) return first;
  return {
    ...first,
    text: held.map(({ text }) => text).join('\n'),
    bytes: last.offset + last.bytes - first.offset,
    oversize: held.some(({ oversize }) => oversize),
  };
}

/** Whether a quoted cell is open behind a line. A quote opens one only at the start of a cell: in free text it means itself. */
function staysOpen(text: string, wasOpen: boolean): boolean {
  let open = wasOpen;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    if (!open) open = startsCell(text, at);
    else if (text.charCodeAt(at + 1) === 34) at++;
    else open = false;
  }
  return open;
}

function startsCell(text: string, quote: number): boolean {
  let at = quote - 1;
  while (at >= 0 && text[at] === ' ') at--;
  return at < 0 || ',;\t|'.includes(text[at] ?? '');
}

/** Records that reach to the line that ends them, where one does, else to the next line that starts one. */
export class StartJoiner implements LineJoiner {
  readonly #starts: RegExp;
  readonly #ends: RegExp | undefined;
  readonly #maxBytes: number;
  /** Lines of the record, within the cap: beyond it only the length is still of interest. */
  readonly #held: LineSlice[] = [];
  #endOffset = 0;

  constructor({ startsRecord, endsRecord }: SeveralLines, maxBytes: number) {
    this.#starts = startsRecord;
    this.#ends = endsRecord;
    this.#maxBytes = maxBytes;
  }

  add(slice: LineSlice, out: LineSlice[]): void {
    const isStart = this.#starts.test(slice.text);
    if (isStart) this.flush(out);
    else if (this.#ends !== undefined && this.#held.length === 0) {
      out.push(slice);
      return;
    }
    const first = this.#held[0];
    if (first === undefined || this.#endOffset - first.offset <= this.#maxBytes) this.#held.push(slice);
    this.#endOffset = slice.offset + slice.bytes;
    if (this.#ends?.test(slice.text)) this.flush(out);
  }

  flush(out: LineSlice[]): void {
    const first = this.#held[0];
    if (first === undefined) return;
    const bytes = this.#endOffset - first.offset;
    const whole = joined(first, this.#held);
    this.#held.length = 0;
    if (bytes > this.#maxBytes) out.push({ ...whole, bytes, text: whole.text.slice(0, OVERSIZE_TEXT), oversize: true });
    else out.push(whole.bytes === bytes ? whole : { ...whole, bytes });
  }
}

/** A longer document is hardly one that stands among lines of logs. */
const MAX_DOCUMENT_BYTES = 4 * 1024 * 1024;
/** Line that only opens a document or a member of it. */
const OPENS = /^\s*[[{]\s*$|^\s*\{[^}]*,\s*$|^\s*\{\s*"[^"]*"\s*:[\s[{]*$/;
const GOES_ON = /^\s*(?:["{}[\]]|-?\d|true\b|false\b|null\b|$)/;

/** Lines that are records, among which a JSON document may stand that was printed over several. What is none stays lines. */
export class DocumentJoiner implements LineJoiner {
  #held: LineSlice[] = [];
  #depth = 0;

  passes(slices: readonly LineSlice[]): boolean {
    return this.#held.length === 0 && !slices.some(({ text }) => opens(text));
  }

  add(slice: LineSlice, out: LineSlice[]): void {
    this.settle(slice.line, out);
    const [first] = this.#held;
    if (first === undefined ? !opens(slice.text) : !GOES_ON.test(slice.text)) {
      this.flush(out);
      if (first === undefined) out.push(slice);
      else this.add(slice, out);
      return;
    }
    this.#held.push(slice);
    this.#depth += depthOf(slice.text);
    if (this.#depth <= 0) this.#close(out);
    else if (first !== undefined && slice.offset + slice.bytes - first.offset > MAX_DOCUMENT_BYTES) this.flush(out);
  }

  #close(out: LineSlice[]): void {
    const [first] = this.#held;
    const whole = first && joined(first, this.#held);
    if (whole !== undefined && tryJson(whole.text) !== undefined) {
      this.#held = [];
      out.push(whole);
    }
    this.flush(out);
  }

  /** A document of which a line was left is none, and its lines are told before those behind what was left. */
  settle(line: number, out: LineSlice[]): void {
    const last = this.#held.at(-1);
    if (last !== undefined && last.line + 1 < line) this.flush(out);
  }

  flush(out: LineSlice[]): void {
    for (const slice of this.#held) out.push(slice);
    this.#held = [];
    this.#depth = 0;
  }
}

const [COMMA, OPEN_BRACKET, OPEN_BRACE] = [44, 91, 123] as const;

/** Records of logs seldom end so: all other lines cost one look. */
function opens(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return (last === OPEN_BRACE || last === COMMA || last === OPEN_BRACKET) && OPENS.test(text);
}

/** How many braces and brackets of a line stay open; strings of JSON end on their line. */
function depthOf(text: string): number {
  let depth = 0;
  for (const mark of text.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
  }
  return depth;
}
