import { expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { timingOf } from '../../../src/correlate/suspects/time-facts.ts';
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
