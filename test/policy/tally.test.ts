import { describe, expect, it } from 'vitest';
import type { Event, NatEvent, NetworkEvent } from '../../src/model/event.ts';
import type { GoodFlow } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import type { EventTime, Micros } from '../../src/model/time.ts';
import { FlowTally } from '../../src/policy/tally.ts';

const at = 1_000_000_000 as Micros;
const time: EventTime = { at, lo: at, hi: at, raw: '1000', basis: 'packet', zone: 'epoch', stepUs: 1 };
let line = 0;
const ref = (source: string) => ({ source, line: ++line, offset: line, bytes: 1 });

function flow(source: string, fields: Partial<NetworkEvent> = {}): NetworkEvent {
  return {
    kind: 'network',
    format: 'test',
    clock: 'c',
    time,
    ref: ref(source),
    type: 'flow',
    action: 'allow',
    src: { ip: '10.0.0.1', port: 40_000 },
    dst: { ip: '203.0.113.5', port: 443 },
    transport: 'tcp',
    ...fields,
  };
}

function nat(source: string, inner: string, outer: string): NatEvent {
  const [src, dst] = [
    { ip: inner, port: 40_000 },
    { ip: '203.0.113.5', port: 443 },
  ];
  const replyDst = { ip: outer, port: 40_000 };
  return {
    kind: 'nat',
    format: 'test',
    clock: 'c',
    time,
    ref: ref(source),
    phase: 'new',
    transport: 'tcp',
    src,
    dst,
    replySrc: dst,
    replyDst,
  };
}

function reportOf(...violating: readonly NetworkEvent[]): Report {
  const finding = {
    rule: { id: 'r', name: 'r' },
    category: 'cryptomining',
    severity: 'high',
    strength: 'verdict',
    attack: [],
    atlas: [],
  } as const;
  return {
    version: '0',
    arguments: [],
    inputs: [],
    clocks: [],
    incidents: [],
    episodes: 0,
    calls: 0,
    coverage: 1,
    chance: undefined,
    problems: [],
    rollouts: [],
    attributions: violating.map((event, index) => ({
      violation: { id: `v-${index}`, finding, event, alsoSeen: [], count: 1, first: at, last: at },
      verdict: 'not-agent',
      probability: 1,
      candidates: [],
      nullProbability: 0,
      evidence: [],
      missing: [],
      reason: '',
      incident: 'i-1',
    })),
  };
}

function count(events: readonly Event[], report = reportOf()): readonly GoodFlow[] {
  const tally = new FlowTally(report);
  for (const event of events) tally.add({ event, at, lo: at, hi: at, errorUs: 0, host: undefined });
  return tally.result().good;
}

const ends = { source: '10.0.0.1', ip: '203.0.113.5', port: 443, transport: 'tcp' };
const port = (number: number) => ({ src: { ip: '10.0.0.1', port: number } });

