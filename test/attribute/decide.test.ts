import { describe, expect, it } from 'vitest';
import { type Decided, decide, type Grounds } from '../../src/attribute/decide.ts';
import { weightOf } from '../../src/attribute/weight.ts';
import type { Fact, Suspect } from '../../src/model/case.ts';

const fact = (code: Fact['code'], strength: string, trust: Fact['trust'] = 'outside'): Fact => ({
  code,
  strength,
  says: `${code} ${strength}`,
  trust,
  refs: [{ source: 's', line: 1, offset: 0, bytes: 1 }],
});

const OWNER = fact('socket-owner', 'tuple');
const ARGV = fact('process-lineage', 'argv');
const INSIDE = fact('time-in-call', 'inside');
const ONLY = fact('lease', 'only');
const KIND = fact('behaviour-match', 'category');
const NAMED = fact('dst-in-arguments', 'ip');
const FILE = fact('dst-in-output-file', 'file');
const PROCESS = { pid: 7, executable: '/usr/bin/nc' };

/** The call `name` of the episode that is its first letter. */
function call(name: string, facts: readonly Fact[], rest: Partial<Suspect> = {}): Suspect {
  const ref = { source: 's', line: 1, offset: 0, bytes: 1 };
  const toolCall = { id: name, name: 'bash', ref };
  return { key: name, kind: 'call', episode: { id: name.slice(0, 1) }, toolCall, facts, ...rest };
}

const ofKind = (kind: Suspect['kind'], facts: readonly Fact[], key = 'k'): Suspect => ({
  key,
  kind,
  facts,
  ...(kind === 'episode' ? { episode: { id: key } } : { process: PROCESS }),
});

const of = (suspects: readonly Suspect[], rest: Partial<Grounds> = {}): Decided =>
  decide({ suspects, shared: [], sandboxes: [], missing: ['a record'], ...rest });

const score = (facts: readonly Fact[]): number => facts.reduce((total, one) => total + weightOf(one), 0);
const NULL = Math.exp(2.2);
/** What one of several is held for, from its own facts and those of the others. */
function share(facts: readonly Fact[], ...others: readonly (readonly Fact[])[]): number {
  const all = [facts, ...others].map((some) => Math.exp(score(some)));
  return (all[0] ?? 0) / (all.reduce((total, one) => total + one, 0) + NULL);
}

const HARD = [OWNER, ARGV];
const SOFT = [{ ...OWNER, trust: 'agent-writable' as const }, ARGV];
const CLOSE = [OWNER, fact('process-lineage', 'time')];
const untraced = { sandboxId: 'sb' };
const PORT = fact('dst-in-arguments', 'port');
const OTHER_PORT = fact('dst-in-arguments', 'other-port');
const APART = fact('socket-owner', 'apart');
const ENDED = fact('time-excludes', 'ended');
const MANY = fact('lease', 'one-of-many');
const ALONE = [ONLY, KIND, INSIDE];
const NO_TRACE = fact('process-lineage', 'untraced');
const AT_MOMENT = fact('socket-owner', 'destination');
const BY_TIME = [AT_MOMENT, ARGV, NAMED];
const pid = (n: number): Partial<Suspect> => ({ process: { pid: n, executable: '/usr/bin/nc' } });
const UNSURE = fact('process-lineage', 'unsure');
const PLATFORM = fact('process-lineage', 'platform-uid');

