import { describe, expect, it } from 'vitest';
import type { Group } from '../../../src/correlate/groups/group.ts';
import { HostTable } from '../../../src/correlate/hosts.ts';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import { proxyTrail } from '../../../src/correlate/trail/proxy-trail.ts';
import type { Trail, TrailContext, Walk } from '../../../src/correlate/trail/walk.ts';
import type { InventoryEvent, NatEvent } from '../../../src/model/event.ts';
import type { Timed } from '../../../src/model/timed.ts';

const START = 1_795_454_000_000_000;
const PROXY = '10.0.0.8';
const FAR = { ip: '192.0.2.7', port: 443 };
const CLIENT = '10.70.0.11';
/** A request and its connections are this close. */
const SLACK = 500_000;

interface Said {
  readonly at?: number;
  readonly lasts?: number;
  readonly errorUs?: number;
  readonly line?: number;
}

function timed(event: object, { at = 0, lasts = 0, errorUs = 0, line = 1 }: Said = {}) {
  const lo = START + at;
  const ref = { source: 'log', line, offset: line, bytes: 1 };
  return {
    event: { format: 'x', ref, time: { at: lo, stepUs: 0 }, ...event },
    at: lo,
    lo,
    hi: lo + lasts,
    errorUs,
    host: 'h',
  };
}

const packet = { kind: 'network', type: 'packet', src: { ip: PROXY, port: 5 }, dst: FAR };
const asked = {
  kind: 'network',
  type: 'proxy',
  src: { ip: CLIENT },
  dst: { domain: 'x.example' },
  upstream: FAR,
  http: { url: 'https://x.example/a' },
};
/** A connection that a sandbox opened to the proxy, as its host translated it. */
const leg = (port: number, said: Said = {}) =>
  timed(
    {
      kind: 'nat',
      phase: 'new',
      transport: 'tcp',
      src: { ip: '10.66.1.5', port },
      dst: { ip: PROXY, port: 3128 },
      replySrc: { ip: PROXY, port: 3128 },
      replyDst: { ip: CLIENT, port },
    },
    said,
  ) as unknown as Timed<NatEvent>;

/** One with the address of the host itself. */
const untranslated = (port: number) => {
  const log = leg(port);
  return { ...log, event: { ...log.event, src: { ip: CLIENT, port } } };
};

interface Known {
  readonly members?: readonly object[];
  readonly requests?: readonly object[];
  readonly seen?: readonly object[];
  readonly nat?: readonly Timed<NatEvent>[];
  readonly from?: string;
  /** On which the proxy listens, as the inventory says. */
  readonly listens?: { readonly port?: number };
  /** What led to the proxy's own connection. */
  readonly facts?: readonly object[];
}

function trailOf({
  members = [timed(packet)],
  requests = [],
  seen = [],
  nat = [],
  from = PROXY,
  listens = { port: 3128 },
  facts = [],
}: Known): Trail | undefined {
  const leases = {
    hostsOfNet: () => [],
    hostsByIp: () => [],
    statesIpsOn: () => false,
    sandboxesOnHost: () => new Set(),
    ofSandbox: () => [],
  };
  const context = {
    nat: new NatTable(nat),
    hosts: new HostTable([{ role: 'proxy', ips: [PROXY], ...listens }] as unknown as InventoryEvent[], []),
    leases,
    queries: { namesOf: (ip: string) => (ip === FAR.ip ? [{ name: 'far.example' }] : []) },
    requests,
    httpSeen: seen,
  } as unknown as TrailContext;
  const tuple = { transport: 'tcp', srcIp: from, srcPort: 5, dstIp: FAR.ip, dstPort: FAR.port };
  const walk = { tuple, at: START, anchored: false, errorUs: 0, host: undefined, facts: [...facts] } as unknown as Walk;
  const group = { members: members.map((one) => ({ timed: one })), context: [] } as unknown as Group;
  return proxyTrail(group, walk, new Set(['named.example']), context);
}