describe('good connections', () => {
  it('count once however many records and sensors show them', () => {
    expect(count([flow('a'), flow('a'), flow('b')])).toEqual([{ ...ends, count: 1 }]);
    expect(count([flow('a'), flow('a', port(2)), flow('b', port(3))])).toEqual([{ ...ends, count: 2 }]);
  });

  it('take the name that any record of them states', () => {
    const named = { dst: { ip: '203.0.113.5', port: 443, domain: 'a.example' } };
    expect(count([flow('a'), flow('a', { type: 'tls', ...named }), flow('b')])).toEqual([
      { ...ends, domain: 'a.example', count: 1 },
    ]);
  });

  it('speak of one source on both sides of a translation', () => {
    expect(count([nat('host', '10.66.0.2', '10.0.0.1'), flow('edge')])).toEqual([{ ...ends, count: 1 }]);
  });

  it('speak of the last source that a violation is seen under, also where translations go on', () => {
    const chain = [nat('host', '10.66.0.2', '10.0.0.1'), nat('edge', '10.0.0.1', '192.0.2.1')];
    const inner = flow('host', { src: { ip: '10.66.0.2', port: 7 } });
    const sources = (report?: Report): unknown => count([...chain, inner], report).map(({ source }) => source);
    expect(sources()).toEqual(['192.0.2.1']);
    const alert = flow('ids', { type: 'alert', action: 'alert', dst: { ip: '203.0.113.9', port: 3333 } });
    expect(sources(reportOf(alert))).toEqual(['10.0.0.1']);
  });

  it('of one source are added up where one file sees both sides', () => {
    const inner = (number: number) => flow('a', { src: { ip: '10.66.0.2', port: number } });
    const events = [nat('b', '10.66.0.2', '10.0.0.1'), inner(1), inner(2), flow('a', port(3))];
    expect(count(events)).toEqual([{ ...ends, count: 3 }]);
  });

  it('to a resolver are what a sensor saw; a log of questions tells of others', () => {
    const ask = (name: string): Event =>
      ({ kind: 'dns', op: 'query', name, client: { ip: '10.0.0.1' }, ref: ref('dns.log'), time }) as Event;
    const resolver = { ip: '10.0.0.53', port: 53 };
    const seen = flow('a', { type: 'dns', transport: 'udp', dst: resolver, dns: { name: 'a.example' } });
    const asked = { source: '10.0.0.1', port: 53, transport: 'udp', count: 1 };
    expect(count([ask('a.example'), ask('b.example'), seen])).toEqual([
      { ...asked, ip: '10.0.0.53', domain: 'a.example' },
      { ...asked, domain: 'b.example' },
    ]);
  });

  it('stand in the order of their number', () => {
    const other = { dst: { ip: '203.0.113.1', port: 443 } };
    const events = [flow('a', other), flow('a', port(1)), flow('a', port(2))];
    expect(count(events).map((good) => [good.ip, good.count])).toEqual([
      ['203.0.113.5', 2],
      ['203.0.113.1', 1],
    ]);
  });

  it('keep their sources where translations lead in a circle', () => {
    const circle = [nat('host', '10.66.0.2', '10.0.0.1'), nat('host', '10.0.0.1', '10.66.0.2')];
    expect(count([...circle, flow('edge'), flow('edge', port(2))])).toEqual([
      { ...ends, count: 2 },
      { ...ends, source: '10.66.0.2', count: 1 },
    ]);
  });

  it('through a proxy to an address are told apart from others', () => {
    expect(count([flow('a', { type: 'proxy' }), flow('a', port(2))])).toEqual([
      { ...ends, count: 1 },
      { ...ends, proxied: true, count: 1 },
    ]);
  });

  it('count anew where so many others stood between their records', () => {
    const others = Array.from({ length: 65_536 }, (_, i) => flow('a', port(50_000 + i)));
    expect(count([flow('a'), ...others.slice(1), flow('a')])).toEqual([{ ...ends, count: 65_536 }]);
    expect(count([flow('a'), ...others, flow('a')])).toEqual([{ ...ends, count: 65_538 }]);
  });

  it.each([
    ['denied', flow('a', { action: 'deny' })],
    ['an alert', flow('a', { type: 'alert' })],
    ['inbound', flow('a', { direction: 'inbound' })],
    ['never answered', flow('a', { action: 'unknown', bytes: { toDst: 60, toSrc: 0 } })],
    ['a lone packet that no one let through', flow('a', { type: 'packet', action: 'unknown' })],
    ['half a translation', { ...nat('a', '10.66.0.2', '10.0.0.1'), state: 'UNREPLIED' }],
  ])('are not %s', (_, event) => {
    expect(count([event])).toEqual([]);
  });

  it('are not part of a violation of any verdict, whichever record shows them', () => {
    const alert = flow('ids', { type: 'alert', action: 'alert' });
    expect(count([flow('a'), nat('host', '10.66.0.2', '10.0.0.1')], reportOf(alert))).toEqual([]);
    expect(count([flow('a', port(2))], reportOf(alert))).toEqual([{ ...ends, count: 1 }]);
  });

  it('are not what a violation without ports can mean', () => {
    const finding = flow('ids', {
      type: 'finding',
      action: 'alert',
      src: { ip: '10.0.0.1' },
      dst: { ip: '203.0.113.5' },
    });
    expect(count([flow('a')], reportOf(finding))).toEqual([]);
    expect(count([flow('a', { dst: { ip: '203.0.113.6', port: 443 } })], reportOf(finding))).toHaveLength(1);
  });
});

describe('ends of a violation', () => {
  it('are completed from the other records of its connection', () => {
    const alert = flow('ids', { type: 'alert', action: 'alert' });
    const tally = new FlowTally(reportOf(alert));
    const tls = flow('ids', { type: 'tls', dst: { ip: '203.0.113.5', port: 443, domain: 'pool.example' } });
    tally.add({ event: tls, at, lo: at, hi: at, errorUs: 0, host: undefined });
    expect(tally.result().bad.get('v-0')).toEqual({ ...ends, domain: 'pool.example' });
  });
});
