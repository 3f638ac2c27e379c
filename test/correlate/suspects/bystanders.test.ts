import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeaseColumns } from '../../../src/core/leases/columns.ts';
import { openCallNames } from '../../../src/correlate/episodes/call-names.ts';
import { openEpisodeNames } from '../../../src/correlate/episodes/episode-names.ts';
import { EpisodeTable } from '../../../src/correlate/episodes/episodes.ts';
import { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import { bystanders } from '../../../src/correlate/suspects/bystanders.ts';
import { suspectOf } from '../../../src/correlate/suspects/call-suspect.ts';
import { openLeaseFacts } from '../../../src/correlate/suspects/lease-facts.ts';
import { MentionTable } from '../../../src/correlate/suspects/mentions.ts';
import { openRecentCalls } from '../../../src/correlate/suspects/recent-calls.ts';
import type { Mentions, Scene } from '../../../src/correlate/suspects/scene.ts';
import { openSameFacts, openShelf } from '../../../src/correlate/suspects/shelf.ts';
import { callFacts, type SuspectContext } from '../../../src/correlate/suspects/suspect-facts.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';
import type { Suspect } from '../../../src/model/case.ts';
import type { Event, LeaseEvent, ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import type { Category } from '../../../src/model/violation.ts';
import { timeOf } from '../../event-time.ts';

const s = (seconds: number): Micros => (1_795_454_000_000_000 + Math.round(seconds * 1_000_000)) as Micros;
const common = (at: Micros, source: string, line: number) => ({
  format: 'x',
  clock: 'x',
  time: timeOf(at, 'request-start'),
  ref: { source, line, offset: 0, bytes: 1 },
});
const correct = <E extends Event>(event: E): Timed<E> => ({ event, ...event.time, errorUs: 300, host: 'h' });
const shift = (_: unknown, at: Micros): Micros => at;

const SANDBOXES = ['sb-0', 'sb-1', 'sb-2'];
/** Six episodes hold each sandbox one after the other, of 20 seconds each. */
const EPISODES = SANDBOXES.flatMap((sandboxId, n) =>
  [0, 1, 2, 3, 4, 5].map((nth) => ({ episodeId: `e-${n}-${nth}`, sandboxId, nth })),
);

const calls: fc.Arbitrary<readonly ToolCallEvent[]> = fc
  .array(
    fc.record({
      of: fc.constantFrom(...EPISODES),
      begun: fc.nat({ max: 18 }),
      length: fc.option(fc.nat({ max: 9 }), { nil: undefined, freq: 6 }),
      command: fc.constantFrom('ls', 'xmrig', 'ls &'),
      executed: fc.constantFrom('yes', 'yes', 'no'),
    }),
    { maxLength: 40 },
  )
  .map((list) =>
    list.map(({ of, begun, length, command, executed }, i): ToolCallEvent => {
      const start = s(of.nth * 20 + begun);
      return {
        kind: 'tool-call',
        ...common(start, 'calls.jsonl', i + 1),
        episodeId: of.episodeId,
        sandboxId: of.sandboxId,
        index: i,
        name: 'bash',
        command,
        start,
        ...(length === undefined ? {} : { end: (start + length * 1_000_000) as Micros }),
        startBasis: 'recorded',
        endBasis: 'recorded',
        slack: { earlyUs: 0, lateUs: 0 },
        executed,
        trust: 'outside',
      };
    }),
  );

function contextOf(log: readonly ToolCallEvent[]): SuspectContext {
  const columns = new LeaseColumns();
  for (const [i, { episodeId, sandboxId, nth }] of EPISODES.entries()) {
    const [start, end] = [s(nth * 20), s(nth * 20 + 20)];
    const lease: LeaseEvent = {
      kind: 'lease',
      ...common(start, 'leases.jsonl', i + 1),
      sandboxId,
      episodeId,
      start,
      end,
    };
    columns.push(lease);
  }
  const leases = new LeaseTable({ leases: columns, correct, shift });
  const episodes = new EpisodeTable({
    episodes: [],
    calls: log,
    leases,
    correct,
    shift,
    isBackground: (command) => command.endsWith('&'),
  });
  return {
    leases,
    episodes,
    mentions: new MentionTable(episodes.episodes.values()),
    running: openShelf(),
    alive: openShelf(),
    recent: openRecentCalls(7),
    named: openEpisodeNames(episodes.episodes),
    called: openCallNames(),
    sameFact: openSameFacts(),
    beginningOf: () => ({ holder: undefined, mayBeEarlier: false }),
    contradiction: () => undefined,
    goesElsewhere: () => false,
    classify: (command) => (command === 'xmrig' ? ['cryptomining'] : []),
  };
}

interface Moment {
  readonly begun: number;
  readonly windowUs: number;
  readonly sandboxes: readonly string[];
  readonly category: Category;
  /** So many calls of the first episode name the destination. */
  readonly named: number;
}

const moments: fc.Arbitrary<Moment> = fc.record<Moment>({
  begun: fc.integer({ min: -5, max: 130 }),
  windowUs: fc.constantFrom(0, 0, 15_000_000, 70_000_000),
  sandboxes: fc.subarray(SANDBOXES),
  category: fc.constantFrom('cryptomining', 'policy-violation'),
  named: fc.nat({ max: 2 }),
});

function sceneOf({ begun, windowUs, sandboxes, category }: Moment, context: SuspectContext): Scene {
  const trail = { begun: s(begun), windowUs, errorUs: 0, host: undefined, tuples: [] } as unknown as Trail;
  const among = new Set(sandboxes);
  return {
    trail,
    category,
    sandboxes: among,
    owners: [],
    mentions: { byCall: new Map(), episodes: new Set() },
    leaseFacts: openLeaseFacts({ trail, sandboxes: among }, context),
    pausedAt: undefined,
    seriesAround: () => ({ own: undefined, all: [] }),
  };
}

const SLACK_US = 1_000_000;

/** Of everybody who was there a suspect, and of these the nearest twelve. */
function plainly(scene: Scene, mentions: Mentions, context: SuspectContext): readonly Suspect[] {
  const { begun, windowUs } = scene.trail;
  const endsBy = begun + windowUs;
  const out: Suspect[] = [];
  for (const sandbox of scene.sandboxes ?? [])
    for (const { id, start, end, calls: own, refs } of context.episodes.ofSandbox(sandbox)) {
      if (endsBy < (start ?? -Infinity) - SLACK_US || begun >= (end ?? Infinity) + SLACK_US) continue;
      const running = own
        .passing()
        .filter(
          (call) =>
            call.executed &&
            call.start !== undefined &&
            !mentions.byCall.has(call.key) &&
            endsBy >= call.start - call.earlyUs - SLACK_US &&
            begun <= (call.end ?? Infinity) + call.lateUs,
        );
      for (const call of running)
        out.push(suspectOf(call, callFacts(call, scene, mentions, context, false), context, undefined));
      if (running.length > 0) continue;
      const says = 'the episode was live then';
      out.push({
        key: `episode|${id}`,
        kind: 'episode',
        episode: context.named(id, sandbox),
        facts: [{ code: 'time-in-episode', strength: 'alive', says, trust: 'outside', refs: refs.slice(0, 2) }],
      });
    }
  const far = ({ toolCall }: Suspect): number => Math.abs((toolCall?.start ?? 0) - begun);
  return out.sort((a, b) => far(a) - far(b) || (a.key < b.key ? -1 : 1)).slice(0, 12);
}

test('bystanders are the nearest of all who were there, whoever was met before (property)', () => {
  fc.assert(
    fc.property(calls, fc.array(moments, { minLength: 1, maxLength: 6 }), (log, all) => {
      const context = contextOf(log);
      const fresh = contextOf(log);
      for (const moment of all) {
        const some = fresh.episodes.episodes.values().next().value?.calls.passing() ?? [];
        const named = some.slice(0, moment.named);
        const mentions: Mentions = {
          byCall: new Map(named.map((call) => [call.key, undefined as never])),
          episodes: new Set(named.map(({ episodeId }) => episodeId)),
        };
        const expected = plainly(sceneOf(moment, fresh), mentions, fresh);
        expect(bystanders(sceneOf(moment, context), mentions, context)).toEqual(expected);
      }
    }),
    { numRuns: 400 },
  );
});

test.each<[string, Partial<Trail>, readonly string[], number]>([
  ['a private address that no lease names', { tuples: [{ srcIp: '10.9.9.9' }] as never }, ['10.66.0.1'], 0],
  ['one that leases name', { tuples: [{ srcIp: '10.66.0.1' }] as never }, ['10.66.0.1'], 1],
  ['one where leases name no addresses', { tuples: [{ srcIp: '10.9.9.9' }] as never }, [], 1],
  ['one on a host that is known', { tuples: [{ srcIp: '10.9.9.9' }] as never, host: 'h' }, ['10.66.0.1'], 1],
  ['a public address', { tuples: [{ srcIp: '203.0.113.9' }] as never }, ['10.66.0.1'], 1],
  ['no address', { tuples: [{ srcIp: '' }] as never }, ['10.66.0.1'], 1],
  ['nothing', { tuples: [] }, ['10.66.0.1'], 1],
])(
  'of a sender of which no sandbox is known, from %s, whoever lived then may be suspected (%j, %j: %i)',
  (_, trail, ips, count) => {
    const context = contextOf([]);
    const leases = {
      statesIps: ips.length > 0,
      leasesByIp: (ip: string) => ips.filter((one) => one === ip),
      sandboxesOnHost: () => new Set(['sb-0']),
    } as unknown as LeaseTable;
    const moment: Moment = { begun: 5, windowUs: 0, sandboxes: [], category: 'policy-violation', named: 0 };
    const scene = sceneOf(moment, context);
    const unknown: Scene = { ...scene, trail: { ...scene.trail, ...trail }, sandboxes: undefined };
    expect(bystanders(unknown, unknown.mentions, { ...context, leases })).toHaveLength(count);
  },
);
