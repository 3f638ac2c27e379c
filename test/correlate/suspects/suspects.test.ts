import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { Origin } from '../../../src/correlate/processes/lineage.ts';
import type { Owner } from '../../../src/correlate/processes/owner.ts';
import { NO_PID, type Process } from '../../../src/correlate/processes/process.ts';
import type { Mentions, Scene } from '../../../src/correlate/suspects/scene.ts';
import { openShelf } from '../../../src/correlate/suspects/shelf.ts';
import type { SuspectContext } from '../../../src/correlate/suspects/suspect-facts.ts';
import { listSuspects } from '../../../src/correlate/suspects/suspects.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';

const SECOND = 1_000_000;
const ref = (source: string) => ({ source });
const call = (key: string, facts: Partial<Call> = {}): Call =>
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

const process = (pid: number, facts: Partial<Process> = {}): Process =>
  ({ pid, host: 'h', execs: [], ref: ref(`process ${pid}`), ...facts }) as unknown as Process;
const exec = (text: string) => ({ text, exe: '/bin/curl', args: undefined, ref: ref('exec') }) as never;

const owner = (of: Process, origin: Partial<Origin> = {}, facts: Partial<Owner> = {}): Owner =>
  ({
    process: of,
    origin: { chain: [of], closedBy: 'none', rivals: [], refs: [], ...origin },
    how: 'tuple',
    isFirm: true,
    ref: ref('socket'),
    ...facts,
  }) as unknown as Owner;

