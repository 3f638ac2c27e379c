import { expect, it } from 'vitest';
import { tellingLeases } from '../../../src/core/leases/telling.ts';

type Row = readonly [frame: number, host: number, start: number];

function told(rows: readonly Row[]): readonly number[] {
  const column = (nth: 0 | 1 | 2) => (row: number) => rows[row]?.[nth] ?? -1;
  return tellingLeases({ length: rows.length, frame: column(0), host: column(1), start: column(2) });
}

it.each<[string, readonly Row[], readonly number[]]>([
  ['none of none', [], []],
  ['the only one', [[0, 0, 5]], [0]],
  [
    'the first, the earliest and the latest',
    [
      [0, 0, 5],
      [0, 0, 3],
      [0, 0, 7],
      [0, 0, 1],
      [0, 0, 9],
      [0, 0, 4],
    ],
    [0, 3, 4],
  ],
  [
    'of equal moments the first',
    [
      [0, 0, 5],
      [0, 0, 1],
      [0, 0, 1],
      [0, 0, 9],
      [0, 0, 9],
    ],
    [0, 1, 3],
  ],
  [
    'those of each host',
    [
      [0, 1, 5],
      [0, 2, 6],
      [0, 1, 4],
      [0, 2, 7],
      [0, 1, 5],
      [0, 2, 6],
    ],
    [0, 1, 2, 3],
  ],
  [
    'those of each frame, also of one host',
    [
      [3, 1, 5],
      [4, 1, 5],
      [3, 1, 5],
      [4, 1, 5],
    ],
    [0, 1],
  ],
])('of leases these tell of all of them: %s', (_, rows, expected) => {
  expect(told(rows)).toEqual(expected);
});