const clients = (trail: Trail | undefined) => trail?.tuples.map(({ srcIp, srcPort }) => `${srcIp}:${srcPort}`);
const join = (trail: Trail | undefined) => trail?.facts.find(({ code }) => code === 'proxy-join');

describe('a connection of a proxy', () => {
  it('leads to the client of the request, with the names of both', () => {
    const trail = trailOf({ requests: [timed(asked)] });
    expect(clients(trail)).toEqual([`${CLIENT}:0`]);
    expect(join(trail)).toMatchObject({
      strength: 'single',
      says: `the proxy made this connection for ${CLIENT}, which asked for https://x.example/a`,
    });
    expect([...(trail?.domains ?? [])].sort()).toEqual(['far.example', 'named.example', 'x.example']);
    expect([...(trail?.dstIps ?? [])]).toContain(FAR.ip);
  });

  it('says no address that nobody told, and keeps what led to it', () => {
    const { http: _http, ...bare } = asked;
    const trail = trailOf({ requests: [timed(bare)], facts: [{ code: 'nat-join' }] });
    expect(join(trail)?.says).toBe(`the proxy made this connection for ${CLIENT}`);
    expect(trail?.facts.map(({ code }) => code)).toEqual(['nat-join', 'proxy-join']);
  });

  it('goes where the proxy connected to, not where its client did', () => {
    const line = timed({ ...asked, upstream: { ip: '192.0.2.9' }, src: { ip: CLIENT, port: 7 } });
    expect([...(trailOf({ members: [line], from: '10.0.0.9' })?.dstIps ?? [])].sort()).toEqual([
      '',
      FAR.ip,
      '192.0.2.9',
    ]);
  });

  it.each<[string, Known, readonly string[] | undefined]>([
    ['of no proxy leads nowhere', { requests: [timed(asked)], from: '10.0.0.9' }, undefined],
    ['without a request leads nowhere', {}, undefined],
    [
      'not to a request that went elsewhere',
      { requests: [timed({ ...asked, upstream: { ip: '192.0.2.8' } })] },
      undefined,
    ],
    [
      'to one that names the address itself',
      { requests: [timed({ ...asked, upstream: undefined, dst: FAR })] },
      [`${CLIENT}:0`],
    ],
    ['not to one of nobody', { requests: [timed({ ...asked, src: {} })] }, undefined],
    [
      'to the nearest request, first of equals',
      {
        requests: [9, 5, -5].map((at, i) => timed({ ...asked, src: { ip: CLIENT, port: i + 1 } }, { at })),
      },
      [`${CLIENT}:2`],
    ],
    [
      'is told by the line of the proxy itself',
      { members: [timed({ ...asked, src: { ip: CLIENT, port: 7 } })], from: '10.0.0.9' },
      [`${CLIENT}:7`],
    ],
  ])('%s', (_, known, expected) => {
    expect(clients(trailOf(known))).toEqual(expected);
  });

  it('is near a request from a little before its beginning to a little after its end', () => {
    const near = (at: number) => trailOf({ requests: [timed(asked, { at, lasts: 50, errorUs: 3 })] }) !== undefined;
    const most = [SLACK + 3, -SLACK - 50 - 3];
    expect(most.flatMap((at) => [at, at + Math.sign(at)]).map(near)).toEqual([true, false, true, false]);
  });
});

