import { expect, it } from 'vitest';
import type { Segment } from '../../src/clocks/fit.ts';
import { sharpenSteps } from '../../src/clocks/sharpen.ts';
import type { Placed, Tree } from '../../src/clocks/tree.ts';
import type { Micros } from '../../src/model/time.ts';

/** Pairs tell the step of `byUs` to lie between 100 and 200; its middle is taken. */
const stepping = (byUs: number, rest: Partial<Segment> = {}, before: Partial<Segment> = {}): Placed => {
  const plain = { origin: 0, offset: 0, slope: 0, halfWidth: 0, pairs: 9 };
  const first = { ...plain, from: -Infinity, ...before };
  const second = { ...plain, from: 150, offset: byUs, after: 100, before: 200, ...rest };
  return { via: 'ref', segments: [first, second], halfWidth: 0, pairs: 9, method: 'flow' };
};

/** Where the second segment begins, with these stamps of the domain's host. */
function from(place: Placed, stamps: readonly (readonly [string, number])[]): number | undefined {
  const tree: Tree = new Map([['h/own', place]]);
  const sighted = {
    meeting: [],
    reaching: [],
    eachStamp: (visit: (domain: string, lo: Micros, hi: Micros) => void) => {
      for (const [domain, at] of stamps) visit(domain, at as Micros, (at + 1) as Micros);
    },
  };
  const around = {
    domains: new Set(['h/own']),
    hostOf: (domain: string) => domain.split('/')[0],
    zoneless: new Set<string>(),
    spans: new Map(),
    stepOf: () => 1,
  };
  sharpenSteps(tree, sighted, around);
  return tree.get('h/own')?.segments[1]?.from;
}

const at = (domain: string, ...moments: readonly number[]) => moments.map((moment) => [domain, moment] as const);

it.each([
  ['in the widest gap of the stamps', stepping(60), at('h/own', 110, 120, 184, 190), 152],
  ['in whatever order they came', stepping(60), at('h/own', 190, 120, 110, 184), 152],
  ['up to the pair behind it', stepping(60), at('h/own', 110, 120), 160],
  ['from the pair before it', stepping(60), at('h/own', 180, 190), 140],
  ['in those of all files of the host', stepping(60), [...at('h/own', 110, 120), ...at('h/other', 190)], 155],
  ['not of another host', stepping(60), [...at('h/own', 110, 120), ...at('g/other', 150)], 160],
  ['outside of which none count', stepping(60), at('h/own', 0, 99, 110, 120, 201, 900), 160],
  ['where the gap is nearly as large as the step', stepping(100), at('h/own', 120), 160],
  ['else in the middle', stepping(100.1), at('h/own', 120), 150],
  ['in the middle where the clock jumped back', stepping(-60), at('h/own', 110, 120), 150],
  ['by what the clock had drifted', stepping(-60, { slope: 2, origin: 40 }), at('h/own', 110, 120), 160],
  ['by what it had drifted before', stepping(180, {}, { slope: 2, origin: 40 }), at('h/own', 110, 120), 160],
  ['where no pair is before it', stepping(60, { after: undefined as never }), at('h/own', 110, 120), 150],
  ['where no pair is behind it', stepping(60, { before: undefined as never }), at('h/own', 110, 120), 150],
])('a step lies %s', (_, place, stamps, expected) => {
  expect(from(place, stamps)).toBe(expected);
});
