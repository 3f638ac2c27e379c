import { describe, expect, it } from 'vitest';
import type { Forwarded } from '../../../src/correlate/trail/queries.ts';
import { ends, FAR, follow, opened, packet, query, SANDBOX, timed } from './following.ts';

describe('where a violation begins', () => {
  const socket = { transport: 'tcp', local: SANDBOX, remote: FAR };
  it.each<[string, object, readonly string[]]>([
    ['a packet', packet, ['tcp 10.66.1.5:40001 > 203.0.113.9:443']],
    ['one whose protocol is not told', { ...packet, transport: undefined }, ['tcp 10.66.1.5:40001 > 203.0.113.9:443']],
    ['an answer, at whom it goes to', { ...packet, initiator: 'dst' }, ['tcp 203.0.113.9:443 > 10.66.1.5:40001']],
    [
      'an echo, by its id',
      { ...packet, transport: 'icmp', icmp: { type: 8, id: 77 } },
      ['icmp 10.66.1.5:77 > 203.0.113.9:0'],
    ],
    ['a query', { ...query, upstream: '192.0.2.53' }, ['udp 10.66.1.5:5300 > 192.0.2.53:53']],
    ['one over TCP to a server that is not told', { ...query, transport: 'tcp' }, ['tcp 10.66.1.5:5300 > :53']],
    ['one of nobody', { ...query, client: undefined }, []],
    ['a socket', { ...opened, socket }, ['tcp 10.66.1.5:40001 > 203.0.113.9:443']],
    ['a socket whose near end is not told', { ...opened, socket: { ...socket, local: {} } }, []],
    ['a process without a socket', opened, []],
    ['a packet to a name alone', { ...packet, dst: { domain: 'far.example' } }, ['ip 10.66.1.5:0 > :0']],
  ])('%s', (_, event, expected) => {
    expect(ends(follow([timed(event)]))).toEqual(expected);
  });

  it('is the earliest record of it', () => {
    const late = timed({ ...packet, src: { ip: '10.0.0.9', port: 9 } }, { at: 5 });
    expect(ends(follow([late, timed(packet)]))).toEqual(['tcp 10.66.1.5:40001 > 203.0.113.9:443']);
    const twin = timed({ ...packet, src: { ip: '10.0.0.9', port: 9 } });
    expect(ends(follow([timed(packet), twin]))).toEqual(['tcp 10.66.1.5:40001 > 203.0.113.9:443']);
  });
});