interface Case {
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

function suspectsOf({ owners = [], named = [], said = [], trail, sandboxes = ['s'], holder, mayBeEarlier }: Case) {
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
const told = (one: Case) =>
  Object.fromEntries(
    suspectsOf(one).map(({ key, facts }) => [
      key,
      facts.flatMap(({ code, strength }) => (code.startsWith('time-') ? [] : [`${code} ${strength}`])),
    ]),
  );

const A = call('a');
const B = call('b');
const started = { sandboxId: 's', call: A, callBy: 'argv', closedBy: 'root-pid' } as const;
const BYSTANDER = { 'episode|bystander': [] };

describe('the process of a flow', () => {
  const own = process(7);
  it.each<[string, Owner, Case, object]>([
    [
      'blames the call that started it, and nobody else',
      owner(own, started),
      {},
      { 'call|a': ['socket-owner tuple', 'process-lineage argv'] },
    ],
    [
      'over a parent without a record',
      owner(own, { ...started, closedBy: 'adopted' }),
      {},
      { 'call|a': ['socket-owner tuple', 'process-lineage argv-adopted'] },
    ],
    [
      'by its time alone',
      owner(own, { ...started, callBy: undefined }),
      {},
      { 'call|a': ['socket-owner tuple', 'process-lineage time'] },
    ],
    [
      'and less its rivals',
      owner(own, { ...started, rivals: [B] }),
      {},
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv'],
        'call|b': ['socket-owner tuple', 'process-lineage argv-rival'],
      },
    ],
    [
      'and none more than another where their times do not tell',
      owner(own, { ...started, rivals: [call('b', { timing: 'inferred' })] }),
      {},
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv-rival'],
        'call|b': ['socket-owner tuple', 'process-lineage argv-rival'],
      },
    ],
    [
      'is doubted where it may be of another flow',
      owner(own, started, { isFirm: false }),
      {},
      { 'call|a': ['socket-owner apart', 'process-lineage unsure'], ...BYSTANDER },
    ],
    [
      'is not where the host itself sent it',
      owner(own, started, { isFirm: false }),
      { trail: { hostOwned: true } },
      { 'call|a': ['socket-owner apart', 'process-lineage argv'], ...BYSTANDER },
    ],
    [
      'may be of the platform',
      owner(own, { platform: 'uid' }),
      {},
      { 'platform|h|7': ['socket-owner tuple', 'process-lineage platform-uid'], ...BYSTANDER },
    ],
    [
      'of the platform is doubted as well',
      owner(own, { platform: 'parent' }, { isFirm: false }),
      {},
      { 'platform|h|7': ['socket-owner apart', 'process-lineage unsure'], ...BYSTANDER },
    ],
    [
      'is of the host where that sent it, and no sandbox is known',
      owner(own),
      { trail: { hostOwned: true } },
      { 'platform|h|7': ['socket-owner tuple', 'process-lineage platform-host'], ...BYSTANDER },
    ],
    [
      'is none of the host in a sandbox',
      owner(own, { sandboxId: 's' }),
      { trail: { hostOwned: true } },
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    ['is a stranger elsewhere', owner(own), {}, { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER }],
    [
      'blames an episode without calls that held its sandbox',
      owner(own, { sandboxId: 's', untraced: true }),
      { holder: 'e' },
      { 'episode|e': ['socket-owner tuple', 'process-lineage untraced'], ...BYSTANDER },
    ],
    [
      'doubts it where it may be of another flow',
      owner(own, { sandboxId: 's', untraced: true }, { isFirm: false }),
      { holder: 'e' },
      { 'episode|e': ['socket-owner apart', 'process-lineage unsure'], ...BYSTANDER },
    ],
    [
      'not an episode with calls',
      owner(own, { sandboxId: 's' }),
      { holder: 'e' },
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where an earlier one may have left it',
      owner(own, { sandboxId: 's', untraced: true }),
      { holder: 'e', mayBeEarlier: true },
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where nobody held it',
      owner(own, { sandboxId: 's', untraced: true }),
      {},
      { 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
  ])('%s', (_, one, more, expected) => {
    expect(told({ owners: [one], ...more })).toEqual(expected);
  });

  it('is no second reason where its arguments and those of the call name the destination', () => {
    const byArguments = owner(own, started, { how: 'exec-arguments' });
    const facts = ['process-lineage argv', 'dst-in-arguments ip'];
    expect(told({ owners: [byArguments], named: [A] })).toEqual({ 'call|a': facts });
    expect(told({ owners: [byArguments], said: [A] })).toEqual({
      'call|a': ['dst-in-arguments exec', 'process-lineage argv', 'dst-in-arguments said'],
    });
    expect(told({ owners: [owner(own, started)], named: [A] })).toEqual({ 'call|a': ['socket-owner tuple', ...facts] });
  });

  it('tells of a call that is not recorded, by the command that the sandbox was given', () => {
    const top = process(5, { execs: [exec('ls'), exec('curl 192.0.2.9')] });
    const facts = (origin: Partial<Origin>, isFirm = true) =>
      told({
        owners: [owner(own, { sandboxId: 's', chain: [own, top], closedBy: 'root-pid', ...origin }, { isFirm })],
      })['unknown|h|7'];
    expect(facts({})).toEqual(['socket-owner tuple', 'dst-in-arguments exec']);
    expect(facts({ closedBy: 'container' })).toEqual(['socket-owner tuple']);
    expect(facts({ chain: [top, own] })).toEqual(['socket-owner tuple']);
    expect(facts({}, false)).toEqual(['socket-owner apart']);
  });

  it('is named by what it ran last, else by what is known of it', () => {
    const of = (facts: Partial<Process>, pid = 7) => suspectsOf({ owners: [owner(process(pid, facts))] }).at(-1);
    const execs = [exec('ls'), exec('curl x')];
    expect(of({ execs, exe: '/bin/sh' })?.process).toEqual({
      pid: 7,
      host: 'h',
      executable: '/bin/curl',
      commandLine: 'curl x',
      ref: ref('exec'),
    });
    expect(of({ exe: '/bin/sh', comm: 'sh' })?.process).toEqual({
      pid: 7,
      host: 'h',
      executable: '/bin/sh',
      ref: ref('process 7'),
    });
    expect(of({ comm: 'sh' })?.process).toMatchObject({ executable: 'sh' });
    expect(of({ entityId: 'guid' }, NO_PID)).toMatchObject({
      key: 'unknown|h|guid',
      process: { entityId: 'guid', host: 'h' },
    });
  });

  it('is one suspect with all that its sockets tell', () => {
    const owners = [owner(own, started), owner(own, started, { how: 'destination', distanceUs: 0 })];
    expect(told({ owners })).toEqual({
      'call|a': ['socket-owner tuple', 'process-lineage argv', 'socket-owner destination'],
    });
  });
});

describe('calls that name the destination', () => {
  const named = ['dst-in-arguments ip'];
  it.each<[string, Case, object]>([
    ['are suspected beside who lived then', { named: [A, B] }, { 'call|a': named, 'call|b': named, ...BYSTANDER }],
    [
      'are not the one that another started',
      { owners: [owner(process(7), started)], named: [B] },
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv'],
        'call|b': [...named, 'process-excludes other-process'],
      },
    ],
    [
      'nor that with a rival',
      { owners: [owner(process(7), { ...started, rivals: [B] })], named: [B] },
      {
        'call|a': ['socket-owner tuple', 'process-lineage argv'],
        'call|b': ['socket-owner tuple', 'process-lineage argv-rival', ...named],
      },
    ],
    [
      'of another sandbox are out then',
      { owners: [owner(process(7), started)], named: [call('b', { sandboxId: 't' })] },
      { 'call|a': ['socket-owner tuple', 'process-lineage argv'] },
    ],
    [
      'of another sandbox are not out else',
      { named: [call('b', { sandboxId: 't' })] },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'are doubted where a stranger runs another program',
      { owners: [owner(process(7, { comm: 'nc' }))], named: [B] },
      { 'call|b': [...named, 'process-excludes other-program'], 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'are not where it runs the one that they name',
      { owners: [owner(process(7, { comm: 'nc', exe: '/usr/bin/curl' }))], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where it has no name',
      { owners: [owner(process(7))], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where one of two runs it',
      { owners: [owner(process(7, { comm: 'nc' })), owner(process(8, { comm: 'curl' }))], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], 'unknown|h|8': ['socket-owner tuple'], ...BYSTANDER },
    ],
    [
      'nor where the stranger may be of another flow',
      { owners: [owner(process(7, { comm: 'nc' }), {}, { isFirm: false })], named: [B] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner apart'], ...BYSTANDER },
    ],
    [
      'nor where it is of the platform',
      { owners: [owner(process(7, { comm: 'nc' }), { platform: 'uid' })], named: [B] },
      { 'call|b': named, 'platform|h|7': ['socket-owner tuple', 'process-lineage platform-uid'], ...BYSTANDER },
    ],
    [
      'nor where they have no command',
      { owners: [owner(process(7, { comm: 'nc' }))], named: [call('b', { command: undefined } as Partial<Call>)] },
      { 'call|b': named, 'unknown|h|7': ['socket-owner tuple'], ...BYSTANDER },
    ],
    ['are out where they never ran', { named: [call('b', { executed: false })] }, BYSTANDER],
    ['are out on another host', { named: [call('b', { host: 'other' })] }, BYSTANDER],
    [
      'are not where a host is not known',
      { named: [call('b', { host: undefined } as Partial<Call>)] },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'nor where that of the flow is not',
      { named: [call('b', { host: 'other' })], trail: { host: undefined } },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'are out where they began later',
      { named: [call('b', { start: 102.000001 * SECOND } as Partial<Call>)] },
      BYSTANDER,
    ],
    [
      'may begin two seconds later',
      { named: [call('b', { start: 102 * SECOND } as Partial<Call>)] },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'may begin later by a window, and by what clocks are off',
      {
        named: [call('b', { start: 108 * SECOND, earlyUs: SECOND } as Partial<Call>)],
        trail: { windowUs: 3 * SECOND, errorUs: 2 * SECOND },
      },
      { 'call|b': named, ...BYSTANDER },
    ],
    [
      'may have no time',
      { named: [call('b', { start: undefined } as Partial<Call>)] },
      { 'call|b': named, ...BYSTANDER },
    ],
  ])('%s', (_, one, expected) => {
    expect(told(one)).toEqual(expected);
  });

  it('are the nearest dozen', () => {
    const many = Array.from({ length: 20 }, (_, i) =>
      call(String(i + 10), { start: (100 - i) * SECOND } as Partial<Call>),
    );
    const keys = suspectsOf({ named: many }).map(({ key }) => key);
    expect(keys).toEqual([...many.slice(0, 12).map(({ key }) => `call|${key}`), 'episode|bystander']);
  });
});
