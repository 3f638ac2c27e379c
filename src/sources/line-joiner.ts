import type { LineSlice } from './line-cutter.ts';
import { OVERSIZE_TEXT } from './record-parts.ts';

/** Joins lines into records. What it gives back are slices again: a joined one reaches from its first line to its last. */
interface LineJoiner {
  add(slice: LineSlice, out: LineSlice[]): void;
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

/** Records that reach to the next line that starts one. */
export class StartJoiner implements LineJoiner {
  readonly #starts: RegExp;
  readonly #maxBytes: number;
  /** Lines of the record, within the cap: beyond it only the length is still of interest. */
  readonly #held: LineSlice[] = [];
  #endOffset = 0;

  constructor(starts: RegExp, maxBytes: number) {
    this.#starts = starts;
    this.#maxBytes = maxBytes;
  }

  add(slice: LineSlice, out: LineSlice[]): void {
    if (this.#starts.test(slice.text)) this.flush(out);
    const first = this.#held[0];
    if (first === undefined || this.#endOffset - first.offset <= this.#maxBytes) this.#held.push(slice);
    this.#endOffset = slice.offset + slice.bytes;
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
