import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { CallTimes } from '../../../src/correlate/episodes/episode-calls.ts';
import { EpisodeTable } from '../../../src/correlate/episodes/episodes.ts';
import { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import type { EpisodeEvent, LeaseEvent, ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { columnsOf } from '../../core/leases/lease-events.ts';
import { timeOf } from '../../event-time.ts';

const s = (seconds: number): Micros => (1_795_454_000_000_000 + seconds * 1_000_000) as Micros;
const AHEAD_US = 250_000;

function call(episodeId: string, index: number, rest: Partial<ToolCallEvent> = {}): ToolCallEvent {
  const start = s(index * 10);
  return {
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time: timeOf(start, 'request-start'),
    ref: { source: 'calls.jsonl', line: index + 1, offset: 0, bytes: 1 },
    episodeId,
    index,
    name: 'bash',
    command: `ls ${index}`,
    start,
    end: s(index * 10 + 5),
    startBasis: 'recorded',
    endBasis: 'recorded',
    slack: { earlyUs: 1000, lateUs: 2000 },
    executed: 'yes',
    trust: 'outside',
    ...rest,
  };
}

interface Records {
  readonly episodes: readonly EpisodeEvent[];
  readonly leases: readonly LeaseEvent[];
}

function tableOf(calls: readonly ToolCallEvent[], records: Partial<Records> = {}): EpisodeTable {
  const shift = (_: unknown, at: Micros): Micros => (at - AHEAD_US) as Micros;
  const leases = columnsOf(records.leases ?? []);
  return new EpisodeTable({
    episodes: (records.episodes ?? []).map((event) => ({ event, ...event.time, errorUs: 0, host: 'h' })),
    calls,
    leases: new LeaseTable({
      leases,
      correct: (event) => ({ event, ...event.time, errorUs: 0, host: 'h' }),
      shift,
    }),
    correct: (event): Timed<ToolCallEvent> => ({ event, ...event.time, errorUs: 300, host: 'h' }),
    shift,
    isBackground: () => false,
  });
}

const callsOf = (table: EpisodeTable, id: string): readonly Call[] => table.episodes.get(id)?.calls.all ?? [];

describe('calls of an episode', () => {
  const calls = [call('b', 1), call('a', 2), call('b', 0, { sandboxId: 'sb' }), call('b', 3, { end: s(99) })];

  it('are those of its records, in the order of time, with corrected stamps', () => {
    const table = tableOf(calls);
    expect(callsOf(table, 'b').map(({ command, start }) => [command, start])).toEqual([
      ['ls 0', s(0) - AHEAD_US],
      ['ls 1', s(10) - AHEAD_US],
      ['ls 3', s(30) - AHEAD_US],
    ]);
    expect(table.callCount).toBe(4);
    expect(Array.from(table.allTimes(), ({ start }) => (start ?? 0) + AHEAD_US)).toEqual([s(20), s(0), s(10), s(30)]);
  });

  it('are the same objects each time they are asked for, and pass by as equal ones before', () => {
    const table = tableOf(calls);
    const passed = table.episodes.get('b')?.calls.passing();
    expect(callsOf(table, 'b')[0]).toBe(callsOf(table, 'b')[0]);
    expect(callsOf(table, 'b')).toEqual(passed);
    expect([...table.episodes.keys()]).toEqual(['a', 'b']);
  });

  it('are made one by one where each is a record of its own, else together', () => {
    const simple = tableOf([call('b', 0), call('b', 1), call('b', 3)]).episodes.get('b')?.calls;
    expect(simple?.at(2)?.command).toBe('ls 3');
    expect(simple?.at(2)).not.toBe(simple?.at(2));
    expect([simple?.at(3), simple?.ofRecord(3)]).toEqual([undefined, undefined]);
    const { start: _, ...timeless } = call('b', 4);
    const placed = tableOf([...calls, timeless]).episodes.get('b')?.calls;
    expect(placed?.at(3)).toBe(placed?.all[3]);
  });

  it('tell in what time, on which hosts and in which sandboxes they ran', () => {
    const own = tableOf([...calls, call('b', 4, { host: 'other', sandboxId: 'sc' })]).episodes.get('b')?.calls.extent;
    expect([own?.from, own?.to]).toEqual([s(0) - AHEAD_US - 1300, s(99) - AHEAD_US + 2300]);
    expect(own?.hosts).toEqual(['h', 'other']);
    expect(own?.sandboxes).toEqual(['sb', undefined, 'sc']);
  });

  it('may have gone on for ever where no end is known', () => {
    const { end: _, ...open } = call('a', 0);
    expect(tableOf([open]).episodes.get('a')?.calls.extent.to).toBe(Infinity);
  });

  it('count for the sandbox that they name, or for every one of their episode', () => {
    const elsewhere = tableOf([call('a', 0, { sandboxId: 'sb' }), call('a', 1, { sandboxId: 'sc' })]);
    expect(['sb', 'sc', 'sd'].map((sandbox) => elsewhere.hasCalls(sandbox))).toEqual([true, true, false]);
  });
});

describe('what is told of calls without putting them together', () => {
  const some = fc.record(
    {
      index: fc.nat({ max: 6 }),
      source: fc.constantFrom('a', 'a', 'a', 'b'),
      episodeId: fc.constantFrom('e', 'e', 'e', 'f'),
      start: fc.option(fc.nat({ max: 3_000_000 }), { nil: undefined, freq: 9 }),
      length: fc.option(fc.nat({ max: 100_000_000 }), { nil: undefined }),
      command: fc.constantFrom('ls', 'sleep 11', undefined),
    },
    { noNullPrototype: true },
  );
  const other = fc.record(
    {
      callId: fc.constantFrom('call_0123456789abcdef', 'toolu_00000000000000', '7'),
      host: fc.constantFrom('g', 'h'),
      sandboxId: fc.constantFrom('sb', 'sc'),
      format: fc.constantFrom('x', 'y'),
      startBasis: fc.constantFrom('recorded', 'inferred'),
      executed: fc.constantFrom('yes', 'no'),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const record = fc.tuple(some, other).map(([{ index, source, episodeId, start, length, command }, rest]) => {
    const { start: _start, end: _end, command: _command, ...plain } = call(episodeId, index, rest);
    return {
      ...plain,
      ref: { source, line: index + 1, offset: 0, bytes: 1 },
      ...(start === undefined ? {} : { start: s(start / 1e6) }),
      ...(length === undefined ? {} : { end: s((start ?? 0) / 1e6 + length / 1e6) }),
      ...(command === undefined ? {} : { command }),
    };
  });
  const ordered = fc.array(record, { maxLength: 9 }).map((records) => {
    const last = new Map<string, number>();
    return records.map((one) => {
      const index = (last.get(one.episodeId) ?? -1) + 1;
      last.set(one.episodeId, index);
      return { ...one, index };
    });
  });

  it('is what they say themselves (property)', () => {
    fc.assert(
      fc.property(fc.oneof(ordered, fc.array(record, { maxLength: 9 })), (records) => {
        for (const { calls } of tableOf(records).episodes.values()) {
          const whole = calls.passing();
          expect(calls.count).toBe(whole.length);
          expect(calls.formats).toEqual([...new Set(Array.from(calls.records(), ({ format }) => format))]);
          expect(calls.times().map(timesOf)).toEqual(whole.map(timesOf));
          expect(whole.map((_, place) => calls.at(place))).toEqual(whole);
          expect(calls.timetable.count).toBe(whole.length);
          expect(calls.timetable.moments).toEqual(whole.flatMap(momentsOf));
          if (calls.isSimple)
            expect(Array.from(calls.records(), (_, place) => calls.ofRecord(place)?.index)).toEqual(
              Array.from(calls.records(), ({ index }) => index),
            );
          const from = Math.min(...whole.map(({ start, earlyUs }) => (start ?? -Infinity) - earlyUs));
          const to = Math.max(...whole.map(({ end, lateUs }) => (end ?? Infinity) + lateUs));
          expect([calls.extent.from, calls.extent.to]).toEqual([from, to]);
          expect(new Set(calls.extent.hosts)).toEqual(new Set(whole.map(({ host }) => host ?? '')));
          expect(new Set(calls.extent.sandboxes)).toEqual(new Set(whole.map(({ sandboxId }) => sandboxId)));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function timesOf({ start, end, earlyUs, lateUs, timing, executed, sandboxId, host }: CallTimes): CallTimes {
  return { start, end, earlyUs, lateUs, timing, executed, sandboxId, host };
}

function momentsOf({ start, end, earlyUs, lateUs, executed }: CallTimes): readonly number[] {
  if (start === undefined || !executed) return [Number.NaN, Number.NaN, Number.NaN];
  return [start, start - earlyUs, (end ?? Infinity) + lateUs];
}

describe('one call in two artefacts', () => {
  const id = 'call_0123456789abcdef';
  const session = { ref: { source: 'session.jsonl', line: 1, offset: 0, bytes: 1 }, trust: 'agent-writable' } as const;

  it('joins their episodes by its id, and is one', () => {
    const table = tableOf([call('a', 0, { callId: id }), call('b', 7, { ...session, callId: id, command: 'ls 0' })]);
    expect([...table.episodes.keys()]).toEqual(['a']);
    expect(callsOf(table, 'a').map(({ callId, trust, start }) => [callId, trust, start])).toEqual([
      [id, 'outside', s(0) - AHEAD_US],
    ]);
  });

  it('is two within one source, or where the commands differ', () => {
    expect(tableOf([call('a', 0, { callId: id }), call('b', 0, { callId: id })]).episodes.size).toBe(2);
    expect(tableOf([call('a', 0, { callId: id }), call('b', 7, { ...session, callId: id })]).episodes.size).toBe(2);
  });
});

describe('what leases tell of an episode', () => {
  const told = (line: number) => ({
    format: 'x',
    clock: 'x',
    time: call('', line).time,
    ref: { source: 'leases.jsonl', line, offset: 0, bytes: 1 },
  });
  const lease = (line: number, episodeId: string, group: string): LeaseEvent => ({
    ...told(line),
    kind: 'lease',
    sandboxId: 'sb',
    episodeId,
    group,
    start: s(line * 10),
    end: s(line * 10 + 9),
  });
  const named: EpisodeEvent = { ...told(9), kind: 'episode', episodeId: 'a', aliases: ['b'], run: 'r' };

  it('comes first from those that name it by its own id, then by another one', () => {
    const leases = [lease(1, 'b', 'second'), lease(2, 'a', 'first'), lease(3, 'b', 'second')];
    const episode = tableOf([], { episodes: [named], leases }).episodes.get('a');
    expect(episode?.group).toBe('first');
    expect([episode?.start, episode?.end]).toEqual([s(10) - AHEAD_US, s(39) - AHEAD_US]);
    expect(episode?.refs.map(({ line }) => line)).toEqual([1, 2, 3, 9]);
    expect(episode?.aliases).toEqual(['b']);
  });
});

it('episodes that have the same as the one before them hold it once', () => {
  const ids = ['a', 'b', 'c'];
  const other = call('d', 0, { sandboxId: 'other', format: 'y' });
  const calls = [...ids.map((id) => call(id, 0, { sandboxId: 'sb' })), other];
  const [first, ...others] = [...tableOf(calls).episodes.values()];
  const [second, third, last] = others;
  for (const key of ['sandboxIds', 'formats', 'aliases', 'prompts'] as const)
    expect([second?.[key], third?.[key]].map((list) => list === first?.[key])).toEqual([true, true]);
  expect([first, last].map((episode) => episode?.sandboxIds)).toEqual([['sb'], ['other']]);
  expect([first, last].map((episode) => episode?.formats)).toEqual([['x'], ['y']]);
});

it('the times of calls that were read in their order name the very rows of the episode', () => {
  const started = (at: number) => ({ start: s(at), end: s(at + 1) });
  const table = tableOf([call('a', 0), call('b', 0, started(20)), call('b', 1, started(10)), call('a', 1)]);
  const rows = (id: string): number[] => Array.from(table.episodes.get(id)?.calls.timetable.rows ?? []);
  expect([rows('a'), rows('b')]).toEqual([
    [0, 3],
    [2, 1],
  ]);
});
