import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { Origin } from '../../../src/correlate/processes/lineage.ts';
import type { Owner } from '../../../src/correlate/processes/owner.ts';
import type { Process } from '../../../src/correlate/processes/process.ts';
import type { Mentions, Scene } from '../../../src/correlate/suspects/scene.ts';
import { openShelf } from '../../../src/correlate/suspects/shelf.ts';
import type { SuspectContext } from '../../../src/correlate/suspects/suspect-facts.ts';
import { listSuspects } from '../../../src/correlate/suspects/suspects.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';

export const SECOND = 1_000_000;
export const ref = (source: string) => ({ source });
export const call = (key: string, facts: Partial<Call> = {}): Call =>
  ({
    key,
    episodeId: `episode of ${key}`,
    sandboxId: 's',
    host: 'h',
    start: 90 * SECOND,
    earlyUs: 0,
    lateUs: 0,
    timing: 'recorded',
    executed: true,
    command: `curl ${key}`,
    trust: 'outside',
    ref: ref(key),
    ...facts,
  }) as unknown as Call;

export const process = (pid: number, facts: Partial<Process> = {}): Process =>
  ({ pid, host: 'h', execs: [], ref: ref(`process ${pid}`), ...facts }) as unknown as Process;
export const exec = (text: string) => ({ text, exe: '/bin/curl', args: undefined, ref: ref('exec') }) as never;

export const owner = (of: Process, origin: Partial<Origin> = {}, facts: Partial<Owner> = {}): Owner =>
  ({
    process: of,
    origin: { chain: [of], closedBy: 'none', rivals: [], refs: [], ...origin },
    how: 'tuple',
    isFirm: true,
    ref: ref('socket'),
    ...facts,
  }) as unknown as Owner;

export interface Case {
  readonly owners?: readonly Owner[];
  /** Calls that name the destination, those that only say it among them. */
  readonly named?: readonly Call[];
  readonly said?: readonly Call[];
  readonly trail?: object;
  readonly sandboxes?: readonly string[];
  /** The episode that held the sandbox. */
  readonly holder?: string;
  readonly mayBeEarlier?: boolean;
}

const TRAIL = {
  begun: 100 * SECOND,
  windowUs: 0,
  errorUs: 0,
  host: 'h',
  hostOwned: false,
  dstIps: new Set(['192.0.2.9']),
  domains: new Set(),
  dstPort: 443,
  tuples: [{ transport: 'tcp' }],
  answers: [],
};

export function suspectsOf({
  owners = [],
  named = [],
  said = [],
  trail,
  sandboxes = ['s'],
  holder,
  mayBeEarlier,
}: Case) {
  const mention = (one: Call, isSaid: boolean) =>
    [
      one.key,
      { entry: { call: one, isSaid, mention: { encoding: 'literal' } }, via: 'ip', value: '192.0.2.9' },
    ] as const;
  const byCall = new Map([...named.map((one) => mention(one, false)), ...said.map((one) => mention(one, true))]);
  const episodes = new Set([...named, ...said].map(({ episodeId }) => episodeId));
  const scene = {
    trail: { ...TRAIL, ...trail } as unknown as Trail,
    category: 'scan',
    sandboxes: new Set(sandboxes),
    owners,
    mentions: { byCall, episodes } as unknown as Mentions,
    leaseFacts: () => [],
    pausedAt: undefined,
  } as unknown as Scene;
  const lived = {
    id: 'bystander',
    refs: [],
    calls: { timetable: { count: 0, moments: new Float64Array() } },
  };
  const context = {
    episodes: { episodes: new Map(), around: () => [lived] },
    running: openShelf(),
    alive: openShelf(),
    recent: () => undefined,
    named: (id: string) => ({ id }),
    called: ({ key }: Call) => ({ id: key }),
    beginningOf: () => ({
      holder: holder && { episodeId: holder, ref: ref('lease') },
      mayBeEarlier: mayBeEarlier === true,
    }),
    classify: () => [],
    contradiction: () => undefined,
  } as unknown as SuspectContext;
  return listSuspects(scene, context);
}

/** Who is suspected, and of what facts; of bystanders no more than that they are there. */
export const told = (one: Case) =>
  Object.fromEntries(
    suspectsOf(one).map(({ key, facts }) => [
      key,
      facts.flatMap(({ code, strength }) => (code.startsWith('time-') ? [] : [`${code} ${strength}`])),
    ]),
  );

export const A = call('a');
export const B = call('b');
export const started = { sandboxId: 's', call: A, callBy: 'argv', closedBy: 'root-pid' } as const;
export const BYSTANDER = { 'episode|bystander': [] };
