import { expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { areTied } from '../../../src/correlate/suspects/tied.ts';

type Rival = Pick<Call, 'callId' | 'timing' | 'earlyUs'>;
const call = (callId: string, other: Partial<Rival> = {}): Rival => ({
  callId,
  timing: 'recorded',
  earlyUs: 100_000,
  ...other,
});

it.each<[string, readonly Rival[], boolean]>([
  ['one call, however little its time is known', [call('call_8cf330a39dc1', { timing: 'inferred' })], false],
  ['two calls with times of their own', [call('call_8cf330a39dc1'), call('call_50a2acb19772')], false],
  ['one whose time is only known from its neighbours', [call('a'), call('b', { timing: 'inferred' })], true],
  ['one by a clock of which nothing is known', [call('a', { earlyUs: 1_000_000 }), call('b')], true],
  ['records of one call', [call('call_8cf330a39dc1'), call('call_8cf330a39dc1')], true],
  ['an id that each episode has', [call('1'), call('1')], false],
])('tells whether calls are tied: %s', (_, calls, expected) => {
  expect(areTied(calls)).toBe(expected);
});
