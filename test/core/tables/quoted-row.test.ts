import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitRow } from '../../../src/core/tables/table.ts';

const pieces = fc.array(fc.constantFrom('"', '""', ',', ',"', '",', 'a', ' ', '\n', '\r', 'bc', '|', 'é'), {
  maxLength: 14,
});

/** What csv-parse makes of it, where it makes one row of it. */
function parsed(text: string): readonly string[] | undefined {
  try {
    const rows = parse(text, { delimiter: ',', relax_quotes: true, relax_column_count: true }) as string[][];
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}

it('cuts quoted rows as csv-parse does', () => {
  fc.assert(
    fc.property(pieces, (parts) => {
      const text = `"${parts.join('')}`;
      const expected = parsed(text);
      if (expected !== undefined && !/^\s|\s$/.test(text)) expect(splitRow(text)).toEqual(expected);
    }),
    { numRuns: 3000 },
  );
});

it.each([
  ['"a","b ""c"", d",,e', ['a', 'b "c", d', '', 'e']],
  ['a,"b\nc",', ['a', 'b\nc', '']],
  ['"",""', ['', '']],
  ['a "b",c', ['a "b"', 'c']],
])('%j has these cells', (text, cells) => {
  expect(splitRow(text)).toEqual(cells);
});
