import { describe, expect, it } from 'vitest';
import type { Edge } from '../../src/clocks/edges.ts';
import { driftOf, growTree, leadsOver, type Placed, type Tree, toReference } from '../../src/clocks/tree.ts';

type Segment = Placed['segments'][number];

const segment = (facts: Partial<Segment> = {}): Segment => ({
  from: -Infinity,
  origin: 0,
  offset: 0,
  slope: 0,
  halfWidth: 0,
  pairs: 3,
  ...facts,
});
const placed = (via: string | undefined, ...segments: readonly Segment[]): Placed => ({
  via,
  segments,
  halfWidth: 0,
  pairs: 3,
  method: 'flow',
});
const edge = (to: string, facts: Partial<Edge> = {}): Edge => ({
  to,
  segments: [segment()],
  halfWidth: 10,
  pairs: 3,
  method: 'flow',
  cost: 10,
  ...facts,
});

describe('the tree of corrections', () => {
  const grown = (edges: Readonly<Record<string, readonly Edge[]>>): Tree => {
    const tree: Tree = new Map([['ref', placed(undefined)]]);
    growTree(new Map(Object.entries(edges)), tree);
    return tree;
  };
  const way = (tree: Tree) => Object.fromEntries([...tree].map(([domain, { via }]) => [domain, via]));

  it('leads every domain to the reference by the surest way, whose errors add up', () => {
    const tree = grown({
      ref: [edge('far', { cost: 100 }), edge('near')],
      near: [edge('far', { cost: 20, halfWidth: 30 })],
    });
    expect(way(tree)).toEqual({ ref: undefined, near: 'ref', far: 'near' });
    expect(tree.get('far')?.halfWidth).toBe(40);
  });

  it('counts what the way before has cost already', () => {
    const tree = grown({
      ref: [edge('near', { halfWidth: 50 }), edge('far', { cost: 55 })],
      near: [edge('far', { cost: 10 })],
    });
    expect(way(tree)['far']).toBe('ref');
  });

  it('takes a steady neighbour over one that steps or drifts', () => {
    const tree = (unsteady: readonly Segment[], cost: number) =>
      way(
        grown({ ref: [edge('far', { segments: unsteady }), edge('near', { cost: 1 })], near: [edge('far', { cost })] }),
      );
    const steps = [segment(), segment({ from: 5 })];
    expect(tree(steps, 999_999)['far']).toBe('near');
    expect(tree(steps, 1_000_001)['far']).toBe('ref');
    expect(tree([segment({ slope: 1e-6 })], 4_999)['far']).toBe('near');
    expect(tree([segment({ slope: 1e-6 })], 5_001)['far']).toBe('ref');
    expect(tree([segment()], 1)['far']).toBe('ref');
  });

  it('takes no neighbour for steady whose pairs end before a step that others show, unless others show none', () => {
    const steps = edge('far', { segments: [segment(), segment({ from: 50 })], cost: 20 });
    const seen = (to: string, first: number, last: number) => edge(to, { segments: [segment({ first, last })] });
    const via = (last: number, ...more: readonly Edge[]) =>
      way(grown({ ref: [steps, edge('near', { cost: 1 })], near: [seen('far', 0, last)], other: more }))['far'];
    expect(via(100)).toBe('near');
    expect(via(50)).toBe('ref');
    expect(via(50, seen('far', 0, 100))).toBe('near');
    expect(via(50, seen('far', 50, 100))).toBe('ref');
    expect(via(50, seen('else', 0, 100))).toBe('ref');
  });

  it('goes by names where two ways are as sure, in whatever order they are told', () => {
    const [x, y] = [edge('x'), edge('y')];
    for (const ref of [
      [x, y],
      [y, x],
    ])
      expect(way(grown({ ref, x: [edge('far')], y: [edge('far')] }))['far']).toBe('x');
  });

  it('leaves out what no edge leads to', () => {
    expect([...grown({ other: [edge('far')] }).keys()]).toEqual(['ref']);
  });
});

describe('a reading', () => {
  const tree: Tree = new Map([
    ['ref', placed(undefined)],
    ['near', placed('ref', segment({ offset: 10 }), segment({ from: 1000, offset: 20 }))],
    ['far', placed('near', segment({ offset: 100, slope: 0.5, origin: 1100 }))],
    ['lost', placed('nowhere', segment({ offset: 7 }))],
  ]);

  it.each([
    ['of the reference is itself', 'ref', 500, 500],
    ['of an unknown clock is itself', 'unknown', 500, 500],
    ['goes back by what its clock is ahead', 'near', 500, 490],
    ['from a step on by what it is ahead then', 'near', 1000, 980],
    ['by what it has drifted, and then on from its neighbour', 'far', 1300, 1080],
    ['whose neighbour had not stepped then', 'far', 1098, 989],
    ['goes no further than the tree', 'lost', 500, 493],
  ])('%s', (_, domain, at, expected) => {
    expect(toReference(tree, domain, at)).toBe(expected);
  });

  it('has the drift of all clocks on its way, steps aside', () => {
    const drifting: Tree = new Map([
      ['ref', placed(undefined)],
      ['near', placed('ref', segment({ slope: 1 }), segment({ from: 1000, slope: 0.25 }))],
      ['far', placed('near', segment({ offset: 100, slope: 0.5, origin: 1000 }))],
    ]);
    expect([driftOf(drifting, 'far', 1000), driftOf(drifting, 'far', 2000)]).toEqual([1.5, 0.75]);
    expect([driftOf(drifting, 'ref', 1000), driftOf(drifting, 'unknown', 1000)]).toEqual([0, 0]);
  });

  it('comes to an end where its way leads in a circle', () => {
    const circle: Tree = new Map([
      ['a', placed('b', segment({ offset: 1, slope: 0.5 }))],
      ['b', placed('a')],
    ]);
    expect(Number.isFinite(toReference(circle, 'a', 100))).toBe(true);
    expect(driftOf(circle, 'a', 100)).toBe(16);
    expect(leadsOver(circle, 'a', 'c')).toBe(false);
  });

  it('leads over its neighbours, and itself', () => {
    const over = (domain: string) => ['far', 'near', 'ref', 'lost'].filter((other) => leadsOver(tree, domain, other));
    expect([over('far'), over('ref'), over('lost')]).toEqual([['far', 'near', 'ref'], ['ref'], ['lost']]);
  });
});