describe('the verdict', () => {
  it.each<[string, readonly Suspect[], Partial<Grounds>, Decided['verdict'], number]>([
    ['without a suspect', [], {}, 'unattributed', 0],
    ['on a chain the agent could not write', [call('a', HARD)], {}, 'proven', share(HARD)],
    ['on an owner it could write', [call('a', SOFT)], {}, 'likely', 0.9799],
    ['on a chain without the owner', [call('a', [...HARD.slice(1), NAMED])], {}, 'likely', 0.9799],
    ['on an owner without a chain', [call('a', [OWNER])], {}, 'likely', 0.9799],
    ['on a chain by time alone', [call('a', CLOSE)], {}, 'likely', 0.9799],
    ['on a chain with a rival', [call('a', [OWNER, fact('process-lineage', 'argv-rival')])], {}, 'likely', 0.9799],
    ['beside a rival', [call('a', HARD), call('b', CLOSE)], {}, 'likely', share(HARD, CLOSE)],
    ['between equals', [call('a', HARD), call('b', HARD)], {}, 'ambiguous', share(HARD, HARD)],
    [
      'on a process found by time where another host tells nothing',
      [call('a', HARD)],
      { isUnseen: true },
      'likely',
      Math.min(share(HARD), 0.9799),
    ],
    ['on calls of one episode', [call('a1', HARD), call('a2', HARD)], {}, 'proven', 2 * share(HARD, HARD)],
    ['on a destination', [call('a', [NAMED])], {}, 'likely', share([NAMED])],
    ['on a file with the destination', [call('a', [FILE])], {}, 'ambiguous', share([FILE])],
    ['on a port', [call('a', [PORT, ONLY, KIND])], {}, 'likely', share([PORT, ONLY, KIND])],
    ['on a port alone', [call('a', [PORT, ONLY, INSIDE])], {}, 'unattributed', share([PORT, ONLY, INSIDE])],
    ['on another port', [call('a', [OTHER_PORT])], {}, 'unattributed', share([OTHER_PORT])],
    ['on a connect at another time', [call('a', [APART, ONLY])], {}, 'unattributed', share([APART, ONLY])],
    ['against a destination', [call('a', [NAMED, ENDED])], {}, 'unattributed', share([NAMED, ENDED])],
    ['on the only lease and the kind', [call('a', ALONE)], {}, 'likely', share(ALONE)],
    ['on the only lease', [call('a', [ONLY, INSIDE])], {}, 'unattributed', share([ONLY, INSIDE])],
    [
      'on one lease of many',
      [call('a', [MANY, PORT, KIND, INSIDE])],
      {},
      'unattributed',
      share([MANY, PORT, KIND, INSIDE]),
    ],
    ['on two leases', [call('a', [ONLY]), call('b', [ONLY])], {}, 'ambiguous', share([ONLY], [ONLY])],
    ['where others left no trace', [call('a', ALONE)], { traced: 0.9 }, 'unattributed', 0.9 * share(ALONE)],
    ['where a process speaks', [call('a', HARD, { process: PROCESS })], { traced: 0.5 }, 'proven', share(HARD)],
    ['of a sandbox without a trace', [call('a', ALONE)], { untraced }, 'unattributed', share(ALONE)],
    ['of one, with a destination', [call('a', [NAMED])], { untraced }, 'likely', share([NAMED])],
    ['on a process of the moment', [call('a', BY_TIME, pid(1))], {}, 'proven', share(BY_TIME)],
    [
      'between processes of one moment, of which one has no recorded call',
      [call('a', BY_TIME, pid(1)), ofKind('unknown', [AT_MOMENT])],
      {},
      'ambiguous',
      (share(BY_TIME, [AT_MOMENT]) + share([AT_MOMENT], BY_TIME)) / 2,
    ],
    [
      'between processes of one moment and one episode',
      [call('a1', BY_TIME, pid(1)), call('a2', [AT_MOMENT, NAMED], pid(2))],
      {},
      'proven',
      share(BY_TIME, [AT_MOMENT, NAMED]) + share([AT_MOMENT, NAMED], BY_TIME),
    ],
    [
      'beside a process of the moment that is excluded',
      [call('a', BY_TIME, pid(1)), call('b', [AT_MOMENT, ENDED], pid(2))],
      {},
      'proven',
      share(BY_TIME, [AT_MOMENT, ENDED]),
    ],
    [
      'on a port beside a process of the moment',
      [call('a', HARD, pid(1)), ofKind('unknown', [AT_MOMENT])],
      {},
      'proven',
      share(HARD, [AT_MOMENT]),
    ],
    ['for the platform', [ofKind('platform', [OWNER, PLATFORM])], {}, 'not-agent', share([OWNER, PLATFORM])],
    [
      'for one of its processes',
      ['p', 'q'].map((key) => ofKind('platform', [OWNER], key)),
      {},
      'not-agent',
      2 * share([OWNER], [OWNER]),
    ],
    ['for perhaps the platform', [ofKind('platform', [OWNER, UNSURE])], {}, 'ambiguous', share([OWNER, UNSURE])],
    ['for hardly the platform', [ofKind('platform', [FILE])], {}, 'ambiguous', share([FILE])],
    ['for an unknown process', [ofKind('unknown', [OWNER])], {}, 'unattributed', share([OWNER])],
    [
      'for an unknown process or a call',
      [ofKind('unknown', [OWNER]), call('a', [NAMED])],
      {},
      'ambiguous',
      share([OWNER], [NAMED]),
    ],
    ['for an episode', [ofKind('episode', [ONLY])], {}, 'unattributed', share([ONLY])],
    [
      'for one of two episodes',
      ['e', 'f'].map((key) => ofKind('episode', [ONLY], key)),
      {},
      'ambiguous',
      share([ONLY], [ONLY]),
    ],
    [
      'for one of two episodes, without a trace',
      ['e', 'f'].map((key) => ofKind('episode', [NO_TRACE], key)),
      {},
      'unattributed',
      share([NO_TRACE], [NO_TRACE]),
    ],
  ])('%s', (_, suspects, rest, verdict, probability) => {
    const decided = of(suspects, rest);
    expect([decided.verdict, decided.probability]).toEqual([verdict, expect.closeTo(probability, 6)]);
    expect(decided.missing).toEqual(verdict === 'proven' || verdict === 'not-agent' ? [] : ['a record']);
    expect(decided.untraced).toEqual(verdict === 'likely' ? undefined : rest.untraced);
  });
});

