import { describe, expect, it } from 'vitest';
import type { NatEvent } from '../../../src/model/event.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { ends, follow, HOST, type Known, opened, packet, query, SANDBOX, timed, translated } from './following.ts';

describe('translations', () => {
  const OUT = { ip: '198.51.100.2', port: 61_000 };
  const MIDDLE = { ip: HOST, port: 50_000 };
  const seen = timed({ ...packet, src: OUT });

  it('are undone hop by hop, and each is told', () => {
    const trail = follow([seen], {
      nat: [translated(MIDDLE, OUT, { host: 'gw', line: 2 }), translated(SANDBOX, MIDDLE, { line: 3 })],
    });
    expect(ends(trail)).toEqual(['tcp 10.66.1.5:40001 > 203.0.113.9:443']);
    expect(trail).toMatchObject({ host: 'node-a', anchored: true, via: 'direct' });
    expect(trail.facts.map(({ code, strength, says, refs }) => [code, strength, says, refs[0]?.line])).toEqual([
      ['nat-join', 'exact', '198.51.100.2:61000 is 10.70.0.11:50000 before translation on gw', 2],
      ['nat-join', 'exact', '10.70.0.11:50000 is 10.66.1.5:40001 before translation on node-a', 3],
    ]);
  });

  it('of a session say that they are no moment, without a host that the hop has none', () => {
    const log = translated(SANDBOX, OUT);
    const session = {
      ...log,
      host: undefined,
      event: { ...log.event, phase: 'session' },
    } as unknown as Timed<NatEvent>;
    const trail = follow([seen], { nat: [session] });
    expect(trail.facts).toMatchObject([
      { strength: 'window', says: '198.51.100.2:61000 is 10.66.1.5:40001 before translation' },
    ]);
    expect(trail.host).toBe(undefined);
  });

  it('of a flow whose port no record tells say so', () => {
    const bare = { ...OUT, port: 0 };
    expect(follow([timed({ ...packet, src: bare })], { nat: [translated(SANDBOX, bare)] }).facts).toMatchObject([
      { strength: 'no-port' },
    ]);
  });

  it('end after eight hops, be they a circle', () => {
    const there = translated(SANDBOX, OUT);
    const back = translated(OUT, SANDBOX);
    expect(follow([seen], { nat: [there, back] }).facts).toHaveLength(8);
  });

  it('make the moment as unsure as their clocks', () => {
    expect(follow([seen], { nat: [translated(SANDBOX, OUT, { errorUs: 70 })] }).errorUs).toBe(70);
    const unsure = timed({ ...packet, src: OUT }, { errorUs: 90 });
    expect(follow([unsure], { nat: [translated(SANDBOX, OUT, { errorUs: 70 })] }).errorUs).toBe(90);
  });

  it('are looked for as far away as half a second and what clocks may be off', () => {
    const found = (at: number) =>
      follow([timed({ ...packet, src: OUT }, { errorUs: 3 })], { nat: [translated(SANDBOX, OUT, { at })] }).facts
        .length;
    expect([500_003, 500_004].map(found)).toEqual([1, 0]);
  });

  it('are looked for through all the time in which only an aggregate saw the flow', () => {
    const many = timed({ ...packet, src: OUT }, { lasts: 4_000_000, basis: 'window' });
    const trail = (at: number) => follow([many], { nat: [translated(SANDBOX, OUT, { at })] });
    expect([4_500_000, 4_500_001].map((at) => trail(at).facts.length)).toEqual([1, 0]);
    expect(trail(3_000_000)).toMatchObject({ begun: 3_000_000, anchored: true });
  });

  it('that a host logged inside prove the beginning without being undone', () => {
    const trail = follow([timed(packet, { at: 300 })], { nat: [translated(SANDBOX, OUT)] });
    expect(trail).toMatchObject({ begun: 0, anchored: true, facts: [] });
    expect(follow([timed(packet, { at: 300 })])).toMatchObject({ begun: 300, anchored: false });
  });

  describe('that only the record itself states', () => {
    const stated = { ...packet, src: OUT, nat: { srcIp: SANDBOX.ip } };
    it.each<[string, object, Known, string]>([
      ['are taken, without the port', stated, {}, 'tcp 10.66.1.5:0 > 203.0.113.9:443'],
      [
        'not where a log has one',
        stated,
        { nat: [translated({ ip: '10.66.1.6', port: 5 }, OUT)] },
        'tcp 10.66.1.6:5 > 203.0.113.9:443',
      ],
      [
        'not of a public address',
        { ...stated, nat: { srcIp: '198.51.100.9' } },
        {},
        'tcp 198.51.100.2:61000 > 203.0.113.9:443',
      ],
      [
        'not behind a private one',
        { ...stated, src: SANDBOX, nat: { srcIp: '10.66.1.6' } },
        {},
        'tcp 10.66.1.5:40001 > 203.0.113.9:443',
      ],
      ['not of an answer', { ...stated, initiator: 'dst' }, {}, 'tcp 203.0.113.9:443 > 198.51.100.2:61000'],
      ['also where its far end has no address', { ...stated, dst: {} }, {}, 'ip 10.66.1.5:0 > :0'],
    ])('%s', (_, event, known, expected) => {
      expect(ends(follow([timed(event)], known))).toEqual([expected]);
    });

    it('are told as a fact of that record', () => {
      expect(follow([timed(stated, { line: 4 })]).facts).toMatchObject([
        {
          code: 'nat-join',
          strength: 'no-port',
          says: 'the record itself says that 198.51.100.2 is 10.66.1.5 before translation',
          trust: 'outside',
          refs: [{ line: 4 }],
        },
      ]);
    });
  });
});

