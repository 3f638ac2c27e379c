import { parse } from 'csv-parse/sync';

/** Cells of one CSV/TSV row. A row without quotes is split, and one that is quoted by the book; any other quoting is left to csv-parse. */
export function splitRow(text: string, delimiter = ','): readonly string[] {
  if (!text.includes('"')) return text.split(delimiter);
  const plain = quotedCells(text, delimiter);
  if (plain !== undefined) return plain;
  try {
    const rows = parse(text, { delimiter, relax_quotes: true, relax_column_count: true }) as string[][];
    return rows[0] ?? [];
  } catch {
    // csv-parse refuses unbalanced quotes; the cells as they stand are the best reading of such a row.
    return text.split(delimiter);
  }
}

/** Cells of RFC 4180: quotes around whole cells, doubled within. Undefined for a row that has others, or a line's end outside of them. */
function quotedCells(text: string, delimiter: string): readonly string[] | undefined {
  const cells: string[] = [];
  for (let at = 0; at <= text.length; ) {
    const isQuoted = text[at] === '"';
    const next = isQuoted ? closingQuote(text, at + 1) + 1 : text.indexOf(delimiter, at);
    if (isQuoted && next === 0) return undefined;
    const end = next < 0 ? text.length : next;
    const cell = text.slice(at, end);
    if (isQuoted ? end < text.length && text[end] !== delimiter : /["\r\n]/.test(cell)) return undefined;
    cells.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    at = end + 1;
  }
  return cells;
}

/** The quote that ends a cell, which is not doubled; -1 where none does. */
function closingQuote(text: string, from: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

/** Best delimiter of a header line: the one that gives most cells. */
export function delimiterOf(header: string): string {
  let best = ',';
  let most = countOf(header, best);
  for (const candidate of ['\t', ';', '|']) {
    const count = countOf(header, candidate);
    if (count > most) [best, most] = [candidate, count];
  }
  return best;
}

function countOf(text: string, mark: string): number {
  let count = 0;
  for (let i = text.indexOf(mark); i >= 0; i = text.indexOf(mark, i + 1)) count++;
  return count;
}

/** A row as header name -> cell; cells beyond the header are dropped, empty cells are absent. */
export function rowObject(header: readonly string[], cells: readonly string[]): Record<string, string> {
  const row: Record<string, string> = {};
  for (let i = 0; i < header.length; i++) {
    const name = header[i];
    const cell = cells[i];
    if (name !== undefined && cell !== undefined && cell !== '') row[name] = cell;
  }
  return row;
}

/** Header names, trimmed, BOM and quotes removed. JSON has none: taking its quotes apart as a row's costs more than reading it. */
export function headerNames(text: string, delimiter = delimiterOf(text)): readonly string[] {
  if (text.startsWith('{') || text.startsWith('[')) return [];
  return splitRow(text.replace(/^\uFEFF/, ''), delimiter).map((name) => name.trim());
}
