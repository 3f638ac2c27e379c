import { describe, expect, it } from 'vitest';
import type { Group } from '../../../src/correlate/groups/group.ts';
import { joinContext } from '../../../src/correlate/groups/group-context.ts';
import type { DnsEvent, Event, NetworkEvent } from '../../../src/model/event.ts';
import type { Timed } from '../../../src/model/timed.ts';

const START = 1_795_454_000_000_000;
const ERROR = 5;

/** `at` and how long it went on, from `START`. */
function timed<T extends Event>(event: object, at = 0, lasts = 0): Timed<T> {
  const lo = START + at;
  return { event, at: lo, lo, hi: lo + lasts, errorUs: ERROR, host: 'h' } as unknown as Timed<T>;
}

const groupOf = (...events: readonly object[]): Group =>
  ({ members: events.map((event) => ({ timed: timed(event) })), context: [] }) as unknown as Group;

const client = { ip: '10.0.0.1', port: 40_000 };
const server = { ip: '10.0.0.53', port: 53 };
const query = { kind: 'network', type: 'dns', src: client, dst: server, dns: { name: 'x.example', type: 'A' } };
const line = { kind: 'dns', op: 'query', client, name: 'x.example', qtype: 'A' };

const packet = { kind: 'network', type: 'packet', src: { ip: '10.0.0.3' }, dst: { ip: '192.0.2.7', port: 443 } };
const request = { kind: 'network', type: 'proxy', src: { ip: '10.0.0.1' }, dst: { domain: 'x' }, upstream: packet.dst };

describe('the line of a DNS server joins the packet of its query', () => {
  const joined = (seen: object, told: object, at = 0): boolean =>
    joinContext([groupOf(seen)], [timed<DnsEvent>(told, at)], [])[0]?.context.length === 1;

  it.each<[string, object, object, boolean]>([
    ['', query, line, true],
    ['of no known type', { ...query, dns: { name: 'x.example' } }, line, true],
    ['that tells no type', query, { ...line, qtype: undefined }, true],
    ['of another type', query, { ...line, qtype: 'AAAA' }, false],
    ['of another name', query, { ...line, name: 'y.example' }, false],
    ['of another port', query, { ...line, client: { ...client, port: 1 } }, false],
    ['of another client', query, { ...line, client: { ...client, ip: '10.0.0.2' } }, false],
    ['that is an answer', query, { ...line, op: 'answer' }, false],
    ['that was no query', { ...query, dns: undefined }, line, false],
    ['that went elsewhere', { ...query, dst: { ...server, port: 5353 } }, line, false],
  ])('%s', (_, seen, told, expected) => {
    expect(joined(seen, told)).toBe(expected);
  });

  it('within 1.2 s, and what clocks may be off', () => {
    const most = 1_200_000 + 2 * ERROR;
    expect([-most - 1, -most, most, most + 1].map((at) => joined(query, line, at))).toEqual([false, true, true, false]);
  });
});

describe('the line of a proxy joins the packet that it sent on', () => {
  const joined = (seen: object, told: object, at = 0, lasts = 0): boolean =>
    joinContext([groupOf(seen)], [], [timed<NetworkEvent>(told, at, lasts)])[0]?.context.length === 1;

  it.each<[string, object, object, boolean]>([
    ['', packet, request, true],
    ['that was named as the destination', packet, { ...request, upstream: undefined, dst: packet.dst }, true],
    ['to a port that is not told', packet, { ...request, upstream: { ip: '192.0.2.7' } }, true],
    ['to another port', packet, { ...request, upstream: { ip: '192.0.2.7', port: 80 } }, false],
    ['to another address', packet, { ...request, upstream: { ip: '192.0.2.8', port: 443 } }, false],
    ['of the client itself', packet, { ...request, src: packet.src }, false],
    ['that is a line of a proxy', { ...packet, type: 'proxy' }, request, false],
  ])('%s', (_, seen, told, expected) => {
    expect(joined(seen, told)).toBe(expected);
  });

  it('from 0.4 s before it began to as long after it ended, and what clocks may be off', () => {
    const most = 400_000 + 2 * ERROR;
    const moments = [most + 1, most, -50 - most, -51 - most];
    expect(moments.map((at) => joined(packet, request, at, 50))).toEqual([false, true, true, false]);
  });
});

it('a line joins the first of several groups, once', () => {
  const told = timed<DnsEvent>(line);
  const [first, second] = joinContext([groupOf(query, query), groupOf(query)], [told], []);
  expect([first?.context, second?.context]).toEqual([[told], []]);
  expect(first?.members).toHaveLength(2);
});
