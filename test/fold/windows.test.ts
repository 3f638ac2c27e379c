import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Windows } from '../../src/fold/windows.ts';

const record = fc.record({
  kind: fc.integer({ min: 0, max: 4 }),
  at: fc.integer({ min: -3_000_000, max: 40_000_000 }),
  before: fc.constantFrom(0, 0, 500_000),
  after: fc.constantFrom(0, 0, 1_000_000),
});
type Added = (typeof record extends fc.Arbitrary<infer T> ? T : never) & { line: number };

/** What the windows hold: kind, time, place and lines of each. */
function contents(windows: Windows) {
  const lines = Array.from({ length: windows.count }, (_, window) => [windows.place(window).line]);
  windows.eachRepeat((window, line) => lines[window]?.push(line));
  return lines.map((list, window) => ({
    kind: windows.kind(window),
    ...windows.time(window),
    offset: windows.place(window).offset,
    bytes: windows.place(window).bytes,
    lines: list.sort((a, b) => a - b),
  }));
}

/** The same by the plain way. */
function expected(records: readonly Added[], widthUs: number, now: (kind: number) => number) {
  const windows = new Map<string, Added[]>();
  for (const one of records) {
    const key = `${now(one.kind)} ${Math.floor(one.at / widthUs)}`;
    windows.set(key, [...(windows.get(key) ?? []), one]);
  }
  return [...windows.values()].map((list) => ({
    kind: now(list[0]?.kind ?? -1),
    at: Math.min(...list.map(({ at }) => at)),
    lo: Math.min(...list.map(({ at, before }) => at - before)),
    hi: Math.max(...list.map(({ at, after }) => at + after)),
    offset: (list[0]?.line ?? 0) * 2 ** 33,
    bytes: (list[0]?.line ?? 0) + 7,
    lines: list.map(({ line }) => line),
  }));
}

it('holds each record once, by kind and time, and the same when windows are widened and kinds put together at any time', () => {
  const steps = fc.array(
    fc.oneof({ arbitrary: record, weight: 12 }, fc.constantFrom('widen' as const, 'join' as const)),
    {
      maxLength: 300,
    },
  );
  fc.assert(
    fc.property(steps, (list) => {
      const windows = new Windows();
      const added: Added[] = [];
      let isJoined = false;
      const now = (kind: number): number => (isJoined && kind > 2 ? 1 : kind);
      for (const step of list) {
        if (step === 'widen') windows.widen();
        else if (step === 'join') {
          isJoined = true;
          windows.recount(now);
        } else {
          const line = added.push({ ...step, line: added.length + 1 });
          const { at, before, after } = step;
          const place = { line, offset: line * 2 ** 33, bytes: line + 7 };
          windows.add(now(step.kind), { at, lo: at - before, hi: at + after, ...place });
        }
      }
      expect(contents(windows)).toEqual(expected(added, windows.widthUs, now));
    }),
  );
});

it('holds more than a page', () => {
  const windows = new Windows();
  const added: Added[] = [];
  for (let i = 0; i < 50_000; i++) {
    const line = added.push({ kind: i % 3, at: i * 250_000, before: 0, after: 0, line: i + 1 });
    windows.add(i % 3, {
      at: i * 250_000,
      lo: i * 250_000,
      hi: i * 250_000,
      line,
      offset: line * 2 ** 33,
      bytes: line + 7,
    });
  }
  expect(windows.count).toBe(37_500);
  expect(contents(windows)).toEqual(expected(added, 1_000_000, (kind) => kind));
  while (windows.widen());
  expect(contents(windows)).toEqual(expected(added, windows.widthUs, (kind) => kind));
});
