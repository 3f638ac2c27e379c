import type { LineSlice } from './line-cutter.ts';

/** Joins lines into records. What it gives back are slices again: a joined one reaches from its first line to its last. */
interface LineJoiner {
  add(slice: LineSlice): readonly LineSlice[];
  flush(): readonly LineSlice[];
}

/** A quoted cell longer than this is taken for a stray quote. */
const MAX_CELL_BYTES = 4 * 1024 * 1024;
const OVERSIZE_TEXT = 4096;

/** CSV rows: a row goes on in the next line while a quoted cell is open. One that never closes gives its lines one by one. */
export class CsvJoiner implements LineJoiner {
  #held: LineSlice[] = [];
  #open = false;

  add(slice: LineSlice): readonly LineSlice[] {
    this.#open = staysOpen(slice.text, this.#open);
    this.#held.push(slice);
    if (!this.#open) return this.#take(joined);
    const first = this.#held[0] ?? slice;
    return slice.offset + slice.bytes - first.offset > MAX_CELL_BYTES ? this.flush() : [];
  }

  flush(): readonly LineSlice[] {
    this.#open = false;
    return this.#take((held) => held);
  }

  #take(shape: (held: readonly LineSlice[]) => readonly LineSlice[]): readonly LineSlice[] {
    const held = this.#held;
    this.#held = [];
    return shape(held);
  }
}

function joined(held: readonly LineSlice[]): readonly LineSlice[] {
  const first = held[0];
  const last = held.at(-1);
  if (first === undefined || last === undefined || first === last) return held;
  return [
    {
      ...first,
      text: held.map(({ text }) => text).join('\n'),
      bytes: last.offset + last.bytes - first.offset,
      oversize: held.some(({ oversize }) => oversize),
    },
  ];
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
  #held: LineSlice[] = [];
  #endOffset = 0;

  constructor(starts: RegExp, maxBytes: number) {
    this.#starts = starts;
    this.#maxBytes = maxBytes;
  }

  add(slice: LineSlice): readonly LineSlice[] {
    const out = this.#starts.test(slice.text) ? this.flush() : [];
    // Beyond the cap only the length is still of interest.
    if (this.#held.length === 0 || this.#length() <= this.#maxBytes) this.#held.push(slice);
    this.#endOffset = slice.offset + slice.bytes;
    return out;
  }

  flush(): readonly LineSlice[] {
    const whole = joined(this.#held)[0];
    const bytes = this.#length();
    this.#held = [];
    if (whole === undefined) return [];
    if (bytes <= this.#maxBytes) return [{ ...whole, bytes }];
    return [{ ...whole, bytes, text: whole.text.slice(0, OVERSIZE_TEXT), oversize: true }];
  }

  #length(): number {
    return this.#endOffset - (this.#held[0]?.offset ?? this.#endOffset);
  }
}