describe('the client of a request', () => {
  const seen = (url: string, said: Said = {}, src: object = { ip: CLIENT, port: 9 }) =>
    timed({ kind: 'network', type: 'http', src, dst: { ip: PROXY, port: 3128 }, http: { url } }, said);
  const of = (known: Known) =>
    trailOf({ requests: [timed({ ...asked, http: { url: 'http://x.example:80/a' } }, { lasts: 50 })], ...known });

  it.each<[string, Known, string, readonly string[]]>([
    ['is whom a sensor saw asking', { seen: [seen('x.example/a', { line: 2 })] }, 'exact', [`${CLIENT}:9`]],
    ['also by the path alone', { seen: [seen('/a')] }, 'exact', [`${CLIENT}:9`]],
    ['not of another place', { seen: [seen('/b')] }, 'single', [`${CLIENT}:0`]],
    ['not of another address', { seen: [seen('/a', {}, { ip: '10.0.0.1', port: 9 })] }, 'single', [`${CLIENT}:0`]],
    ['not long before', { seen: [seen('/a', { at: -SLACK - 1 })] }, 'single', [`${CLIENT}:0`]],
    ['not long after', { seen: [seen('/a', { at: SLACK + 51 })] }, 'single', [`${CLIENT}:0`]],
    [
      'is the nearest of several',
      { seen: [seen('/a', { at: 9 }), seen('/a', { at: -8 }, { ip: CLIENT, port: 8 })] },
      'exact',
      [`${CLIENT}:8`],
    ],
    ['is who opened a connection to the proxy then', { nat: [leg(6)] }, 'single', ['10.66.1.5:6']],
    ['is any of those that did', { nat: [leg(6), leg(7, { at: 40 })] }, 'time', ['10.66.1.5:6', '10.66.1.5:7']],
    ['not one that did long before', { nat: [leg(6, { at: -SLACK - 1 })] }, 'single', [`${CLIENT}:0`]],
    ['nor long after', { nat: [leg(6, { at: SLACK + 51 })] }, 'single', [`${CLIENT}:0`]],
    ['not one to another port of it', { nat: [leg(6)], listens: { port: 8080 } }, 'single', [`${CLIENT}:0`]],
    ['to the usual port where none is stated', { nat: [leg(6)], listens: {} }, 'single', ['10.66.1.5:6']],
    ['once, however often it was logged', { nat: [leg(6), leg(6, { at: 40 })] }, 'single', ['10.66.1.5:6']],
    ['not one that nothing translated', { nat: [untranslated(6)] }, 'single', [`${CLIENT}:0`]],
    [
      'is who is seen as far away as clocks may be off',
      {
        requests: [timed({ ...asked, http: { url: '/a' } }, { errorUs: 4 })],
        seen: [seen('/a', { at: SLACK + 9, errorUs: 5 })],
      },
      'exact',
      [`${CLIENT}:9`],
    ],
    [
      'not farther',
      {
        requests: [timed({ ...asked, http: { url: '/a' } }, { errorUs: 4 })],
        seen: [seen('/a', { at: -SLACK - 10, errorUs: 5 })],
      },
      'single',
      [`${CLIENT}:0`],
    ],
    [
      'is not known by an address that one of both does not tell',
      { requests: [timed({ ...asked, http: {} })], seen: [seen('/a')] },
      'single',
      [`${CLIENT}:0`],
    ],
    [
      'has no port where its line says 0',
      { requests: [timed({ ...asked, src: { ip: CLIENT, port: 0 } })] },
      'single',
      [`${CLIENT}:0`],
    ],
  ])('%s', (_, known, strength, expected) => {
    const trail = of(known);
    expect([join(trail)?.strength, clients(trail)]).toEqual([strength, expected]);
  });

  it('has begun when its own connection did, on the host that translated it', () => {
    const one = of({ nat: [leg(6, { at: -40 })] });
    expect([one?.begun, one?.anchored, one?.host]).toEqual([START - 40, true, 'h']);
    expect(one?.facts.map(({ code }) => code)).toEqual(['proxy-join', 'nat-join']);
    expect(of({ nat: [leg(6), leg(7)] })?.facts.map(({ code }) => code)).toEqual(['proxy-join']);
    expect(of({})?.anchored).toBe(false);
    expect(join(of({ seen: [seen('/a', { line: 2 })] }))?.refs.map(({ line }) => line)).toEqual([1, 2]);
  });
});
