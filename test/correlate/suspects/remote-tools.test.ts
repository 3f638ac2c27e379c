import { expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { isAskedByTool } from '../../../src/correlate/suspects/remote-tools.ts';
import type { Mentions } from '../../../src/correlate/suspects/scene.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';

/** Of a call from second 10 to 14 that names the destination of a flow. */
const asked = (call: Partial<Call>, begun: number): boolean => {
  const made = { start: 10e6, end: 14e6, earlyUs: 0, lateUs: 0, timing: 'recorded', executed: true, ...call };
  const mentions = { byCall: new Map([['k', { entry: { call: made } }]]) } as unknown as Mentions;
  return isAskedByTool({ mentions, trail: { begun: begun * 1e6, windowUs: 0, errorUs: 0 } as unknown as Trail });
};

it.each<[string, Partial<Call>, number, boolean]>([
  ['by a tool that runs no command', {}, 11, true],
  ['not by a command, which runs in the sandbox', { command: 'curl x' }, 11, false],
  ['not by a call that ended before', {}, 20, false],
  ['not by a call that was never run', { executed: false }, 11, false],
])('the platform is asked %s', (_, call, begun, expected) => {
  expect(asked(call, begun)).toBe(expected);
});
