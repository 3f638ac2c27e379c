import { describe, expect, it } from 'vitest';
import { fromSending } from '../../../src/correlate/processes/resends.ts';
import { openFirstSentShare } from '../../../src/correlate/processes/sent-again.ts';
import type { Stretch } from '../../../src/correlate/processes/sockets.ts';

type Open = Parameters<typeof openFirstSentShare>;
type Asked = Parameters<ReturnType<typeof openFirstSentShare>>[0];

const S = 1_000_000;
const BEGUN = 1000 * S;

interface Connect {
  readonly id: number;
  /** Before the packet, microseconds. */
  readonly before: number;
  readonly exited?: number;
  readonly isWhole?: boolean;
  readonly call?: string;
}

const processOf = ({ id, exited }: Connect): object => ({ id, exited });

/** `own`: whom time names. */
function shareOf(own: Connect, others: readonly Connect[], trail: object = {}, owner: object = {}, at = 7): number {
  const byId = new Map([own, ...others].map((one) => [one.id, one]));
  const connects = [own, ...others].map((one) => ({
    at: BEGUN - one.before,
    errorUs: 0,
    isWhole: one.isWhole === true,
    process: processOf(one),
  }));
  const connectsTo = (_host: string, _ip: string, _port: number, { from, to }: Stretch): object[] =>
    connects.filter(({ at }) => at >= from && at <= to);
  const originOf = ({ id }: { readonly id: number }): object => {
    const call = byId.get(id)?.call;
    return call === undefined ? {} : { call: { key: call } };
  };
  const open = [{ hostNames: () => ['h'], sockets: { connectsTo } }, { origin: originOf }] as unknown as Open;
  const process = processOf(own);
  const asked = {
    group: { members: [{ timed: { event: { time: { at, stepUs: 1 } } } }] },
    trail: {
      host: undefined,
      tuples: [{ transport: 'tcp', srcIp: '', srcPort: 0, dstIp: '192.0.2.7', dstPort: 443 }],
      via: 'direct',
      windowUs: 0,
      errorUs: 0,
      begun: BEGUN,
      ...trail,
    },
    owners: [{ how: 'destination', isFirm: true, process, origin: originOf(own), ...owner }],
  } as unknown as Asked;
  return openFirstSentShare(...open)(asked);
}

describe('how far a moment is from one at which a SYN is sent', () => {
  it.each<[number, number]>([
    [0, 0],
    [0.4 * S, 0.4 * S],
    [0.9 * S, 0.1 * S],
    [1.01 * S, 0],
    [7.1 * S, 0],
    [9 * S, 1.65 * S],
    [64 * S, 0],
  ])('%d us after the connect: %d us', (after, expected) => {
    expect(fromSending(BEGUN, BEGUN + after)).toBeCloseTo(expected, 0);
  });
});

describe('of a packet whose record tells no source port, the share of whom time names', () => {
  const own = { id: 1, before: 2_000 };
  it.each<[string, number, readonly Connect[]]>([
    ['is all where nobody else connected', 1, []],
    ['is a half where another may have sent its packet again', 0.5, [{ id: 2, before: 3 * S }]],
    ['is all where nothing of the other is sent then', 1, [{ id: 2, before: 9 * S }]],
    ['is all where the other had ended', 1, [{ id: 2, before: 3 * S, exited: BEGUN - 2 * S }]],
    ['is a half where it ended later', 0.5, [{ id: 2, before: 3 * S, exited: BEGUN + S }]],
    ['is all where its process connected before', 1, [{ id: 1, before: 3 * S }]],
    ['is all where it was long ago', 1, [{ id: 2, before: 90 * S }]],
  ])('%s', (_, expected, others) => expect(shareOf(own, others)).toBe(expected));

  it('is a half where one of the stamps of whole seconds may stand for a later moment', () => {
    const near = { id: 2, before: 9.9 * S };
    expect(shareOf(own, [near])).toBe(1);
    expect(shareOf(own, [{ ...near, isWhole: true }])).toBe(0.5);
    expect(shareOf(own, [near], {}, {}, 9 * S)).toBe(0.5);
  });

  it('counts processes of one call together', () => {
    const call = { call: 'c1' };
    expect(shareOf({ ...own, ...call }, [{ id: 2, before: 3 * S, ...call }])).toBe(1);
    expect(shareOf({ ...own, ...call }, [{ id: 2, before: 3 * S, call: 'c2' }])).toBe(0.5);
  });

  const rival = [{ id: 2, before: 3 * S }];
  const tuple = { transport: 'tcp', srcIp: '', srcPort: 0, dstIp: '192.0.2.7', dstPort: 443 };
  it.each<[string, object, object]>([
    ['the port is known', { tuples: [{ ...tuple, srcPort: 40_000 }] }, {}],
    ['the record is one of UDP', { tuples: [{ ...tuple, transport: 'udp' }] }, {}],
    ['the record stands for many', { windowUs: S }, {}],
    ['a proxy asked', { via: 'proxy' }, {}],
    ['more than the moment names the process', {}, { how: 'tuple' }],
    ['the moment names nobody', {}, { isFirm: false }],
  ])('is all where %s', (_, trail, owner) => expect(shareOf(own, rival, trail, owner)).toBe(1));
});