describe('the host of a sender', () => {
  const host = { role: 'host', name: 'node-b', ips: [SANDBOX.ip] };
  const inner = translated(SANDBOX, { ip: HOST, port: 50_000 });
  it.each<[string, Known, string | undefined]>([
    ['is the one whose own address it is', { inventory: [host], leased: ['node-c'], nets: ['node-d'] }, 'node-b'],
    ['else the one that translated it', { nat: [inner], leased: ['node-c'] }, undefined],
    ['else that of its network', { leased: ['node-c'], nets: ['node-d'] }, 'node-d'],
    ['else the one that leased the address', { leased: ['node-c'] }, 'node-c'],
    ['is not known where two leased it', { leased: ['node-c', 'node-e'] }, undefined],
    ['nor of a network of two', { nets: ['node-c', 'node-e'] }, undefined],
    ['nor of nobody', {}, undefined],
  ])('%s', (name, known, expected) => {
    if (name.includes('translated')) {
      const out = timed({ ...packet, src: { ip: HOST, port: 50_000 } });
      expect(follow([out], known).host).toBe('node-a');
    } else expect(follow([timed(packet)], known).host).toBe(expected);
  });

  it('is the one that puts that address in front of others, where no inventory knows it', () => {
    const from = timed({ ...packet, src: { ip: HOST, port: 9 } });
    expect(follow([from], { nat: [inner] }).host).toBe('node-a');
  });

  it('sent it itself where its sandboxes have addresses of their own, and its log of translations shows none', () => {
    const from = timed({ ...packet, src: { ip: HOST, port: 9 } }, { at: 5_000_000 });
    const log = [0, 10_000_000].map((at) => translated(SANDBOX, { ip: HOST, port: 50_000 }, { at }));
    const owned = (known: Known) => follow([from], { nat: log, statesIps: true, ...known }).hostOwned;
    expect(owned({})).toBe(true);
    expect(owned({ statesIps: false })).toBe(false);
    expect(owned({ leased: ['node-a'] })).toBe(false);
    expect(owned({ nat: [] })).toBe(false);
  });
});

describe('what would lead farther', () => {
  it.each<[string, Known, readonly string[]]>([
    [
      'is a record of the address, where nothing is known of it',
      {},
      ['a NAT or conntrack record that covers 10.66.1.5:40001, or a lease or inventory row for 10.66.1.5'],
    ],
    ['is nothing where a lease knows it', { leased: ['node-c', 'node-e'] }, []],
    [
      'is the log of translations of a host with several sandboxes',
      { nets: ['node-d'], crowded: ['node-d'] },
      ['conntrack events of node-d (conntrack -E -o timestamp,id) that cover 10.66.1.5:40001'],
    ],
    ['is nothing on a host with one', { nets: ['node-d'] }, []],
    ['is nothing where they share a leased address', { nets: ['node-d'], crowded: ['node-d'], leased: ['node-d'] }, []],
  ])('%s', (_, known, expected) => {
    expect(follow([timed(packet)], known).missing).toEqual(expected);
  });

  it('is nothing where a translation was undone', () => {
    const out = timed({ ...packet, src: { ip: HOST, port: 50_000 } });
    const nat = [translated(SANDBOX, { ip: HOST, port: 50_000 })];
    expect(follow([out], { nat, crowded: ['node-a'] }).missing).toEqual([]);
  });
});

describe('the sandbox that a record names itself', () => {
  it.each<[string, object, string | undefined]>([
    ['by its id', { ...packet, sandboxId: 'sb-9', containerId: 'c-1' }, 'sb-9'],
    ['by its container', { ...packet, containerId: 'c-1', srcPod: 'pod-1' }, 'sb-1'],
    ['by its pod', { ...packet, srcPod: 'pod-1' }, 'pod-1'],
    ['by its pod with the namespace', { ...packet, srcPod: 'ns/pod-2' }, 'ns/pod-2'],
    ['by its pod without the namespace', { ...packet, srcPod: 'other/pod-1' }, 'pod-1'],
    ['by the pod that opened it', { ...packet, initiator: 'dst', srcPod: 'pod-1', dstPod: 'ns/pod-2' }, 'ns/pod-2'],
    ['not by a pod that no lease knows', { ...packet, srcPod: 'pod-7' }, undefined],
    ['not by the pod at the far end', { ...packet, dstPod: 'pod-1' }, undefined],
    ['not by a container that no lease knows', { ...packet, containerId: 'c-2' }, undefined],
    ['of a process', { ...opened, containerId: 'c-1' }, 'sb-1'],
    ['not of a query', query, undefined],
  ])('%s', (_, event, expected) => {
    expect(follow([timed(event)]).explicitSandbox?.id).toBe(expected);
  });
});
