import { describe, expect, it } from 'vitest';
import { type Kin, kinOf } from '../../../src/reach/keeping/kin.ts';

interface Night {
  /** The first parent of each pid. */
  readonly parents?: Readonly<Record<number, number>>;
  /** Blocks of `pid, ppid`. */
  readonly others?: readonly (readonly number[])[];
  readonly roots?: readonly number[];
}

/** `seeds`: pids, and the last second for which each matters. */
const kin = (seeds: readonly (readonly [number, number])[], { parents = {}, others = [], roots = [] }: Night): Kin =>
  kinOf(new Map(seeds), {
    parents: { firstOf: (pid) => parents[pid], others: () => others.map((block) => Uint32Array.from(block)) },
    roots: new Set(roots),
  });

/** Those below 10,000. */
const pidsOf = ({ has }: Kin): readonly number[] => Array.from({ length: 10_000 }, (_, pid) => pid).filter(has);

/** Everybody is started by the process that starts what runs in the sandbox. */
const roots = [100];

describe('everybody above a process', () => {
  it.each<[string, Night, readonly number[]]>([
    ['is told by first parents', { parents: { 3000: 2000, 2000: 100 } }, [100, 2000, 3000]],
    ['ends where they go in a circle', { parents: { 3000: 2000, 2000: 3000 } }, [2000, 3000]],
    [
      'is told by other parents too, in whatever order they stand',
      {
        parents: { 3000: 2000, 2000: 100, 5000: 4000, 4000: 100, 2500: 100 },
        others: [
          [5500, 5000],
          [9, 8, 2000, 5500, 3000, 2500, 7, 6],
        ],
      },
      [100, 2000, 2500, 3000, 4000, 5000, 5500],
    ],
    ['is nobody above a root', { parents: { 3000: 100, 100: 50 }, others: [[100, 4000]] }, [100, 3000]],
    [
      'is not the first process, whatever other record says',
      { parents: { 3000: 100 }, others: [[3000, 1]] },
      [100, 3000],
    ],
  ])('%s', (_, night, pids) => {
    expect(pidsOf(kin([[3000, 50]], { roots, ...night }))).toEqual(pids);
  });

  it.each<[string, readonly (readonly [number, number])[]]>([
    [
      'sooner',
      [
        [2000, 900],
        [3000, 1000],
      ],
    ],
    [
      'later',
      [
        [3000, 1000],
        [2000, 900],
      ],
    ],
  ])('matters for as long as the last of its children: the one that matters shorter is told %s', (_, seeds) => {
    const { untilOf } = kin(seeds, { parents: { 3000: 2000, 2000: 1500, 1500: 100 }, roots });
    expect([3000, 2000, 1500, 100].map(untilOf)).toEqual([1000, 1000, 1000, 1000]);
    const other = kin(seeds, { parents: { 3000: 100, 2000: 100 }, roots });
    expect([3000, 2000, 100].map(other.untilOf)).toEqual([1000, 900, 1000]);
  });

  it('matters as long by other parents', () => {
    const night = { parents: { 3000: 2000, 2000: 100, 4000: 100 }, others: [[3000, 4000, 5000, 2000]], roots };
    const { untilOf } = kin(
      [
        [3000, 1000],
        [5000, 2000],
        [4000, 10],
      ],
      night,
    );
    expect([3000, 2000, 4000, 100].map(untilOf)).toEqual([1000, 2000, 1000, 2000]);
  });
});

describe('neighbours, among whom a lost parent may be', () => {
  const first = ([from, to]: readonly [number, number]) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  it.each<[string, Night, readonly number[]]>([
    ['are those before a process whose parent left no record', {}, first([2488, 3000])],
    ['are those before a parent of whose own nothing is known', { parents: { 3000: 2900 } }, first([2388, 3000])],
    ['are those before what the first process started', { parents: { 3000: 1, 1: 0 } }, first([2488, 3000])],
    [
      'are those before each of several parents of whose own nothing is known',
      { parents: { 3000: 2900 }, others: [[3000, 2600]] },
      first([2088, 3000]),
    ],
    ['are none where a root is above it', { parents: { 3000: 100 }, roots }, [100, 3000]],
    ['are none before a root', { roots: [3000] }, [3000]],
    [
      'are none where another record tells its parent',
      { parents: { 2000: 100 }, others: [[3000, 2000]], roots },
      [100, 2000, 3000],
    ],
    [
      'are none where other records alone tell its parent, and whose that is',
      { others: [[3000, 2000, 2000, 100]], roots },
      [100, 2000, 3000],
    ],
  ])('%s', (_, night, pids) => expect(pidsOf(kin([[3000, 50]], night))).toEqual(pids));

  it('begin with the second process', () => expect(pidsOf(kin([[5, 50]], {}))).toEqual([2, 3, 4, 5]));

  it('matter as long as anybody: of them nobody knows', () => {
    const { untilOf } = kin(
      [
        [3000, 50],
        [2999, 40],
        [9000, 70],
      ],
      { parents: { 9000: 100, 2999: 100 }, roots },
    );
    expect([2998, 2999, 3000, 9000].map(untilOf)).toEqual([70, 70, 50, 70]);
  });
});
