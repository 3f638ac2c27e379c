import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignInOrder, QueryTable } from '../../../src/correlate/trail/queries.ts';
import type { DnsEvent, Event, NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';

const SECOND = 1_000_000;

function timed<T extends Event>(event: object, at: number, line: number, host?: string): Timed<T> {
  const time = { at, stepUs: 3 };
  const ref = { source: 'dns.log', line, offset: line, bytes: 1 };
  return { event: { time, ref, format: 'x', ...event }, at, lo: at, hi: at, errorUs: 2, host } as unknown as Timed<T>;
}

const client = { ip: '10.0.0.1', port: 40_000 };
const dns = (parts: object, at: number, line = at, host = 'h'): Timed<DnsEvent> =>
  timed({ kind: 'dns', op: 'query', name: 'x.example', ...parts }, at, line, host);
const network = (parts: object, at: number): Timed<NetworkEvent> =>
  timed({ kind: 'network', type: 'tls', src: client, ...parts }, at, at);
const tableOf = (queries: readonly Timed<DnsEvent>[], seen: readonly Timed<NetworkEvent>[] = []): QueryTable =>
  new QueryTable(queries, seen, (ip) => ip === '10.0.0.8');

describe('a query that was sent on', () => {
  it('is of the client that asked: the line before it, by its serial and its name', () => {
    const table = tableOf([
      dns({ serial: '1', client, qtype: 'A' }, 1),
      dns({ serial: '2', client: { ip: '10.0.0.2' } }, 2),
      dns({ serial: '1', op: 'forward' }, 3),
      dns({ serial: '1', op: 'forward', name: 'y.example', client: { ip: '10.0.0.3' } }, 4),
      dns({ serial: '9', op: 'forward' }, 5),
    ]);
    expect(table.forwards('x.example', 'h')).toEqual([
      {
        host: 'h',
        clientIp: client.ip,
        clientPort: client.port,
        name: 'x.example',
        qtype: 'A',
        at: 3,
        stepUs: 3,
        errorUs: 2,
        log: expect.any(String),
        refs: [expect.objectContaining({ line: 1 }), expect.objectContaining({ line: 3 })],
      },
    ]);
    expect(table.forwards('y.example', 'h').map(({ clientIp, refs }) => [clientIp, refs.length])).toEqual([
      ['10.0.0.3', 1],
    ]);
  });

  it('is of a host, where both are known', () => {
    const sent = (host?: string) => tableOf([dns({ op: 'forward', client }, 1, 1, host as string)]);
    expect(['h', 'g', undefined].map((host) => sent('h').forwards('x.example', host).length)).toEqual([1, 0, 1]);
    expect(
      tableOf([timed({ kind: 'dns', op: 'forward', name: 'x.example', client }, 1, 1)]).forwards('x.example', 'g'),
    ).toHaveLength(1);
  });
});

describe('a name of an address', () => {
  const names = (table: QueryTable, by = 99 * SECOND) =>
    table.namesOf('192.0.2.7', by as Micros).map(({ name, at, resolved }) => [name, at, resolved]);
  const dst = { ip: '192.0.2.7', domain: 'x.example' };

  it('is told by answers, and by what clients say of it', () => {
    const answers = ['192.0.2.7'];
    expect(names(tableOf([dns({ op: 'answer', answers }, 4)]))).toEqual([['x.example', 4, true]]);
    expect(names(tableOf([], [network({ dst: {}, dns: { name: 'y.example', answers } }, 4)]))).toEqual([
      ['y.example', 4, true],
    ]);
    expect(names(tableOf([], [network({ dst }, 4)]))).toEqual([['x.example', 4, false]]);
  });

  it('is not told by a query on the way, or where the address is that of a proxy', () => {
    expect(names(tableOf([], [network({ type: 'dns', dst }, 4)]))).toEqual([]);
    const proxied = tableOf([], [network({ dst: { ...dst, ip: '10.0.0.8' } }, 4)]);
    expect(proxied.namesOf('10.0.0.8', 9 as Micros)).toEqual([]);
  });

  it('counts from the first time on, two seconds early at most', () => {
    const table = tableOf(
      [],
      [
        network({ dst }, 9 * SECOND),
        network({ dst }, 5 * SECOND),
        network({ dst: { ...dst, domain: 'y' } }, 7 * SECOND),
      ],
    );
    expect(names(table)).toEqual([
      ['x.example', 5 * SECOND, false],
      ['y', 7 * SECOND, false],
    ]);
    expect([3 * SECOND - 1, 3 * SECOND].map((by) => names(table, by).length)).toEqual([0, 1]);
  });
});

describe('two logs of one stream', () => {
  const stamps = fc.array(fc.record({ at: fc.nat(30), widthUs: fc.nat(3) }), { maxLength: 6 });
  const sorted = stamps.map((list) => list.toSorted((a, b) => a.at - b.at) as { at: Micros; widthUs: number }[]);
  type Stamp = { readonly at: Micros; readonly widthUs: number };
  const SLACK = 2;
  const fits = (a: Stamp, b: Stamp): boolean =>
    a.at - (b.at + b.widthUs) <= SLACK && b.at - (a.at + a.widthUs) <= SLACK;
  /** The most that any pairing in order has. */
  const most = (a: readonly Stamp[], b: readonly Stamp[]): number => {
    const [one, ...rest] = a;
    if (one === undefined) return 0;
    return b.reduce(
      (best, other, j) => (fits(one, other) ? Math.max(best, 1 + most(rest, b.slice(j + 1))) : best),
      most(rest, b),
    );
  };

  it('are paired in order, as many as fit (property)', () => {
    fc.assert(
      fc.property(sorted, sorted, (one, other) => {
        const pairs = [...alignInOrder(one, other, SLACK)];
        expect(pairs).toHaveLength(most(one, other));
        pairs.forEach(([i, j], k) => {
          expect(fits(one[i] as Stamp, other[j] as Stamp)).toBe(true);
          if (k > 0) expect([i > (pairs[k - 1]?.[0] ?? i), j > (pairs[k - 1]?.[1] ?? j)]).toEqual([true, true]);
        });
      }),
    );
  });
});

it('all addresses of a name are those that name servers answered with', () => {
  const table = tableOf(
    [dns({ op: 'reply', answers: ['192.0.2.1'] }, 1), dns({ op: 'reply', answers: ['192.0.2.2'] }, 2)],
    [network({ dst: { ip: '192.0.2.3', domain: 'x.example' } }, 3)],
  );
  expect([...table.addressesOf('x.example')]).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(table.addressesOf('y.example').size).toBe(0);
});
