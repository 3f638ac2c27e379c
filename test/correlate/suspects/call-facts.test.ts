import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { CallMention, MentionTable } from '../../../src/correlate/suspects/mentions.ts';
import type { Mentioned, Mentions, Scene } from '../../../src/correlate/suspects/scene.ts';
import { callFacts, mentionsOf, type SuspectContext } from '../../../src/correlate/suspects/suspect-facts.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';
import type { Fact } from '../../../src/model/case.ts';

const CALL = { key: 'e/1', episodeId: 'e', trust: 'outside', ref: { source: 'call' } } as unknown as Call;
const WRITER = { ref: { source: 'writer' } } as unknown as Call;
const fact = (code: string): Fact => ({ code, strength: 'x', says: '', trust: 'outside', refs: [] }) as unknown as Fact;

interface Case {
  readonly call?: Partial<Call>;
  readonly mention?: { readonly encoding?: string; readonly ports?: readonly number[] };
  readonly entry?: { readonly isSaid?: boolean; readonly writtenBy?: Call };
  readonly via?: 'ip' | 'domain';
  readonly trail?: object;
  readonly scene?: object;
  readonly contradiction?: Fact;
  /** The call does not name the destination. */
  readonly isUnnamed?: boolean;
}

const ANSWER = { name: 'relay.example', resolved: true, ref: { source: 'dns' } };

function factsOf({ call, mention, entry, via = 'ip', trail, scene, contradiction, isUnnamed }: Case): readonly Fact[] {
  const made = { ...CALL, ...call } as Call;
  const mentioned = {
    entry: { call: made, isSaid: false, mention: { encoding: 'literal', ...mention }, ...entry },
    via,
    value: via === 'ip' ? '192.0.2.9' : 'relay.example',
  } as unknown as Mentioned;
  const tcp = { transport: 'tcp' };
  const base = { dstIps: new Set(['192.0.2.9']), dstPort: 443, tuples: [tcp], answers: [], windowUs: 0, errorUs: 0 };
  const mentions = { byCall: new Map(isUnnamed ? [] : [[made.key, mentioned]]), episodes: new Set() };
  const whole = {
    mentions,
    trail: { begun: 30e6, ...base, ...trail } as unknown as Trail,
    category: 'scan',
    owners: [],
    sandboxes: new Set(['s']),
    leaseFacts: () => [fact('lease')],
    ...scene,
  } as unknown as Scene;
  const context = {
    classify: (command: string) => (command.includes('nmap') ? ['scan'] : []),
    goesElsewhere: (command: string) => command.includes('elsewhere'),
    episodes: { episodes: new Map() },
    contradiction: () => contradiction,
  } as unknown as SuspectContext;
  return callFacts(made, whole, mentions as unknown as Mentions, context, false);
}

const told = (one: Case) => factsOf(one).map(({ code, strength }) => `${code} ${strength}`);
const records = (one: Case) => factsOf(one).map(({ refs }) => refs.map(({ source }) => source).join());

