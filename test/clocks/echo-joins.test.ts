import { describe, expect, it } from 'vitest';
import { joinByEchoes } from '../../src/clocks/echo-joins.ts';
import { observe } from '../../src/clocks/observe.ts';
import type { Observation } from '../../src/clocks/sightings.ts';
import { type Placed, type Tree, toReference } from '../../src/clocks/tree.ts';
import { CallColumns } from '../../src/core/calls/columns.ts';
import type { Event, ToolCallEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import { randomOf } from '../random.ts';

const START = 1_795_454_000_000_000;
const SECOND = 1_000_000;
const AHEAD = 9 * SECOND;

const root = (method: string): Placed => ({ via: undefined, segments: [], halfWidth: 0, pairs: 0, method });

/** What a host and a firewall, 9 s ahead, saw of forty connections. */
function seenBy(host: string, firewall: string): readonly Observation[] {
  const random = randomOf(5);
  return Array.from({ length: 40 }, (_, i) => {
    const lo = (START + Math.floor(random() * 3600 * SECOND)) as Micros;
    const seen = (lo + AHEAD) as Micros;
    const key = `reach|h|192.0.2.${i % 5}|443`;
    return [
      { domain: host, key, lo, hi: lo },
      { domain: firewall, key, lo: seen, hi: seen },
    ];
  }).flat();
}

/** Files in a folder of a host are of that host. */
const around = (...domains: readonly string[]) => ({
  domains: new Set(domains),
  hostOf: (domain: string) => /^(\w+)\//.exec(domain)?.[1],
});

describe('clocks without pairs with the reference', () => {
  it('join it by where packets went, with all that lead over them', () => {
    const tree: Tree = new Map([
      ['traces', root('reference')],
      ['audit', { ...root('command'), via: 'traces' }],
      ['fw', root('unconnected')],
      ['ids', { ...root('flow'), via: 'fw', halfWidth: 15_000 }],
    ]);
    joinByEchoes(tree, 'traces', seenBy('audit', 'ids'), around(...tree.keys()));
    for (const domain of ['fw', 'ids']) expect(toReference(tree, domain, START + AHEAD)).toBeCloseTo(START, -3);
    expect(tree.get('fw')).toMatchObject({ via: 'traces', method: 'far ends', pairs: 40 });
    expect(tree.get('ids')?.halfWidth).toBeGreaterThan(15_000);
  });

  it('join it where they have no pairs at all', () => {
    const tree: Tree = new Map([['audit', root('reference')]]);
    joinByEchoes(tree, 'audit', seenBy('audit', 'fw'), around('audit', 'fw', 'other'));
    expect(toReference(tree, 'fw', START + AHEAD)).toBeCloseTo(START, -3);
    expect(tree.has('other')).toBe(false);
  });
});

it('a clock without pairs joins no other where a file of its host tells more', () => {
  const tree: Tree = new Map([
    ['audit', root('reference')],
    ['h/audit', { ...root('command'), via: 'audit' }],
  ]);
  joinByEchoes(tree, 'audit', seenBy('audit', 'h/fw'), around('audit', 'h/audit', 'h/fw'));
  expect(tree.has('h/fw')).toBe(false);
});

type Seen = Exclude<Event, { kind: 'tool-call' }>;

/** Keys under which a record is one of where a host's packets went. */
function reachesOf(parts: object): readonly string[] {
  const time = { at: START, lo: START, hi: START, raw: '', basis: 'event', zone: 'epoch', stepUs: 7 };
  const event = {
    format: 'x',
    clock: 'x',
    time,
    ref: { source: 'x', line: 1, offset: 0, bytes: 1 },
    ...parts,
  } as unknown;
  const context = {
    domainOf: ({ clock }: { readonly clock: string }) => clock,
    hostOf: () => 'h',
    hostOfIp: (ip: string) => (ip === '10.0.0.1' ? 'h' : undefined),
    isProxy: () => false,
    isNumbered: () => true,
  };
  const { reaching, meeting } = observe(({ see }) => {
    see(event as Seen);
    see({ ...(event as Seen), clock: 'y' });
  }, context);
  expect(meeting.some(({ key }) => /^(?:reach|aimed)\|/.test(key))).toBe(false);
  return reaching.filter(({ domain }) => domain === 'x').map(({ key }) => key);
}

describe('where a host reached', () => {
  const dst = { ip: '192.0.2.7', port: 443 };
  const packet = { kind: 'network', type: 'packet', transport: 'tcp', src: { ip: '10.0.0.1' }, dst };
  const both = ['aimed|h|192.0.2.7', 'reach|h|192.0.2.7|443'];
  const nat = {
    kind: 'nat',
    phase: 'new',
    transport: 'tcp',
    dst,
    replySrc: dst,
    replyDst: { ip: '203.0.113.1', port: 1 },
  };
  const socket = { local: {}, remote: dst, transport: 'tcp' };
  it.each<[string, object, readonly string[]]>([
    ['a packet whose record tells no source port', packet, both],
    ['an alert', { ...packet, type: 'alert' }, both],
    ['not a query', { ...packet, transport: 'udp' }, []],
    ['not one of a host that is not known', { ...packet, src: { ip: '10.0.0.2' } }, []],
    ['not one without a port', { ...packet, dst: { ip: dst.ip } }, []],
    ['a translation on the host', { ...nat, src: { ip: '172.17.0.2', port: 40_000 } }, both],
    ['a connect', { kind: 'process', op: 'connect', pid: 7, socket }, ['reach|h|192.0.2.7|443']],
  ])('tells %s', (_, event, keys) => expect([...reachesOf(event)].sort()).toEqual(keys));
});

it('tells a call that names an address, as long as it runs, but no longer than its packets may be late', () => {
  const start = START as Micros;
  const called = (end: number, line: number): ToolCallEvent => ({
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time: { at: start, lo: start, hi: start, raw: '', basis: 'request-start', zone: 'epoch', stepUs: 1 },
    ref: { source: `log ${line}`, line, offset: line, bytes: 5 },
    episodeId: 'e',
    index: line,
    name: 'bash',
    startBasis: 'recorded',
    endBasis: 'recorded',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
    command: 'ssh ops@192.0.2.7',
    start,
    end: (start + end) as Micros,
  });
  const context = {
    domainOf: ({ ref }: { readonly ref: { readonly source: string } }) => ref.source,
    hostOf: () => 'h',
    hostOfIp: () => undefined,
    isProxy: () => false,
    isNumbered: () => true,
  };
  const columns = new CallColumns();
  for (const event of [called(SECOND, 1), called(60 * SECOND, 2)]) columns.push(event);
  const { reaching } = observe(({ seeCalls }) => seeCalls(columns), context);
  expect(reaching.map(({ key, lo, hi }) => `${key} ${hi - lo}`)).toEqual([
    'aimed|h|192.0.2.7 1000000',
    'aimed|h|192.0.2.7 2000000',
  ]);
});
