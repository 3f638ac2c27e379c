import { describe, expect, it } from 'vitest';
import { observe } from '../../src/clocks/observe.ts';
import type { NatEvent, NetworkEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import { timeOf } from '../event-time.ts';

const START = 1_795_454_000_000_000;
const PROXY = '10.77.0.3';
const HOST = '10.70.0.11';

const stamped = (source: string, at: number) => ({
  format: 'x',
  clock: source,
  time: timeOf(at as Micros),
  ref: { source, line: 1, offset: 0, bytes: 1 },
});
/** The `n`th request of a host behind whose address sandboxes stand, by a clock that is 30 s ahead. */
const request = (n: number) =>
  ({
    ...stamped('proxy', START + n * 10_000_000 + 30_000_000),
    kind: 'network',
    type: 'proxy',
    src: { ip: HOST },
    dst: { domain: 'mirror.example' },
  }) as unknown as NetworkEvent;
const connection = (n: number, to = PROXY) =>
  ({
    ...stamped('nat', START + n * 10_000_000),
    kind: 'nat',
    phase: 'new',
    transport: 'tcp',
    src: { ip: '10.66.1.2', port: 40_000 + n },
    dst: { ip: to, port: 3128 },
    replySrc: { ip: to, port: 3128 },
    replyDst: { ip: HOST, port: 40_000 + n },
  }) as unknown as NatEvent;

/** Keys that both logs see. */
function meetings(events: readonly (NetworkEvent | NatEvent)[]): number {
  const context = {
    domainOf: ({ ref }: { readonly ref: { readonly source: string } }) => ref.source,
    hostOf: () => undefined,
    hostOfIp: () => undefined,
    isProxy: (ip: string) => ip === PROXY,
    isNumbered: () => true,
  };
  const { meeting } = observe(({ see }) => events.forEach(see), context);
  const pairs = meeting.filter(({ key }) => key.startsWith('proxied|'));
  const seen = pairs.map(({ key, total }) => `${key} of ${total}`);
  return seen.length - new Set(seen).size;
}

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n as Micros));

describe("a proxy's clock", () => {
  it('is told by connections to it, as many as it has requests', () => {
    expect(meetings([...times(5, request), ...times(5, (n) => connection(n))])).toBe(5);
  });

  it('is not told by them where some carry more than one request, or lead elsewhere', () => {
    expect(meetings([...times(5, request), ...times(4, (n) => connection(n))])).toBe(0);
    expect(meetings([...times(5, request), ...times(5, (n) => connection(n, '10.77.0.9'))])).toBe(0);
  });
});