describe('a call that names the destination', () => {
  const domain = { via: 'domain' } as const;
  const resolved = { answers: [{ ...ANSWER, name: 'other.example' }, ANSWER] };
  it.each<[string, Case, readonly string[]]>([
    ['by its address', {}, ['dst-in-arguments ip']],
    ['by a name', domain, ['dst-in-arguments domain']],
    ['in base64', { mention: { encoding: 'base64' } }, ['dst-in-arguments decoded']],
    [
      'which it only says',
      { entry: { isSaid: true }, trail: resolved, call: { command: '443' } },
      ['dst-in-arguments said'],
    ],
    ['in a file that it uses', { entry: { writtenBy: WRITER } }, ['dst-in-output-file file']],
    ['in a file that it only reads', { entry: { writtenBy: WRITER, isSaid: true } }, ['dst-in-output-file said']],
    ['by a name that was answered', { ...domain, trail: resolved }, ['dst-in-arguments domain', 'dns-answer logged']],
    [
      'by one that was asked for alone',
      { ...domain, trail: { answers: [{ ...ANSWER, resolved: false }] } },
      ['dst-in-arguments domain'],
    ],
    ['with its port', { call: { command: 'nc 192.0.2.9 443' } }, ['dst-in-arguments ip', 'dst-in-arguments port']],
    [
      'with its port in other arguments',
      { call: { argumentsText: '{"port":443}' } },
      ['dst-in-arguments ip', 'dst-in-arguments port'],
    ],
    ['and a longer number', { call: { command: 'nc 192.0.2.9 4431 1443 0.443' } }, ['dst-in-arguments ip']],
    [
      'and no port is known',
      { call: { command: 'nc 192.0.2.9 443' }, trail: { dstPort: undefined } },
      ['dst-in-arguments ip'],
    ],
    [
      'with its port in what was decoded',
      { mention: { encoding: 'hex', ports: [443] } },
      ['dst-in-arguments decoded', 'dst-in-arguments port'],
    ],
    [
      'with its port in what was written',
      { mention: { ports: [443] }, entry: { writtenBy: WRITER } },
      ['dst-in-output-file file', 'dst-in-arguments port'],
    ],
    ['with its port beside it', { mention: { ports: [80, 443] } }, ['dst-in-arguments ip']],
    ['with another port', { mention: { ports: [80, 81] } }, ['dst-in-arguments other-port']],
    ['by a name with another port', { ...domain, mention: { ports: [80] } }, ['dst-in-arguments domain']],
    [
      'by a name that had resolved to it, with another port',
      { ...domain, mention: { ports: [80] }, trail: resolved },
      ['dst-in-arguments other-port', 'dns-answer logged'],
    ],
    [
      'with another port, and it is one of several',
      { mention: { ports: [80] }, trail: { dstIps: new Set(['192.0.2.9', '192.0.2.8']) } },
      ['dst-in-arguments ip'],
    ],
    [
      'with a port, and the port is not known',
      { mention: { ports: [80] }, trail: { dstPort: undefined } },
      ['dst-in-arguments ip'],
    ],
    [
      'with a port, and nothing is known of the flow',
      { mention: { ports: [80] }, trail: { dstPort: undefined, tuples: [] } },
      ['dst-in-arguments ip'],
    ],
    [
      'with a port, and the flow has none',
      { mention: { ports: [80] }, trail: { dstPort: undefined, tuples: [{ transport: 'icmp' }] } },
      ['dst-in-arguments other-port'],
    ],
    [
      'for what has no port, and the flow has none',
      { mention: { ports: [0] }, trail: { dstPort: undefined, tuples: [{ transport: 'icmp' }] } },
      ['dst-in-arguments ip'],
    ],
    ['for what has no port, and the flow has one', { mention: { ports: [0] } }, ['dst-in-arguments other-port']],
    [
      'with a port, and one of its flows may have it',
      {
        mention: { ports: [80] },
        trail: { dstPort: undefined, tuples: [{ transport: 'ipv6-icmp' }, { transport: 'tcp' }] },
      },
      ['dst-in-arguments ip'],
    ],
  ])('%s', (_, one, expected) => {
    expect(told(one)).toEqual(expected);
  });

  it('is told by the records that say so', () => {
    expect(records({ via: 'domain', trail: resolved, call: { command: '443' } })).toEqual(['call', 'dns', 'call']);
    expect(records({ entry: { writtenBy: WRITER } })).toEqual(['call,writer']);
  });

  it('says how', () => {
    const says = (one: Case) => factsOf(one)[0]?.says;
    expect(says({ mention: { encoding: 'base64' } })).toBe("192.0.2.9 stands in the call's arguments (base64)");
    expect(says({ entry: { writtenBy: WRITER } })).toBe(
      '192.0.2.9 stands in a file that an earlier call wrote and this call uses',
    );
    expect(says({ entry: { writtenBy: WRITER, isSaid: true } })).toMatch(/only reads$/);
  });
});

