import { expect, it } from 'vitest';
import { bornOf } from '../../../src/correlate/processes/born.ts';
import type { Process } from '../../../src/correlate/processes/process.ts';

const SECOND = 1_000_000;

type Seen = readonly [pid: number, second: number, seenTo?: Process['seenTo']];

const processOf = ([pid, second, seenTo = 'begin']: Seen): Process =>
  ({ host: 'h', pid, first: second * SECOND, seenTo }) as unknown as Process;

/** Of a process with pid 1000 that was first seen in second 60: between which seconds it began. */
function born(seenTo: Process['seenTo'], others: readonly Seen[]): readonly number[] {
  const process = processOf([1000, 60, seenTo]);
  const sorted = [...others.map(processOf), process].sort((a, b) => a.pid - b.pid);
  const { from, to } = bornOf(process, { byPidOrder: () => sorted });
  return [from / SECOND, to / SECOND];
}

it.each<[string, Process['seenTo'], readonly Seen[], readonly number[]]>([
  [
    'began when a record says so',
    'begin',
    [
      [990, 10],
      [1010, 20],
    ],
    [60, 60],
  ],
  [
    'began when it was first seen, as far as pids tell',
    'connect',
    [
      [990, 10],
      [1010, 70],
    ],
    [60, 60],
  ],
  [
    'had begun before one with a greater pid',
    'connect',
    [
      [980, 9],
      [990, 10],
      [1010, 20],
      [1011, 30],
    ],
    [10, 20],
  ],
  [
    'began with one that ran its program a moment later',
    'connect',
    [
      [990, 21],
      [1010, 20],
    ],
    [20, 20],
  ],
  [
    'has neighbours of an earlier round of pids',
    'connect',
    [
      [990, 55],
      [1010, 20],
    ],
    [60, 60],
  ],
  ['has no neighbour before it', 'connect', [[1010, 20]], [60, 60]],
  [
    'has neighbours too far',
    'connect',
    [
      [487, 10],
      [1513, 20],
    ],
    [60, 60],
  ],
  [
    'has neighbours far enough',
    'connect',
    [
      [488, 10],
      [1512, 20],
    ],
    [10, 20],
  ],
  [
    'has neighbours that may have begun at any time',
    'connect',
    [
      [990, 10],
      [1010, 20, 'connect'],
    ],
    [60, 60],
  ],
])('a process that %s', (_, seenTo, others, expected) => {
  expect(born(seenTo, others)).toEqual(expected);
});
