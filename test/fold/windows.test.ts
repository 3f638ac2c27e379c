import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Windows } from '../../src/fold/windows.ts';

const record = fc.record({
  kind: fc.integer({ min: 0, max: 4 }),
  at: fc.integer({ min: -3_000_000, max: 40_000_000 }),
  before: fc.constantFrom(0, 0, 500_000),
  after: fc.constantFrom(0, 0, 1_000_000),
});
interface Added {
  readonly kind: number;
  readonly at: number;
  readonly before: number;
  readonly after: number;
  readonly line: number;
}

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

/** The same by the plain way: a record joins the last window of its kind or opens one. */
function expected(records: readonly Added[], widthUs: number) {
  const windows: Added[][] = [];
  const last = new Map<number, Added[]>();
  for (const one of records) {
    const open = last.get(one.kind);
    const isOfIt = open !== undefined && Math.floor((open[0]?.at ?? 0) / widthUs) === Math.floor(one.at / widthUs);
    const window = isOfIt ? open : [];
    window.push(one);
    if (isOfIt) continue;
    windows.push(window);
    last.set(one.kind, window);
  }
  return windows.map((list) => ({
    kind: list[0]?.kind ?? -1,
    at: Math.min(...list.map(({ at }) => at)),
    lo: Math.min(...list.map(({ at, before }) => at - before)),
    hi: Math.max(...list.map(({ at, after }) => at + after)),
    offset: (list[0]?.line ?? 0) * 2 ** 33,
    bytes: (list[0]?.line ?? 0) + 7,
    lines: list.map(({ line }) => line),
  }));
}

const addTo = (windows: Windows, { kind, at, before, after, line }: Added): void =>
  windows.add(kind, { at, lo: at - before, hi: at + after, line, offset: line * 2 ** 33, bytes: line + 7 });

it('holds each record once, by kind and time', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 300 }), (list) => {
      const windows = new Windows();
      const added = list.map((one, i) => ({ ...one, line: i + 1 }));
      for (const one of added) addTo(windows, one);
      expect(contents(windows)).toEqual(expected(added, windows.widthUs));
    }),
  );
});

it('is the same of a log in order when windows are widened and kinds put together at any time', () => {
  const steps = fc.array(
    fc.oneof({ arbitrary: record, weight: 12 }, fc.constantFrom('widen' as const, 'join' as const)),
    { maxLength: 300 },
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
          const line = added.length + 1;
          added.push({ ...step, at: (added.at(-1)?.at ?? 0) + (Math.abs(step.at) % 900_000), line });
          addTo(windows, { ...(added.at(-1) as Added), kind: now(step.kind) });
        }
      }
      const records = added.map((one) => ({ ...one, kind: now(one.kind) }));
      expect(contents(windows)).toEqual(expected(records, windows.widthUs));
    }),
  );
});

it('holds more than a page', () => {
  const windows = new Windows();
  const added = Array.from({ length: 50_000 }, (_, i) => ({
    kind: i % 3,
    at: i * 250_000,
    before: 0,
    after: 0,
    line: i + 1,
  }));
  for (const one of added) addTo(windows, one);
  expect(windows.count).toBe(37_500);
  expect(contents(windows)).toEqual(expected(added, 1_000_000));
  while (windows.widen());
  expect(contents(windows)).toEqual(expected(added, windows.widthUs));
});
