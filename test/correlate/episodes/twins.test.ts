import { expect, it } from 'vitest';
import { nameTwins, renamed } from '../../../src/correlate/episodes/twins.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { timeOf } from '../../event-time.ts';

function call(source: string, second: number, rest: Partial<ToolCallEvent>): ToolCallEvent {
  const start = (1_766_000_000_000_000 + second * 1_000_000) as Micros;
  const time = timeOf(start, 'request-start');
  return {
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time,
    ref: { source, line: 1, offset: 0, bytes: 1 },
    episodeId: 'e',
    index: 0,
    name: 'run_shell_command',
    command: 'ls',
    start,
    startBasis: 'recorded',
    endBasis: 'none',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
    ...rest,
  };
}

const clockwork = {
  correct: (event: ToolCallEvent): Timed<ToolCallEvent> => ({ event, ...event.time, errorUs: 0, host: undefined }),
  shift: (_: unknown, at: Micros): Micros => at,
};
const named = (calls: readonly ToolCallEvent[]): readonly ToolCallEvent[] => [
  ...renamed(calls, nameTwins(calls, clockwork)),
];
const log = (second: number): ToolCallEvent => call('log', second, { episodeId: 'roll-group:log:3' });

it('gives a log entry the id and episode of the call with the same text at the same moment', () => {
  const [, twin] = named([call('dump', 1.2, { callId: 'c-1', sandboxId: 's' }), log(1)]);
  expect(twin).toMatchObject({ callId: 'c-1', episodeId: 'e', sandboxId: 's' });
});

it('leaves out an entry that fits two siblings alike', () => {
  const siblings = [call('dump', 1.2, { callId: 'c-1' }), call('dump', 1.4, { callId: 'c-2', episodeId: 'f' })];
  expect(named([...siblings, log(1)])).toEqual(siblings);
});

it('keeps an entry that nothing fits: other text, other moment, other sandbox', () => {
  const entry = call('log', 1, { episodeId: 'sandbox:s', sandboxId: 's' });
  for (const other of [
    call('dump', 1, { callId: 'c-1', command: 'pwd' }),
    call('dump', 60, { callId: 'c-1' }),
    call('dump', 1, { callId: 'c-1', sandboxId: 't' }),
  ]) {
    expect(named([other, entry])).toEqual([other, entry]);
  }
});

it('never joins calls of two named episodes', () => {
  const calls = [call('a', 1, { callId: 'c-1' }), call('b', 1, { episodeId: 'f' })];
  expect(named(calls)).toEqual(calls);
});
