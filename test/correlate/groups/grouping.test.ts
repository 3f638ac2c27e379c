import { describe, expect, it } from 'vitest';
import type { Flagged } from '../../../src/correlate/groups/group.ts';
import { groupRecords } from '../../../src/correlate/groups/grouping.ts';

const SECOND = 1_000_000;
const START = 1_795_454_000 * SECOND;

interface Said {
  readonly at?: number;
  readonly step?: number;
  readonly errorUs?: number;
  readonly repeats?: object;
  readonly line?: number;
  readonly event?: object;
}

const src = { ip: '10.0.0.1', port: 40_000 };
const dst = { ip: '192.0.2.7', port: 443 };
const packet = { kind: 'network', type: 'packet', transport: 'tcp', src, dst };

function record({ at = 0, step = 0, errorUs = 0, repeats, event = {}, line: own = 0 }: Said): Flagged {
  const stamp = START + at;
  const ref = { source: 'log', line: own, offset: own, bytes: 1 };
  const time = { at: stamp, lo: stamp, hi: stamp, stepUs: step };
  const timed = { event: { ...packet, format: 'x', ...event, time, ref }, at: stamp, lo: stamp, hi: stamp, errorUs };
  return { timed, finding: {}, ...(repeats === undefined ? {} : { repeats }) } as unknown as Flagged;
}

/** The records of each group, by their places. */
function groups(...all: readonly Said[]): readonly (readonly number[])[] {
  const records = all.map((one, place) => record({ ...one, line: place }));
  return groupRecords(records).map(({ members }) => members.map(({ timed }) => timed.event.ref.line));
}
const isOne = (one: object, other: object = one): boolean => groups({ event: one }, { event: other }).length === 1;

const dns = { kind: 'dns', op: 'query', client: src, name: 'x.example', qtype: 'A' };
const query = { dst: { ip: '10.0.0.53', port: 53 }, dns: { name: 'x.example', type: 'A' } };
const icmp = { transport: 'icmp', src: { ip: src.ip }, dst: { ip: dst.ip }, icmp: { type: 8, id: 1 } };

describe('records are of one packet or attempt', () => {
  it.each<[string, object, object, boolean]>([
    ['of one 5-tuple', {}, {}, true],
    ['also told from its other end', {}, { src: dst, dst: src, initiator: 'dst' }, true],
    ['not told as another flow', {}, { src: dst, dst: src }, false],
    ['not of another port', {}, { src: { ...src, port: 1 } }, false],
    ['not of another address', {}, { src: { ...src, ip: '10.0.0.2' } }, false],
    ['not to another port', {}, { dst: { ...dst, port: 80 } }, false],
    ['not to another address', {}, { dst: { ...dst, ip: '192.0.2.8' } }, false],
    ['not of another protocol', {}, { transport: 'udp' }, false],
    ['not without a port', { dst: { ip: dst.ip } }, { dst: { ip: dst.ip } }, false],
    ['not without that of the sender', { src: { ip: src.ip } }, { src: { ip: src.ip } }, false],
    ['not where one stands for several', { count: 2 }, { count: 2 }, false],
    ['of one ping', icmp, icmp, true],
    ['not of another', icmp, { ...icmp, icmp: { type: 8, id: 2 } }, false],
    ['of one query, told by a server', query, dns, true],
    ['not of another name', query, { ...dns, name: 'y.example' }, false],
    ['not of another type', query, { ...dns, qtype: 'AAAA' }, false],
    ['not of another client', dns, { ...dns, client: { ...src, port: 1 } }, false],
    ['not of clients without ports', { ...dns, client: { ip: src.ip } }, { ...dns, client: { ip: src.ip } }, false],
    ['not of processes', { kind: 'process' }, { kind: 'process' }, false],
  ])('%s', (_, one, other, expected) => {
    expect(isOne(one, other)).toBe(expected);
  });

  it('not where they stand for many', () => {
    expect(groups({ repeats: {} }, { repeats: {} })).toHaveLength(2);
  });

  it.each<[string, object, number]>([
    ['a packet is sent again for 70 s', {}, 70],
    ['a packet of one number as well', { seq: 5 }, 70],
    ['a query for 8 s', query, 8],
  ])('%s', (_, event, seconds) => {
    const count = (at: number) => groups({ event }, { event, at }, { event, at: 2 * at }).length;
    expect([count(seconds * SECOND), count(seconds * SECOND + 1)]).toEqual([1, 3]);
  });

  it('in the order of time', () => {
    expect(groups({ at: 9 }, { at: 5 }, { at: 7 })).toEqual([[1, 2, 0]]);
  });
});

describe('a record that tells no number', () => {
  const seq = (n: number, at: number, rest: Said = {}): Said => ({ ...rest, at, event: { seq: n, ...rest.event } });

  it('is of the attempt nearest to it in time, first of equals', () => {
    expect(groups(seq(1, 0), seq(2, 90), { at: 50 })).toEqual([[0], [1, 2]]);
    expect(groups(seq(1, 0), seq(2, 90), { at: 40 })).toEqual([[0, 2], [1]]);
    expect(groups(seq(1, 0), seq(2, 90), { at: 45 })).toEqual([[0, 2], [1]]);
  });

  it('or of the one whose packet has its id, if that is near as well', () => {
    const ids = (far: number) =>
      groups(seq(1, far, { event: { ipId: 7 } }), seq(2, 9, { event: { ipId: 8 } }), { event: { ipId: 7 } });
    expect([ids(500_000), ids(700_001)]).toEqual([
      [[1], [0, 2]],
      [[1, 2], [0]],
    ]);
  });

  it('is near within 0.7 s, the width of both stamps and what clocks may be off', () => {
    const near = (at: number) => groups(seq(1, 0, { step: 3, errorUs: 4 }), { at, step: 5, errorUs: 6 }).length === 1;
    expect([near(700_018), near(700_019)]).toEqual([true, false]);
  });

  it('is an attempt of its own, with others of the kind, where none is near', () => {
    expect(groups(seq(1, 0), { at: 9 * SECOND }, { at: 79 * SECOND }, { at: 150 * SECOND })).toEqual([
      [0],
      [1, 2],
      [3],
    ]);
  });
});

describe('a connection whose port was taken again', () => {
  const syn = (seq: number, at: number): Said => ({ event: { seq, isSyn: true }, at });
  const notBefore = (...all: readonly Said[]): readonly (number | undefined)[] =>
    groupRecords(all.map((one, line) => record({ ...one, line }))).map((group) =>
      group.notBefore === undefined ? undefined : group.notBefore - START,
    );

  it.each<[string, readonly Said[], readonly (number | undefined)[]]>([
    ['is not before the last that was asked for', [syn(7, 0), syn(7, 1), syn(8, 2), syn(8, 4)], [undefined, 1]],
    ['is not before that which ends in between', [syn(7, 0), syn(8, 2), syn(7, 3)], [undefined, 0]],
    ['is none of packets within a connection', [syn(7, 0), { event: { seq: 8 }, at: 2 }], [undefined, undefined]],
    ['is none where packets within one were before', [{ event: { seq: 7 } }, syn(8, 2)], [undefined, undefined]],
    [
      'is not that of another port',
      [syn(7, 0), { event: { seq: 8, isSyn: true, src: { ...src, port: 1 } }, at: 2 }],
      [undefined, undefined],
    ],
  ])('%s', (_, all, expected) => expect(notBefore(...all)).toEqual(expected));
});
