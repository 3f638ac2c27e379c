import { describe, expect, it } from 'vitest';
import type { Edge } from '../../src/clocks/edges.ts';
import { errorAt, reachOf } from '../../src/clocks/error-at.ts';
import type { Segment } from '../../src/clocks/fit.ts';
import type { Placed, Tree } from '../../src/clocks/tree.ts';

const S = 1_000_000;
const WIDTH = 20_000;

const segment = (parts: Partial<Segment> = {}): Segment => ({
  from: -Infinity,
  origin: 0,
  offset: 0,
  slope: 0,
  halfWidth: WIDTH,
  pairs: 3,
  ...parts,
});
const placed = (segments: readonly Segment[], parts: Partial<Placed> = {}): Placed => ({
  via: 'calls',
  segments,
  halfWidth: WIDTH,
  pairs: 3,
  method: 'flow',
  ...parts,
});
const edge = (to: string, parts: Partial<Segment>, halfWidth = WIDTH): Edge => ({
  to,
  segments: [segment(parts)],
  pairs: 3,
  cost: 0,
  halfWidth,
  method: 'flow',
});

function errorOf(segments: readonly Segment[], at: number, edges: readonly Edge[] = []): number {
  const tree: Tree = new Map([
    ['calls', placed([], { via: undefined, halfWidth: 0 })],
    ['fw', placed(segments)],
    ['beside', placed([], { via: 'fw' })],
  ]);
  return errorAt({ tree, reach: reachOf(new Map([['calls', edges]])) }, 'fw', at);
}

const stepping = (byUs: number): readonly Segment[] => [
  segment(),
  segment({ offset: byUs, from: 100 * S, after: 99 * S, before: 101 * S }),
];

describe('how far a corrected moment may be off', () => {
  it.each<[string, number, number, number]>([
    ['long before a step back, as usual', -2 * S, 96 * S, WIDTH],
    ['where a step back shows readings twice, by the step', -2 * S, 98 * S, WIDTH + 2 * S],
    ['behind it as well', -2 * S, 102 * S, WIDTH + 2 * S],
    ['long behind it, as usual', -2 * S, 104 * S, WIDTH],
    ['between the pairs around a step ahead, by the step', 7 * S, 100 * S, WIDTH + 7 * S],
    ['beside it, as usual', 7 * S, 102 * S, WIDTH],
  ])('is %s', (_, byUs, at, expected) => {
    expect(errorOf(stepping(byUs), at)).toBe(expected);
  });

  const few = { first: 0, last: 20 * S };
  it.each<[string, number, readonly Edge[], number]>([
    ['as usual between the pairs', 10 * S, [edge('fw', few)], WIDTH],
    ['as usual for as long after them as they went on', 39 * S, [edge('fw', few)], WIDTH],
    ['seconds behind that', 41 * S, [edge('fw', few)], 2 * S],
    ['seconds before that', -21 * S, [edge('fw', few)], 2 * S],
    ['seconds soon after many that ceased', 39 * S, [edge('fw', { ...few, pairs: 101 })], 2 * S],
    [
      'as usual where those of another clock go on',
      41 * S,
      [edge('fw', few), edge('fw', { first: 30 * S, last: 50 * S })],
      WIDTH,
    ],
    [
      'not told by pairs that tell no step',
      41 * S,
      [edge('fw', few), edge('fw', { first: 0, last: 90 * S }, S)],
      2 * S,
    ],
    ['as usual of a clock without pairs of its own', 41 * S, [edge('other', few)], WIDTH],
  ])('is %s', (_, at, edges, expected) => {
    expect(errorOf([segment()], at, edges)).toBe(expected);
  });

  it('is a second of a clock of which nothing is known', () => {
    expect(errorAt({ tree: new Map(), reach: new Map() }, 'fw', 0)).toBe(S);
  });
});