describe('what is known of a destination', () => {
  it('is every name that records of the group or answers give it', () => {
    const proxied = {
      ...packet,
      dst: { ...FAR, domain: 'A.example' },
      dns: { name: 'b.example' },
      http: { host: 'c.example' },
    };
    const trail = follow([timed(proxied)], {
      context: [timed({ ...query, name: 'd.example' }), timed({ ...opened, dnsName: 'e.example' })],
    });
    expect([...trail.domains].sort()).toEqual([
      'a.example',
      'b.example',
      'c.example',
      'd.example',
      'e.example',
      'named.example',
    ]);
    expect(trail.answers).toEqual([{ name: 'named.example' }]);
    expect([[...trail.dstIps], trail.dstPort]).toEqual([[FAR.ip], 443]);
  });

  it('is no name that is an address', () => {
    expect([...follow([timed({ ...packet, dst: { ip: '203.0.113.8', domain: '203.0.113.8' } })]).domains]).toEqual([]);
  });

  it('of a connection whose near end is not told is its far end, and the record', () => {
    const socket = { transport: 'tcp', local: {}, remote: FAR };
    const trail = follow([timed({ ...opened, socket }, { at: 9, line: 4, host: 'node-a', errorUs: 3 })]);
    expect(trail).toMatchObject({
      host: 'node-a',
      begun: 9,
      errorUs: 3,
      dstPort: 443,
      record: { line: 4 },
      anchored: false,
    });
    expect([[...trail.dstIps], [...trail.domains]]).toEqual([[FAR.ip], ['named.example']]);
    expect(follow([timed(opened)]).dstIps.size).toBe(0);
    expect(follow([timed(opened)])).not.toHaveProperty('record');
  });

  it('of a packet without a far address is the host of its near one', () => {
    const inventory = [{ role: 'host', name: 'node-b', ips: [SANDBOX.ip] }];
    const bare = { ...packet, dst: { domain: 'far.example' } };
    expect(follow([timed(bare)], { inventory })).toMatchObject({ host: 'node-b', via: 'direct' });
    expect(follow([timed(bare)]).host).toBe(undefined);
    expect(follow([timed({ ...bare, initiator: 'dst', src: { domain: 'x' }, dst: SANDBOX })], { inventory }).host).toBe(
      'node-b',
    );
    expect(follow([timed({ ...bare, type: 'proxy' })]).via).toBe('proxy');
    expect(follow([timed(bare), timed({ ...bare, type: 'proxy' }, { at: 1 })]).via).toBe('proxy');
  });

  it('of such a packet is not the host itself, and is as sure of the moment as the record', () => {
    const bare = timed({ ...packet, dst: { domain: 'far.example' } }, { at: 100 });
    const known = { hostOwned: false, windowUs: 0, coarseUs: 0 };
    expect(follow([bare])).toMatchObject({ ...known, begun: 100 });
    expect(follow([{ ...bare, lo: 40 as typeof bare.lo }])).toMatchObject({ ...known, begun: 40 });
    expect(follow([{ ...bare, lo: 140 as typeof bare.lo }])).toMatchObject({ ...known, begun: 100 });
  });
});

describe('a query that a forwarder passed on', () => {
  const forwarded = {
    name: 'asked.example',
    clientIp: '10.66.1.7',
    clientPort: 5301,
    host: 'node-f',
    at: 100,
    stepUs: 5,
    errorUs: 40,
    refs: [{ source: 'dns.log', line: 8, offset: 0, bytes: 1 }],
  } as unknown as Forwarded;

  it('leads to the client that asked the forwarder', () => {
    const trail = follow([timed(packet, { at: 300 })], { forwarded });
    expect(ends(trail)).toEqual(['udp 10.66.1.7:5301 > :53']);
    expect(trail).toMatchObject({
      via: 'forwarder',
      host: 'node-f',
      begun: 105,
      anchored: true,
      errorUs: 40,
      hostOwned: false,
    });
    expect(trail.domains.has('asked.example')).toBe(true);
    expect(trail.facts).toMatchObject([
      {
        code: 'proxy-join',
        strength: 'forwarder',
        says: 'the DNS forwarder of node-f sent this query for 10.66.1.7:5301',
        refs: [{ line: 8 }],
      },
    ]);
  });

  it('began no later than it was seen, and is as unsure as the less sure clock', () => {
    expect(follow([timed(packet, { at: 50, errorUs: 60 })], { forwarded })).toMatchObject({ begun: 50, errorUs: 60 });
  });

  it('of which only the client is known', () => {
    const { host: _host, clientPort: _port, ...bare } = forwarded;
    const trail = follow([timed(packet)], { forwarded: bare as Forwarded, leased: ['node-c'] });
    expect(ends(trail)).toEqual(['udp 10.66.1.7:0 > :53']);
    expect(trail.host).toBe('node-c');
    expect(trail.facts[0]?.says).toBe('the DNS forwarder sent this query for 10.66.1.7');
  });
});

describe('a flow', () => {
  it('that stands for many goes on until the last of them', () => {
    const many = timed(packet, { at: 100, lasts: 900 });
    const repeats = { path: 'log', lines: [2, 3] };
    expect(follow([[many, repeats]])).toMatchObject({ begun: 100, windowUs: 900 });
    expect(follow([many]).windowUs).toBe(0);
  });

  it('whose port another had just before says so', () => {
    expect(follow([timed(packet)], { notBefore: -5 }).isRetaken).toBe(true);
    expect(follow([timed(packet)])).not.toHaveProperty('isRetaken');
  });
});
