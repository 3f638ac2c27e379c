import { parse } from 'csv-parse/sync';

/** Cells of one CSV/TSV row. A row without quotes is split; quoting is left to csv-parse. */
export function splitRow(text: string, delimiter = ','): readonly string[] {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const rows = parse(text, { delimiter, relax_quotes: true, relax_column_count: true }) as string[][];
    return rows[0] ?? [];
  } catch {
    // csv-parse refuses unbalanced quotes; the cells as they stand are the best reading of such a row.
    return text.split(delimiter);
  }
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
