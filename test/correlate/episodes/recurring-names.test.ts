import { expect, it } from 'vitest';
import { withoutBounds } from '../../../src/core/tools/tool-call.ts';
import { EpisodeTable } from '../../../src/correlate/episodes/episodes.ts';
import { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import type { EpisodeEvent, LeaseEvent, ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import { columnsOf } from '../../core/leases/lease-events.ts';
import { timeOf } from '../../event-time.ts';

const RUNS = [0, 86_400] as const;
const ALIAS = 'swe_3_5_45_12';
const s = (seconds: number): Micros => (1_795_454_000_000_000 + seconds * 1_000_000) as Micros;

function record(run: number, rest: Partial<EpisodeEvent>): EpisodeEvent {
  const [start, end] = [s(run), s(run + 1800)];
  const ref = { source: `run-${run}/${rest.format}`, line: 1, offset: 0, bytes: 1 };
  return {
    kind: 'episode',
    format: 'x',
    clock: 'x',
    time: timeOf(end, 'completion'),
    ref,
    episodeId: ALIAS,
    start,
    end,
    ...rest,
  };
}

const dumped = (run: number, rest: Partial<EpisodeEvent> = {}): EpisodeEvent =>
  record(run, { format: 'roll-dump', episodeId: `swe_${run}`, aliases: [ALIAS], sandboxId: `sb-${run}`, ...rest });

function call(at: number, rest: Partial<ToolCallEvent> = {}): ToolCallEvent {
  return {
    kind: 'tool-call',
    format: 'otlp',
    clock: 'x',
    time: timeOf(s(at)),
    ref: { source: 'traces.jsonl', line: at, offset: 0, bytes: 1 },
    episodeId: ALIAS,
    index: 0,
    name: 'bash',
    command: `ls ${at}`,
    start: s(at),
    startBasis: 'recorded',
    endBasis: 'none',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
    ...rest,
  };
}

interface Others {
  readonly leases?: readonly LeaseEvent[];
  /** How much later it is than clocks of dumps say, seconds. */
  readonly slowBy?: number;
}

function tableOf(
  episodes: readonly EpisodeEvent[],
  calls: readonly ToolCallEvent[],
  { leases = [], slowBy = 0 }: Others = {},
): EpisodeTable {
  const shift = (_: unknown, at: Micros): Micros => at;
  const dumpsAt = (at: Micros): Micros => (at + slowBy * 1_000_000) as Micros;
  return new EpisodeTable({
    episodes: episodes.map((event) => ({
      event,
      ...event.time,
      ...(event.format === 'roll-dump' && { at: dumpsAt(event.time.at) }),
      errorUs: 0,
      host: 'h',
    })),
    calls,
    leases: new LeaseTable({
      leases: columnsOf(leases),
      correct: (event) => ({ event, ...event.time, errorUs: 0, host: 'h' }),
      shift,
    }),
    correct: (event) => ({ event, ...event.time, errorUs: 0, host: 'h' }),
    shift,
    isBackground: () => false,
  });
}

/** Names of episodes, with their other names, sandboxes and when their calls began. */
function told(...given: Parameters<typeof tableOf>): readonly unknown[] {
  return [...tableOf(...given).episodes.values()].map((episode) => [
    episode.id,
    episode.aliases,
    episode.sandboxIds,
    episode.calls.all.map(({ ref }) => ref.line),
  ]);
}

it('rollouts of two runs that are counted alike are two, and what is told by the count is of the one that ran then', () => {
  const spans = RUNS.map((run) => record(run, { format: 'otlp', aliases: [`trace-${run}`] }));
  expect(told([...RUNS.map((run) => dumped(run)), ...spans], [call(60), call(86_460)])).toEqual([
    ['swe_0', [], ['sb-0'], [60]],
    ['swe_86400', [], ['sb-86400'], [86_460]],
  ]);
});

it('what spans of it tell goes with it, and stays with nobody else', () => {
  const span = (run: number): EpisodeEvent =>
    record(run, { format: 'otlp', sandboxId: `span-${run}`, task: `t${run}` });
  const { episodes } = tableOf([...RUNS.map((run) => dumped(run)), ...RUNS.map(span)], [call(40_000)]);
  expect([...episodes.values()].map(({ id, task, sandboxIds }) => [id, task, sandboxIds])).toEqual([
    ['swe_0', 't0', ['sb-0', 'span-0']],
    [ALIAS, undefined, []],
    ['swe_86400', 't86400', ['sb-86400', 'span-86400']],
  ]);
});

it('a call takes its sandbox along', () => {
  const calls = [
    call(50, { episodeId: 'swe_0' }),
    call(60, { index: 1, sandboxId: 'own' }),
    call(40_000, { index: 2, sandboxId: 'other' }),
  ];
  const { episodes } = tableOf(
    RUNS.map((run) => dumped(run)),
    calls,
  );
  expect([...episodes.values()].map((episode) => [episode.sandboxIds, episode.calls.count])).toEqual([
    [['own', 'sb-0'], 2],
    [['other'], 1],
    [['sb-86400'], 0],
  ]);
});

it.each([
  ['a minute before it began', -60, 'swe_0'],
  ['more than that', -61, ALIAS],
  ['a minute after it ended', 1860, 'swe_0'],
  ['more than that later', 1861, ALIAS],
])('a call %s', (_, at, name) => {
  const { episodes } = tableOf(
    RUNS.map((run) => dumped(run)),
    [call(at)],
  );
  expect([...episodes.values()].find(({ calls }) => calls.count > 0)?.id).toBe(name);
});

it('what two that ran at once may have done is of neither, in whatever order they stand', () => {
  const dumps = [dumped(86_400), dumped(0), dumped(600)];
  expect(told(dumps, [call(60), call(1200)])).toEqual([
    ['swe_0', [], ['sb-0'], [60]],
    [ALIAS, [], [], [1200]],
    ['swe_600', [], ['sb-600'], []],
    ['swe_86400', [], ['sb-86400'], []],
  ]);
});

it('a name under which spans and calls are left stays', () => {
  const dumps = RUNS.map((run) => dumped(run));
  expect(told([...dumps, record(40_000, { format: 'otlp' })], [call(40_000)])).toContainEqual([
    ALIAS,
    [],
    [],
    [40_000],
  ]);
});

it('a name that a lease bears stays', () => {
  const lease = { kind: 'lease', format: 'leases', clock: 'x', episodeId: ALIAS, sandboxId: 'leased' } as const;
  const ref = { source: 'leases.jsonl', line: 1, offset: 0, bytes: 1 };
  const leases = [{ ...lease, time: timeOf(s(0)), ref }];
  expect(
    told(
      RUNS.map((run) => dumped(run)),
      [call(60)],
      { leases },
    ),
  ).toContainEqual([ALIAS, [], ['leased'], []]);
});

it('a rollout ran when its corrected clock says', () => {
  const dumps = RUNS.map((run) => dumped(run));
  expect(told(dumps, [call(3700)], { slowBy: 3600 })).toContainEqual(['swe_0', [], ['sb-0'], [3700]]);
  expect(told(dumps, [call(60)], { slowBy: 3600 })).toContainEqual(['swe_0', [], ['sb-0'], []]);
});

it('names that nothing else bears, and rollouts without other names, stay what they are', () => {
  const { aliases: _, ...unnamed } = dumped(7200);
  const dumps = [...RUNS.map((run) => dumped(run)), unnamed];
  expect((told(dumps, []) as string[][]).map(([name]) => name)).toEqual(['swe_0', 'swe_7200', 'swe_86400']);
});

it('what ran at another time is of neither', () => {
  expect(
    told(
      RUNS.map((run) => dumped(run)),
      [call(60), call(40_000)],
    ),
  ).toEqual([
    ['swe_0', [], ['sb-0'], [60]],
    [ALIAS, [], [], [40_000]],
    ['swe_86400', [], ['sb-86400'], []],
  ]);
});

it.each([
  ['rows of one rollout', [dumped(0), dumped(0, { episodeId: 'swe_0_b1' })], ['swe_0']],
  ['rollouts within a minute', [dumped(0), dumped(1860)], ['swe_0']],
  ['rollouts of formats that count none anew', RUNS.map((run) => dumped(run, { format: 'x' })), ['swe_0']],
  ['a dump and spans', [dumped(0), record(0, { format: 'otlp' })], ['swe_0']],
  ['rows that tell no time', RUNS.map((run) => withoutBounds(dumped(run))), ['swe_0']],
])('%s that share a name are one', (_, episodes, names) => {
  expect((told(episodes, [call(60)]) as string[][]).map(([name]) => name)).toEqual(names);
});

const spanned = (run: number, rest: Partial<EpisodeEvent> = {}): EpisodeEvent =>
  record(run, { format: 'otlp', group: 'swe_3_5_45', aliases: [`trace-${run}`], ...rest });

it('spans alone that tell of two runs under one name tell of two rollouts', () => {
  expect(
    told(
      RUNS.map((run) => spanned(run)),
      [call(60), call(86_460), call(40_000)],
    ),
  ).toEqual([
    [ALIAS, ['trace-0', 'trace-86400'], [], [40_000]],
    [`${ALIAS}@2026-11-23T17:13:20.000000Z`, [ALIAS], [], [60]],
    [`${ALIAS}@2026-11-24T17:13:20.000000Z`, [ALIAS], [], [86_460]],
  ]);
});

it('a rollout of the next run is none of the one that the dump knows', () => {
  expect(told([...RUNS.map((run) => spanned(run)), dumped(0)], [call(60), call(86_460)])).toEqual([
    ['swe_0', [], ['sb-0'], [60]],
    [`${ALIAS}@2026-11-24T17:13:20.000000Z`, [ALIAS], [], [86_460]],
  ]);
});

it.each([
  ['one rollout, beside its record', [spanned(0), dumped(0)], [ALIAS]],
  ['one rollout, beside its record of a clock in another zone', [spanned(0), dumped(28_800)], [ALIAS]],
  ['one rollout that is exported twice', [spanned(0), spanned(0)], [ALIAS]],
  ['a conversation that goes on, and is none of ROLL', RUNS.map((run) => spanned(run, { group: 'swe' })), [ALIAS]],
])('spans of %s tell of one', (_, episodes, names) => {
  expect((told(episodes, [call(60)]) as string[][]).map(([name]) => name)).toEqual(names);
});
