import type { Sample, Sniff, SniffRecord } from '../model/format.ts';
import type { RawRecord, SourceRef } from '../model/source.ts';
import { no } from './decoded.ts';
import { arrayOf, isObject, type JsonObject, tryJson } from './json.ts';
import { delimiterOf, headerNames, rowObject, splitRow } from './table.ts';

/** One row of a plain table, whatever it was written as. */
export type Row =
  | { readonly is: 'row'; readonly row: JsonObject; readonly ref: SourceRef }
  | { readonly is: 'header' | 'comment' | 'held' | 'bad' };

/** Reads rows of a CSV (or TSV) with a header line, of JSON lines, or of a JSON array. */
export class RowReader {
  readonly #isHeader: (names: readonly string[]) => boolean;
  #header: readonly string[] | undefined;
  #delimiter = ',';
  #held: RawRecord | undefined;

  constructor(isHeader: (names: readonly string[]) => boolean) {
    this.#isHeader = isHeader;
  }

  read(record: RawRecord): Row {
    if (this.#held === undefined && /^\s*\{/.test(record.text)) {
      const json = tryJson(record.text);
      return isObject(json) ? { is: 'row', row: json, ref: record.ref } : { is: 'bad' };
    }
    if (this.#held === undefined && record.text.startsWith('#')) return { is: 'comment' };
    return this.#readCells(this.#held === undefined ? record : joined(this.#held, record));
  }

  /** A quoted cell goes on in the next line, so rows are held until their quotes balance. */
  #readCells(record: RawRecord): Row {
    this.#held = undefined;
    if (quotesOpen(record.text) && record.text.length < 1 << 20) {
      this.#held = record;
      return { is: 'held' };
    }
    const delimiter = this.#header === undefined ? delimiterOf(record.text) : this.#delimiter;
    if (this.#header === undefined || record.text.startsWith(this.#header[0] ?? '\n')) {
      const names = headerNames(record.text, delimiter);
      if (this.#isHeader(names)) {
        this.#header = names;
        this.#delimiter = delimiter;
        return { is: 'header' };
      }
    }
    if (this.#header !== undefined && isOtherHeading(record.text, delimiter)) this.#header = undefined;
    if (this.#header === undefined) return { is: 'bad' };
    return { is: 'row', row: rowObject(this.#header, splitRow(record.text, delimiter)), ref: record.ref };
  }
}

const NAME = /^"?[A-Za-z_][A-Za-z_ .-]*"?$/;
/** Rows with fewer words and nothing else are known to stand in tables. */
const FEWEST_NAMES = 5;

/** Whether another table begins with this line, behind which no row is one of this table's. */
function isOtherHeading(text: string, delimiter: string): boolean {
  if (/\d/.test(text)) return false;
  const cells = headerNames(text, delimiterOf(text));
  return (
    cells.length >= FEWEST_NAMES &&
    (delimiterOf(text) === delimiter || !text.includes(delimiter)) &&
    cells.every((cell) => NAME.test(cell))
  );
}

/** Two records that are parts of one. Blank lines are no records, so the line numbers tell how many breaks stood between. */
export function joined(first: RawRecord, next: RawRecord): RawRecord {
  const lines = first.text.split('\n').length;
  const breaks = Math.max(1, Math.min(100, next.ref.line - (first.ref.line + lines - 1)));
  return {
    ...first,
    text: first.text + '\n'.repeat(breaks) + next.text,
    ref: { ...first.ref, bytes: next.ref.offset + next.ref.bytes - first.ref.offset },
  };
}

function quotesOpen(text: string): boolean {
  let open = false;
  for (let i = text.indexOf('"'); i >= 0; i = text.indexOf('"', i + 1)) open = !open;
  return open;
}

/** Rows inside a wrapping object such as `{"leases":[...]}`; the row itself when there is none. */
export function unwrapRows(row: JsonObject, keys: readonly string[]): readonly JsonObject[] {
  for (const key of keys) {
    const list = arrayOf(row[key]).filter(isObject);
    if (list.length > 0) return list;
  }
  return [row];
}

const headers = new WeakMap<SniffRecord, readonly string[]>();

/** Several formats ask for the names in the same first line. */
function headerOf(first: SniffRecord): readonly string[] {
  const known = headers.get(first) ?? headerNames(first.text);
  headers.set(first, known);
  return known;
}

/** Score of a head: by its header line for CSV, else the mean of the rows. */
export function sniffRows(
  sample: Sample,
  scoreNames: (names: readonly string[]) => Sniff,
  claims: (record: SniffRecord) => Sniff,
): Sniff {
  const first = sample.records.find((record) => !record.text.startsWith('#'));
  if (first === undefined) return no('empty');
  if (!/^\s*[[{]/.test(first.text)) return scoreNames(headerOf(first));
  if (sample.few?.every((record) => claims(record).score === 0) === true) return no('no row recognised');
  let total = 0;
  let best: Sniff = no('no row recognised');
  for (const record of sample.records) {
    const sniff = claims(record);
    total += sniff.score;
    if (sniff.score > best.score) best = sniff;
  }
  return { score: total / sample.records.length, reason: best.reason };
}
