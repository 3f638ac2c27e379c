import { NumberLists } from '../core/packed/number-lists.ts';
import type { Repeats } from '../model/violation.ts';
import type { Cell, Cells } from './cells.ts';
import type { Counted, CountedOf, Records } from './records.ts';

/** A violation that stands for many names each of them: of more than these, the line of a report would take megabytes. */
const MOST_RECORDS = 50_000;

/** Records of one cell that become one violation. */
export interface Part {
  readonly kind: number;
  /** The earliest time, and the interval that holds all. */
  at: number;
  lo: number;
  hi: number;
  /** Where the first of them stands. */
  readonly place: Pick<Counted, 'line' | 'offset' | 'bytes'>;
  /** Of all but the first. */
  readonly lines: Repeats['lines'];
}

/** What all records of each cell span, and their lines: cell by cell, as many of one as fit. */
export function partsOf(records: Records, cells: Cells, most = MOST_RECORDS): readonly Part[] {
  const firstOf = new Uint32Array(cells.all.length);
  let count = 0;
  for (const cell of cells.all) {
    firstOf[cell.number] = count;
    count += Math.ceil(cell.count / most);
  }
  const parts: Part[] = new Array(count);
  const lists = new NumberLists(count);
  const taken = new Uint32Array(cells.all.length);
  records.each((record) => {
    const cell = cells.cellOf(record);
    const nth = taken[cell.number] ?? 0;
    taken[cell.number] = nth + 1;
    const number = (firstOf[cell.number] ?? 0) + Math.floor(nth / most);
    const part = parts[number];
    if (part === undefined) parts[number] = begin(cell, record, lists.of(number));
    else {
      lists.add(number, record.line);
      extend(part, record);
    }
  });
  return parts;
}

function begin({ kind }: Cell, { at, lo, hi, line, offset, bytes }: CountedOf, lines: Part['lines']): Part {
  return { kind, at, lo, hi, place: { line, offset, bytes }, lines };
}

function extend(part: Part, { at, lo, hi }: CountedOf): void {
  if (at < part.at) part.at = at;
  if (lo < part.lo) part.lo = lo;
  if (hi > part.hi) part.hi = hi;
}
