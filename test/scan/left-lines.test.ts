import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Template } from '../../src/model/template.ts';
import { LEFT_SLOTS, ROW, ROW_NUMBERS } from '../../src/scan/layout.ts';
import type { Side } from '../../src/scan/left-lines.ts';
import type { Matcher } from '../../src/scan/matcher.ts';
import { newMatcher, type Row, scan } from './rows.ts';

const template: Template = [
  { literal: 'src=' },
  { kind: 'field', use: 'client', stop: ' ' },
  { literal: ' sport=' },
  { kind: 'field', use: 'port', stop: ' ' },
  { literal: ' nat=' },
  { kind: 'field', use: 'natPort', stop: ' ' },
  { literal: ' to=' },
  { kind: 'field', use: 'same', stop: ' ' },
  { literal: ' ' },
  { kind: 'field', use: 'url', stop: ' ' },
  { literal: ' .' },
];

interface Told {
  /** Lines next to each other that have no rows of their own. */
  readonly left: number;
  /** Where the last of them begins. */
  readonly last: number;
  readonly to: number;
  readonly hash: boolean;
}

function toldOf(matcher: Matcher, lines: readonly string[]): readonly Told[] {
  matcher.load(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  const count = matcher.scan(0);
  return Array.from({ length: count }, (_, i) => {
    const numbers = matcher.rows.subarray(i * ROW_NUMBERS, (i + 1) * ROW_NUMBERS);
    const hash = numbers[ROW.low] !== 0 || numbers[ROW.high] !== 0;
    const [left = 0, last = 0, to = 0] = [numbers[ROW.a], numbers[ROW.b], numbers[ROW.to]];
    return { left: hash ? 0 : left, last, to, hash };
  });
}

const SIDES: Readonly<Record<number, Side>> = { 1: 0, 2: 1, 3: 0 };
const watched = Uint8Array.from({ length: 65536 }, (_, port) => (port === 443 || port === 0 ? 1 : 0));

/** A line is left where its kind was added for the side of its client, no port of it is watched and no request stands in it. */
function isLeft({ a, b, c, path }: Row, kind: string, added: ReadonlySet<string>): boolean {
  const side = SIDES[a & 0xff];
  if (side === undefined || path !== '' || watched[b] === 1 || (c > 0 && watched[c] === 1)) return false;
  return added.has(`${kind}${side}`);
}

it('lines that are left have no rows of their own, all others have theirs (property)', () => {
  const line = fc.record({
    client: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.9', '0.0.0.0', 'fe80::1'),
    port: fc.constantFrom('443', '40000', '65535', '', 'x'),
    nat: fc.constantFrom('', '0', '443', '50000'),
    kind: fc.constantFrom('a', 'b', 'c'),
    url: fc.constantFrom('', '', '', '/x'),
  });
  const added = fc.uniqueArray(fc.constantFrom('a0', 'a1', 'b0', 'b1', 'c0', 'c1'));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), added, (list, kinds) => {
      const matcher = newMatcher(template, template.toSpliced(-2, 1));
      const lines = list.map((l) => `src=${l.client} sport=${l.port} nat=${l.nat} to=${l.kind} ${l.url} .`);
      const rows = scan(matcher, lines);
      matcher.left.watch(watched);
      for (const [client, side] of Object.entries(SIDES)) matcher.left.setSide(0x0a000000 + Number(client), side);
      for (const [i, { hash }] of rows.entries()) {
        const [high = 0, low = 0] = hash?.split(' ').map(Number) ?? [];
        for (const side of [0, 1] as const)
          if (hash !== undefined && kinds.some((kind) => kind === `${list[i]?.kind}${side}`))
            matcher.left.add(low, high, side);
      }
      const expected: Told[] = [];
      let from = 0;
      for (const [i, row] of rows.entries()) {
        const to = from + (lines[i]?.length ?? 0);
        const before = expected.at(-1);
        if (row.hash === undefined || !isLeft(row, list[i]?.kind ?? '', new Set(kinds)))
          expected.push({ left: 0, last: expect.anything() as number, to, hash: row.hash !== undefined });
        else if (before === undefined || before.left === 0) expected.push({ left: 1, last: from, to, hash: false });
        else expected.splice(-1, 1, { left: before.left + 1, last: from, to, hash: false });
        from = to + 1;
      }
      expect(toldOf(matcher, lines)).toEqual(expected);
      matcher.left.clear();
      expect(scan(matcher, lines)).toEqual(rows);
    }),
    { numRuns: 1000 },
  );
});

it('more hashes than there is room for are told as rows', () => {
  const matcher = newMatcher(template.toSpliced(-2, 1));
  const batches = Array.from({ length: 6 }, (_, n) =>
    Array.from({ length: 5000 }, (_, i) => `src=10.0.0.1 sport=40000 nat= to=${n * 5000 + i}  .`),
  );
  const hashes = batches.flatMap((lines) => scan(matcher, lines)).map(({ hash = '' }) => hash.split(' ').map(Number));
  matcher.left.setSide(0x0a000001, 0);
  for (const [high = 0, low = 0] of hashes) matcher.left.add(low, high, 0);
  const lefts = batches.map((lines) => {
    const told = toldOf(matcher, lines);
    const left = told.reduce((sum, row) => sum + row.left, 0);
    expect(left + told.filter((row) => row.left === 0).length).toBe(lines.length);
    return left;
  });
  expect(lefts[0]).toBeGreaterThan(4900);
  const all = lefts.reduce((sum, left) => sum + left, 0);
  expect(all).toBeGreaterThan(LEFT_SLOTS * 0.7);
  expect(all).toBeLessThanOrEqual(LEFT_SLOTS);
});
