import { expect, it } from 'vitest';
import type { ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import { toEcs } from '../../src/report/ecs/index.ts';
import { timeOf } from '../event-time.ts';

const at = 1_795_454_351_438_123 as Micros;
const connect: ProcessEvent = {
  kind: 'process',
  op: 'connect',
  format: 'tetragon',
  clock: 'time',
  time: timeOf(at),
  ref: { source: 'x', line: 1, offset: 0, bytes: 0 },
};

it.each([
  ['a call that a policy stopped', { ...connect, action: 'deny' as const }, 'deny'],
  ['an alert', { ...connect, op: 'alert' as const }, 'alert'],
  ['a call', connect, undefined],
])('%s of a process names its verdict', (_, event, action) => {
  expect(toEcs(event, { host: undefined, at })).toMatchObject({ event: { category: ['process'] } });
  expect((toEcs(event, { host: undefined, at })['event'] as { action?: string }).action).toBe(action);
});
