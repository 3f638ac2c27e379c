import type { Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { no } from '../decoded.ts';
import { arrayOf, isObject, type JsonObject, tryJson } from '../json/json.ts';
import { quotingOf } from './quotes.ts';
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
  /** Lines of a row whose quoted cell is not closed yet. */
  #held: RawRecord[] = [];
  #heldLength = 0;

  constructor(isHeader: (names: readonly string[]) => boolean) {
    this.#isHeader = isHeader;
  }

  read(record: RawRecord): Row {
    if (this.#held.length === 0 && /^\s*\{/.test(record.text)) {
      const json = tryJson(record.text);
      return isObject(json) ? { is: 'row', row: json, ref: record.ref } : { is: 'bad' };
    }
    if (this.#held.length === 0 && record.text.startsWith('#')) return { is: 'comment' };
    if (this.#header === undefined) return this.#readCells(record, delimiterOf(record.text));
    const quoting = quotingOf(record.text, this.#delimiter, this.#held.length > 0);
    if (quoting.torn && this.#isWhole(record)) this.#letGo();
    else if (quoting.open) return this.#hold(record);
    const [first = record, ...more] = [...this.#held, record];
    const row = joined([first, ...more]);
    this.#letGo();
    return this.#readCells(row, this.#delimiter);
  }

  /** Behind a row that was cut off within a quoted cell stands one that needs nothing of it. */
  #isWhole({ text }: RawRecord): boolean {
    const width = this.#header?.length;
    return !quotingOf(text, this.#delimiter).open && splitRow(text, this.#delimiter).length === width;
  }

  #hold(record: RawRecord): Row {
    this.#heldLength += record.text.length;
    if (this.#heldLength < MOST_HELD) {
      this.#held.push(record);
      return { is: 'held' };
    }
    this.#letGo();
    return { is: 'bad' };
  }

  #letGo(): void {
    this.#held = [];
    this.#heldLength = 0;
  }

  #readCells(record: RawRecord, delimiter: string): Row {
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

/** A quoted cell longer than this many characters is taken for a stray quote. */
const MOST_HELD = 1 << 20;

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

/** Records that are parts of one. Blank lines are no records, so the line numbers tell how many breaks stood between. */
export function joined(parts: readonly [RawRecord, ...RawRecord[]]): RawRecord {
  const [first] = parts;
  const texts = [first.text];
  let end = first;
  let line = lastLine(first);
  for (const part of parts.slice(1)) {
    texts.push('\n'.repeat(Math.max(1, Math.min(100, part.ref.line - line))), part.text);
    end = part;
    line = lastLine(part);
  }
  const bytes = end.ref.offset + end.ref.bytes - first.ref.offset;
  return { ...first, text: texts.join(''), ref: { ...first.ref, bytes } };
}

function lastLine({ text, ref }: RawRecord): number {
  return ref.line + text.split('\n').length - 1;
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
