import { expect, it } from 'vitest';
import { anchorOf, firstOf, type Group } from '../../../src/correlate/groups/group.ts';

interface Said {
  readonly at: number;
  readonly step?: number;
  readonly lasts?: number;
  readonly basis?: string;
  readonly line?: number;
}

function groupOf(...all: readonly Said[]): Group {
  const members = all.map(({ at, step = 1, lasts = 0, basis = 'event', line = 1 }) => ({
    timed: {
      event: { time: { stepUs: step, basis, at }, ref: { source: 's', line, offset: line, bytes: 1 }, format: 'x' },
      at,
      lo: at,
      hi: at + lasts,
      errorUs: line * 10,
    },
  }));
  return { members, context: [] } as unknown as Group;
}

const SECOND = 1_000_000;
const window = { basis: 'window', lasts: 50 };

it.each<[string, readonly Said[], ReturnType<typeof anchorOf> | object]>([
  ['the stamp of the only record', [{ at: 7 }], { at: 7, errorUs: 10, windowUs: 0 }],
  ['the middle of a coarse one', [{ at: 7, step: SECOND }], { at: 500_007, errorUs: 500_010, coarseUs: 500_000 }],
  ['that of one as precise as need be', [{ at: 7, step: 10_000 }], { at: 7, errorUs: 10, coarseUs: 0 }],
  ['half of an odd width, cut', [{ at: 0, step: 10_001 }], { at: 5000, errorUs: 5010 }],
  ['the middle one of several', [{ at: 9, line: 3 }, { at: 5 }, { at: 7, line: 2 }], { at: 7, errorUs: 20 }],
  ['the later of two', [{ at: 9, line: 2 }, { at: 5 }], { at: 9, errorUs: 20 }],
  ['the later of two, whatever their lines', [{ at: 9 }, { at: 5, line: 2 }], { at: 9, errorUs: 10 }],
  ['the later line of equals', [{ at: 5, line: 2 }, { at: 5 }], { at: 5, errorUs: 20 }],
  [
    'a precise one, where there is any',
    [
      { at: 5, step: SECOND },
      { at: 9, line: 2 },
    ],
    { at: 9, errorUs: 20 },
  ],
  [
    'a precise one, also where it is the earlier',
    [
      { at: 5, line: 2 },
      { at: 9, step: SECOND },
    ],
    { at: 5, errorUs: 20 },
  ],
  [
    'one as precise as need be',
    [
      { at: 5, step: 10_000 },
      { at: 9, step: SECOND },
    ],
    { at: 5, errorUs: 10 },
  ],
  ['those of the first attempt, whenever', [{ at: 800_000 }, { at: 800_009 }], { at: 800_009 }],
  ['those of the first attempt alone', [{ at: 0 }, { at: 900_000, line: 2 }], { at: 0, errorUs: 10 }],
  ['those of a moment before', [{ at: 0 }, { at: 899_999, line: 2 }], { at: 899_999, errorUs: 20 }],
  ['up to the end of a window', [{ at: 0, ...window }], { at: 0, windowUs: 50 }],
  [
    'up to the end of many',
    [
      { at: 0, ...window },
      { at: 4, ...window, lasts: 8 },
    ],
    { at: 4, windowUs: 8 },
  ],
  ['no window where one record is none', [{ at: 0 }, { at: 4, ...window }], { at: 4, windowUs: 0 }],
])('a packet was seen at %s', (_, said, expected) => {
  expect(anchorOf(groupOf(...said))).toMatchObject(expected);
});

it('a group gives what the first of its records gives, then of those beside it', () => {
  const group = groupOf({ at: 1 }, { at: 2 });
  const beside = groupOf({ at: 3 }).members.map(({ timed }) => timed);
  const first = (from: number) => firstOf({ ...group, context: beside }, ({ at }) => (at >= from ? at : undefined));
  expect([1, 2, 3, 4].map(first)).toEqual([1, 2, 3, undefined]);
});
