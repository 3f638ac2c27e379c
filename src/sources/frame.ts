import type { Framing } from '../model/format.ts';
import type { RawRecord } from '../model/source.ts';
import { JsonCutter } from './json-cutter.ts';
import { LineCutter, type LineSlice } from './line-cutter.ts';

/** Longest record that is read whole; longer ones are reported as failed and the file goes on. */
const MAX_RECORD_BYTES = 64 * 1024 * 1024;

/** How the bytes of one file are cut; `auto` of a format becomes `lines` or `json` by the file's head. */
export type Cut = 'lines' | 'json' | 'csv' | { readonly startsRecord: RegExp };

/** Turns chunks of one file into records. Push chunks in order, then end. Equal records for any chunking. */
export interface Framer {
  push(chunk: Uint8Array): readonly RawRecord[];
  end(): readonly RawRecord[];
}

/** Decides how a file with `auto` framing is cut: a JSON array or pretty-printed JSON documents, else lines. */
export function cutOfHead(head: string): 'lines' | 'json' {
  const text = head.replace(/^\uFEFF/, '').trimStart();
  if (/^\[\s*[[{\]]/.test(text)) return 'json';
  if (!text.startsWith('{')) return 'lines';
  const newline = text.indexOf('\n');
  const first = (newline < 0 ? text : text.slice(0, newline)).trim();
  if (newline < 0) return 'lines';
  return /^\{\s*$/.test(first) || /^\{\s*"[^"]*"\s*:[\s[{]*$/.test(first) || /^\{[^}]*,$/.test(first)
    ? 'json'
    : 'lines';
}

export function cutOf(framing: Framing, head: string): Cut {
  return framing === 'auto' ? cutOfHead(head) : framing;
}

export function createFramer(source: string, cut: Cut, maxBytes: number = MAX_RECORD_BYTES): Framer {
  if (cut === 'json') return new JsonCutter(source, maxBytes);
  const lines = new LineCutter(maxBytes);
  if (cut === 'lines') {
    const toRecords = (slices: readonly LineSlice[]): RawRecord[] => {
      const out: RawRecord[] = [];
      for (const slice of slices) if (!isBlank(slice.text)) out.push(lineRecord(source, slice));
      return out;
    };
    return { push: (chunk) => toRecords(lines.push(chunk)), end: () => toRecords(lines.end()) };
  }
  const joiner = new LineJoiner(
    source,
    cut === 'csv' ? quoteOpen : undefined,
    cut === 'csv' ? undefined : cut.startsRecord,
    maxBytes,
  );
  return {
    push: (chunk) => joiner.add(lines.push(chunk)),
    end: () => [...joiner.add(lines.end()), ...joiner.flush()],
  };
}

function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 9) return false;
  }
  return true;
}

function lineRecord(source: string, slice: LineSlice): RawRecord {
  const ref = { source, line: slice.line, offset: slice.offset, bytes: slice.bytes };
  return slice.oversize ? { text: slice.text, ref, oversize: true } : { text: slice.text, ref };
}

/** An odd number of quotes: the row goes on in the next line. */
function quoteOpen(text: string): boolean {
  let quotes = 0;
  for (let i = text.indexOf('"'); i >= 0; i = text.indexOf('"', i + 1)) quotes++;
  return quotes % 2 === 1;
}

/** Joins lines into records: until quotes balance (CSV), or until the next line that starts a record. */
class LineJoiner {
  readonly #source: string;
  readonly #isOpen: ((text: string) => boolean) | undefined;
  readonly #starts: RegExp | undefined;
  readonly #maxBytes: number;
  #parts: string[] = [];
  #first: LineSlice | undefined;
  #endOffset = 0;

  constructor(
    source: string,
    isOpen: ((text: string) => boolean) | undefined,
    starts: RegExp | undefined,
    maxBytes: number,
  ) {
    this.#source = source;
    this.#isOpen = isOpen;
    this.#starts = starts;
    this.#maxBytes = maxBytes;
  }

  add(slices: readonly LineSlice[]): RawRecord[] {
    const out: RawRecord[] = [];
    for (const slice of slices) {
      if (this.#starts !== undefined && (this.#first === undefined || this.#starts.test(slice.text)))
        out.push(...this.flush());
      this.#parts.push(slice.text);
      this.#first ??= slice;
      this.#endOffset = slice.offset + slice.bytes;
      const tooLong = this.#endOffset - this.#first.offset > Math.min(this.#maxBytes, 4 * 1024 * 1024);
      if (this.#isOpen !== undefined && (tooLong || !this.#isOpen(this.#parts.join('\n')))) out.push(...this.flush());
    }
    return out;
  }

  flush(): RawRecord[] {
    const first = this.#first;
    if (first === undefined) return [];
    const text = this.#parts.join('\n');
    this.#parts = [];
    this.#first = undefined;
    if (isBlank(text)) return [];
    return [lineRecord(this.#source, { ...first, text, bytes: this.#endOffset - first.offset })];
  }
}
