import { expect, it } from 'vitest';
import { RowReader } from '../../../src/core/tables/rows.ts';

/** What is read of lines of a table whose heading is `id,command,at`. */
function readRows(lines: readonly string[]): unknown[] {
  const reader = new RowReader((names) => names.includes('id') && names.includes('command'));
  let offset = 0;
  return lines.map((text, i) => {
    const ref = { source: 'x', line: i + 1, offset, bytes: text.length };
    offset += text.length + 1;
    const read = reader.read({ text, ref });
    return read.is === 'row' ? read.row : read.is;
  });
}

const HEADING = 'id,command,at';
const LAST = { id: '3', command: 'id', at: '12' };

it.each([
  [
    'a quoted cell over several lines',
    ['1,"a', 'b",10', '3,id,12'],
    ['held', { id: '1', command: 'a\nb', at: '10' }, LAST],
  ],
  [
    'quotes doubled within such a cell',
    ['1,"a ""x', 'y"" b",10', '3,id,12'],
    ['held', { id: '1', command: 'a "x\ny" b', at: '10' }, LAST],
  ],
  [
    'a quote within a word, which opens nothing',
    ['1,5" disk,10', '3,id,12'],
    [{ id: '1', command: '5" disk', at: '10' }, LAST],
  ],
  [
    'a row cut off within a quoted cell, before a whole row that is quoted too',
    ['1,"a', '2,"b",11', '3,id,12'],
    ['held', { id: '2', command: 'b', at: '11' }, LAST],
  ],
  [
    'a whole row within a quoted cell, where quotes are doubled: the agent wrote it',
    ['1,"a', '2,""b"",11', 'c",10', '3,id,12'],
    ['held', 'held', { id: '1', command: 'a\n2,"b",11\nc', at: '10' }, LAST],
  ],
])('reads %s', (_, lines, rows) => {
  expect(readRows([HEADING, ...lines])).toEqual(['header', ...rows]);
});

it('holds nothing before a heading, where a line of JSON may be cut off within a text', () => {
  expect(readRows(['mand":"ls","at":1}', '{"id":"3"}'])).toEqual(['bad', { id: '3' }]);
  expect(readRows(['"at', '{"id":"3"}'])).toEqual(['bad', { id: '3' }]);
});

it('gives a quoted cell up that never ends, and reads on behind it', () => {
  const lines = Array.from({ length: 30 }, () => 'x'.repeat(50_000));
  const read = readRows([HEADING, '1,"a', ...lines, '3,id,12']);
  expect(read).toContain('bad');
  expect(read.at(-1)).toEqual(LAST);
});