describe('what is named with it', () => {
  it('is the episode, the call and the process of what was found', () => {
    const named = of([call('a1', HARD, { process: PROCESS })]);
    expect([named.episode?.id, named.toolCall?.id, named.process]).toEqual(['a', 'a1', PROCESS]);
    const platform = of([{ ...call('a1', [OWNER, PLATFORM], { process: PROCESS }), kind: 'platform' }]);
    expect([platform.episode, platform.toolCall, platform.process]).toEqual([undefined, undefined, PROCESS]);
    const open = of([call('a1', HARD, { process: PROCESS }), call('b1', HARD)]);
    expect([open.verdict, open.episode, open.toolCall, open.process]).toEqual(['ambiguous', ...Array(3)]);
  });

  it('is no call that holds less than six tenths of what its episode does', () => {
    const calls = (ahead: Fact): Decided => of([call('a1', [OWNER, ahead]), call('a2', [OWNER, INSIDE])]);
    expect([calls(KIND).episode?.id, calls(KIND).toolCall]).toEqual(['a', undefined]);
    expect(calls(fact('process-lineage', 'time')).toolCall?.id).toBe('a1');
  });

  it('is what speaks for the first, after what holds whoever it was', () => {
    const join = fact('nat-join', 'exact');
    const evidence = of([call('b', [NAMED]), call('a', HARD)], { shared: [join] }).evidence;
    expect(evidence.map(({ code, weight }) => [code, weight])).toEqual(
      [join, ...HARD].map((one) => [one.code, weightOf(one)]),
    );
    expect(of([], { shared: [join] }).evidence.map(({ says }) => says)).toEqual(['nat-join exact']);
  });
});

describe('candidates', () => {
  const lost = (...suspects: readonly Suspect[]): readonly (readonly [string | undefined, string | undefined])[] =>
    of(suspects).candidates.map(({ toolCall, lostBecause }) => [toolCall?.id, lostBecause]);

  it('say why they lost: what excludes them, what they lack, or only how strong it is', () => {
    const apart = fact('lease-excludes', 'ended');
    expect(
      lost(
        call('a', [OWNER, ARGV, ARGV]),
        call('b', [OWNER, OWNER, OWNER, PORT, ENDED, apart]),
        call('c', [OWNER, NAMED]),
        call('d', [OWNER, fact('process-lineage', 'argv-part')]),
      ),
    ).toEqual([
      ['a', undefined],
      ['b', 'time-excludes ended; lease-excludes ended'],
      ['c', 'lacks a process that descends from it'],
      ['d', 'the same facts speak for it, less strongly'],
    ]);
    expect(lost(call('b', HARD), call('a', HARD))).toEqual([
      ['a', 'not far enough ahead of the others'],
      ['b', 'the same facts speak for it, less strongly'],
    ]);
    expect(of([ofKind('unknown', [OWNER])]).candidates[0]?.lostBecause).toBe('no record ties it to a tool call');
    expect(of([ofKind('episode', [OWNER, NO_TRACE])]).candidates[0]?.lostBecause).toBe(
      'no tool call of it is recorded',
    );
    expect(of([ofKind('episode', [OWNER])]).candidates[0]?.lostBecause).toBe('not enough speaks for it');
  });

  it('are the first, however improbable, and at most twelve that are not ruled out', () => {
    expect(lost(call('a', [ENDED, ENDED]), call('b', [ENDED, ENDED, ENDED]))).toHaveLength(1);
    expect(lost(...Array.from('abcdefghijklmn', (name) => call(name, [NAMED])))).toHaveLength(12);
  });

  it('that are not listed are counted, and their episodes named once, with the likeliest call', () => {
    const of12 = Array.from('abcdefghijkl', (name) => call(name, [NAMED]));
    expect(of(of12).unlisted).toBeUndefined();
    const { unlisted, candidates, nullProbability } = of([
      ...of12,
      call('a2', [PORT]),
      call('n', [PORT]),
      call('n2', [NAMED]),
    ]);
    expect([unlisted?.count, unlisted?.suspects.map(({ episode, toolCall }) => [episode.id, toolCall?.id])]).toEqual([
      3,
      [['n', 'n2']],
    ]);
    const listed = candidates.reduce((sum, { probability }) => sum + probability, 0);
    expect(unlisted?.probability).toBeCloseTo(1 - listed - nullProbability);
  });
});

