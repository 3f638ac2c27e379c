import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { timeFact, timingOf } from '../../../src/correlate/suspects/time-facts.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';
import type { Micros } from '../../../src/model/time.ts';

const SECOND = 1_000_000;
const CALL = { start: 10 * SECOND, earlyUs: 0, lateUs: 0, timing: 'recorded', background: false } as unknown as Call;
const flowAt = (second: number): Trail => ({ begun: second * SECOND, windowUs: 0, errorUs: 0 }) as unknown as Trail;
const EPISODE_END = (60 * SECOND) as Micros;

it('holds a call without an end open until its episode ended, and no longer', () => {
  expect(timingOf(CALL, flowAt(50), false, EPISODE_END)).toBe('open');
  expect(timingOf(CALL, flowAt(300), false, EPISODE_END)).toBe('ended');
  expect(timingOf(CALL, flowAt(300), false, undefined)).toBe('open');
});

it('lets what a call left in the background outlive its episode', () => {
  expect(timingOf({ ...CALL, background: true }, flowAt(300), false, EPISODE_END)).toBe('background');
  const ended = { ...CALL, end: (20 * SECOND) as Micros };
  expect(timingOf({ ...ended, background: true }, flowAt(300), false)).toBe('background');
  expect(timingOf(ended, flowAt(50), false)).toBe('ended');
});

describe('a flow and a call', () => {
  /** Of a call from second 10 to 20, or of another, and of a flow that began from `begun` on within `windowUs`. */
  const timing = (begun: number, call: Partial<Call> = {}, trail: Partial<Trail> = {}, hasProcess = false) =>
    timingOf({ ...CALL, end: 20 * SECOND, ...call } as Call, { ...flowAt(begun), ...trail } as Trail, hasProcess);
  const inferred: Partial<Call> = { timing: 'inferred' };
  const background: Partial<Call> = { background: true };

  it.each([
    ['a quarter of a second before it', 9.75, {}, {}, 'inside'],
    ['more than that', 9.749999, {}, {}, 'before-call'],
    ['in the second before it, by a stamp without its parts', 9, {}, { isPadded: true }, 'inside'],
    ['more than that, by such a stamp', 8.999999, {}, { isPadded: true }, 'before-call'],
    ['with a clock that may be off', 8.75, {}, { errorUs: SECOND }, 'inside'],
    ['before a call that may have begun earlier', 8.75, { earlyUs: SECOND }, {}, 'inside'],
    ['in a window that reaches to it', 8, { lateUs: 4 * SECOND }, { windowUs: 4 * SECOND }, 'inside'],
    ['at its end', 20, {}, {}, 'inside'],
    ['after its end', 20.000001, {}, {}, 'ended'],
    ['after an end that may be later', 21, { lateUs: SECOND }, {}, 'inside'],
    ['after its end by a clock that may be off', 21, {}, { errorUs: SECOND }, 'inside'],
    ['within a call whose time was found from others', 15, inferred, {}, 'placed'],
    ['after such a call', 21, inferred, {}, 'ended'],
    ['after a call that left something running', 25, background, {}, 'background'],
    ['before such a call', 8, background, {}, 'before-call'],
    ['within a window that the call spans, a second at both ends', 9, {}, { windowUs: 12 * SECOND }, 'inside'],
    ['within one that begins earlier', 8.999999, {}, { windowUs: 5 * SECOND }, 'part-of-window'],
    ['within one that ends later', 15, {}, { windowUs: 6.000001 * SECOND }, 'part-of-window'],
  ] as const)('that began %s', (_, begun, call, trail, expected) => {
    expect(timing(begun, call, trail)).toBe(expected);
  });

  it('say nothing of one another outside the call where a process record stands for it', () => {
    const said = [5, 15, 25].map((begun) => timing(begun, background, {}, true));
    expect(said).toEqual([undefined, 'inside', undefined]);
  });

  it('say nothing where the call has no time', () => {
    const { start: _, ...timeless } = CALL;
    expect(timingOf(timeless as Call, flowAt(15), false)).toBeUndefined();
  });

  it('of a call without an end may be of one time until its episode ended for sure, a second later', () => {
    const open = (begun: number, call: Partial<Call> = {}, errorUs = 0) =>
      timingOf({ ...CALL, ...call } as Call, { ...flowAt(begun), errorUs } as Trail, false, EPISODE_END);
    expect([open(61), open(61.000001)]).toEqual(['open', 'ended']);
    expect([open(62, { lateUs: SECOND }), open(62, {}, SECOND)]).toEqual(['open', 'open']);
  });
});

it('a time that a call was given says why', () => {
  const says = (rejected?: string) => timeFact('placed', { ...CALL, rejected } as unknown as Call);
  expect(says('it ends first')).toMatchObject({
    code: 'time-in-episode',
    strength: 'placed',
    says: 'the flow began between the calls before and after this one (it ends first)',
  });
  expect(says().says).toMatch(/\(the record gives it no time of its own\)$/);
});

it('lets what sleeps first connect neither before it woke nor long after', () => {
  const sleeps = { ...CALL, command: '(sleep 20; curl http://192.0.2.1/) &', background: true };
  const timings = [12, 28, 29, 45, 150, 151].map((second) => timingOf(sleeps, flowAt(second), false));
  expect(timings).toEqual(['asleep', 'asleep', 'background', 'background', 'background', 'over']);
  expect(timingOf({ ...sleeps, truncated: true }, flowAt(151), false)).toBe('background');
  const wide = { ...flowAt(12), windowUs: 20 * SECOND };
  expect(timingOf(sleeps, wide, false)).toBe('background');
  expect(timingOf(sleeps, flowAt(12), true)).toBeUndefined();
});