describe('any call', () => {
  const unnamed = { isUnnamed: true };
  const inside: Partial<Call> = { sandboxId: 's', command: 'ls', executed: true };
  const outside: Partial<Call> = { sandboxId: 's', executed: true, name: 'web_fetch' };

  it('has what leases say of its sandbox', () => {
    expect([told(unnamed), told({ ...unnamed, call: inside })]).toEqual([[], ['lease x']]);
  });

  it.each<[string, Partial<Call>, object, number]>([
    ['a tool that may run outside, for a flow of the platform', outside, { sandboxes: new Set() }, 0],
    [
      'one for a flow of a process of the platform',
      outside,
      { owners: [{ origin: {} }, { origin: { platform: 'uid' } }] },
      0,
    ],
    ['one for a flow of a sandbox', outside, { owners: [{ origin: {} }] }, 1],
    ['one where nothing is known of the sender', outside, { sandboxes: undefined }, 1],
    ['a command, for a flow of the platform', inside, { sandboxes: new Set() }, 1],
    ['a tool for files, for a flow of the platform', { ...outside, name: 'Read' }, { sandboxes: new Set() }, 1],
  ])('of %s has as many of these: %#', (_, call, scene, count) => {
    expect(told({ ...unnamed, call, scene })).toHaveLength(count);
  });

  it('looks like the violation where its command does, unless that opens no connection or names other places', () => {
    const looks = (command: string | undefined, category = 'scan') =>
      told({ ...unnamed, call: { command } as Partial<Call>, scene: { category } });
    expect(looks('nmap 192.0.2.9')).toEqual(['behaviour-match category']);
    expect([looks('nmap 192.0.2.9', 'cryptomining'), looks('echo nmap'), looks('nmap elsewhere')]).toEqual([
      [],
      [],
      [],
    ]);
    expect([looks('ls'), looks(undefined)]).toEqual([[], []]);
  });

  it('has what leases say against its trace', () => {
    expect(told({ ...unnamed, contradiction: fact('lease-excludes') })).toEqual(['lease-excludes x']);
  });

  it('that left something running is not of the time after a pause', () => {
    const running = { start: 10e6, end: 20e6, earlyUs: 0, lateUs: 0, timing: 'recorded', background: true };
    const codes = (pausedAt: number | undefined, call: object = {}) =>
      told({ ...unnamed, call: { ...running, ...call } as Partial<Call>, scene: { pausedAt } }).map(
        (one) => one.split(' ')[1],
      );
    expect([codes(25e6), codes(10e6), codes(undefined)]).toEqual([
      ['background', 'paused'],
      ['background'],
      ['background'],
    ]);
    expect(codes(25e6, { background: false })).toEqual(['ended']);
  });
});

describe('of several ways in which a call names the destination', () => {
  const table = (ips: readonly Partial<CallMention>[], domains: readonly Partial<CallMention>[]): MentionTable => {
    const entries = (list: readonly Partial<CallMention>[]) =>
      list.map((one) => ({ call: CALL, isSaid: false, ...one }));
    return { ofIp: () => entries(ips), ofDomain: () => entries(domains) } as unknown as MentionTable;
  };
  const trail = { dstIps: new Set(['192.0.2.9']), domains: new Set(['relay.example']) } as unknown as Trail;
  const [plain, file] = [{}, { writtenBy: WRITER }];
  const [said, fileSaid] = [{ isSaid: true }, { isSaid: true, writtenBy: WRITER }];

  it.each([
    ['the strongest counts', [fileSaid], [plain], 'domain'],
    ['a file that is used before what is only said', [said], [file], 'domain'],
    ['what is said before a file that is only read', [fileSaid], [said], 'domain'],
    ['what stands there before a file', [file], [plain], 'domain'],
    ['of equals the first', [file], [file], 'ip'],
  ])('%s', (_, ips, domains, via) => {
    const { byCall, episodes } = mentionsOf(trail, table(ips, domains));
    expect([byCall.get(CALL.key)?.via, [...episodes]]).toEqual([via, ['e']]);
  });

  it('there may be none', () => {
    expect(mentionsOf(trail, table([], []))).toEqual({ byCall: new Map(), episodes: new Set() });
  });
});