describe('the reason', () => {
  const episodes = Array.from('abcdefg', (name) => call(name, HARD));
  it.each<[string, string, Partial<Grounds>]>([
    ['nothing', 'no record leads from the source address to a sandbox or process', {}],
    ['a sandbox', 'it came from s, and no record ties it to a tool call', { sandboxes: ['s'] }],
    ['four', 'it came from a, b, c, d, and no record ties it to a tool call', { sandboxes: [...'abcd'] }],
    ['six', 'it came from a, b, c, d or 2 more, and no record ties it to a tool call', { sandboxes: [...'abcdef'] }],
    ['no episode', 'sandbox sb is known, but no episode in the records used it then', { untraced }],
    [
      'an episode without a trace',
      'sandbox sb is known, but its episode e has no trace',
      { untraced: { ...untraced, episodeId: 'e' } },
    ],
    ['two', '2 causes remain: a, b', { suspects: episodes.slice(0, 2) }],
    ['many', '7 causes remain: a, b, c, d, e, f, ...', { suspects: episodes }],
    ['six causes', '6 causes remain: a, b, c, d, e, f', { suspects: episodes.slice(0, 6) }],
    [
      'a process',
      'socket-owner tuple; no record ties that process to a tool call',
      { suspects: [ofKind('unknown', [INSIDE, OWNER])] },
    ],
    ['no owner', 'no record ties the flow to a tool call', { suspects: [ofKind('unknown', [INSIDE])] }],
    ['a weak call', 'no record ties the flow to a tool call', { suspects: [call('a', [ONLY])] }],
    [
      'the platform',
      'socket-owner tuple; process-lineage platform-uid',
      { suspects: [ofKind('platform', [OWNER, PLATFORM])] },
    ],
    [
      'a chain: its three first links, then the first join',
      'socket-owner tuple; process-lineage argv; dst-in-arguments ip; nat-join exact',
      {
        suspects: [call('a', [INSIDE, fact('dns-answer', 'logged'), NAMED, ONLY, ARGV, OWNER])],
        shared: [fact('nat-join', 'exact'), fact('proxy-join', 'exact')],
      },
    ],
    [
      'a lease',
      'lease only; behaviour-match category; time-in-call inside',
      { suspects: [call('a', [INSIDE, KIND, ONLY])] },
    ],
  ])('of %s', (_, reason, rest) => {
    expect(of(rest.suspects ?? [], rest).reason).toBe(reason);
  });
});

it('weighs a name that was answered with the address as the address itself', () => {
  const named = (strength: string) => weightOf({ code: 'dst-in-arguments', strength });
  expect(named('domain') + weightOf({ code: 'dns-answer', strength: 'logged' })).toBe(named('ip'));
});

describe('of more flows than connects', () => {
  const BY_TIME = [fact('socket-owner', 'destination'), fact('process-lineage', 'argv')];
  const shared = { connected: 0.5 };

  it('none is proven to be of the process that connected', () => {
    expect(of([call('a', BY_TIME)]).verdict).toBe('proven');
    const decided = of([call('a', BY_TIME)], shared);
    expect([decided.verdict, decided.toolCall]).toEqual(['ambiguous', undefined]);
    expect(decided.reason).toContain('more flows to the destination began then than connects are recorded');
  });

  it('none is of the platform for sure', () => {
    const suspect = ofKind('platform', [fact('socket-owner', 'destination'), fact('process-lineage', 'platform-uid')]);
    expect([of([suspect]).verdict, of([suspect], shared).verdict]).toEqual(['not-agent', 'ambiguous']);
  });

  it('one is of the process that a record of the flow itself names', () => {
    expect(of([call('a', HARD)], shared).verdict).toBe('proven');
  });
});

describe('of packets that others may have sent again', () => {
  const BY_TIME = [fact('socket-owner', 'destination'), fact('process-lineage', 'argv')];
  const shared = { firstSent: 0.5 };

  it('none is proven to be of the process that connected then', () => {
    const decided = of([call('a', BY_TIME)], shared);
    expect([decided.verdict, decided.toolCall]).toEqual(['ambiguous', undefined]);
    expect(decided.reason).toContain('the record tells no source port');
  });

  it('one is of the process that a record of the flow itself names', () => {
    expect(of([call('a', HARD)], shared).verdict).toBe('proven');
  });
});
