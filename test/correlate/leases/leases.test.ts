import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LeaseColumns } from '../../../src/core/leases/columns.ts';
import type { Lease } from '../../../src/correlate/leases/lease.ts';
import { LeaseTable } from '../../../src/correlate/leases/leases.ts';
import type { LeaseEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { columnsOf, leaseEvents } from '../../core/leases/lease-events.ts';

const correct = (event: LeaseEvent): Timed<LeaseEvent> => ({ ...event.time, event, errorUs: 3, host: event.host });
const shift = (_: unknown, at: Micros): Micros => (at - 7) as Micros;

const lease = (host: string, ip?: string): LeaseEvent =>
  ({
    kind: 'lease',
    sandboxId: `s-${host}`,
    host,
    ip,
    time: {},
    ref: { source: 'l', line: 1, offset: 0, bytes: 1 },
  }) as unknown as LeaseEvent;

it('takes sandboxes for hosts of their own only where a lease or the sandbox network says so', () => {
  const nets = [{ host: 'netted', inside: () => true }];
  const leases = columnsOf([lease('leased', '10.1.0.2'), lease('shared')]);
  const table = new LeaseTable({ leases, correct, shift, nets });
  expect(['leased', 'netted', 'shared', 'unknown'].map((host) => table.statesIpsOn(host))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

it('places a sandbox whose name two hosts use where the episode held it', () => {
  const held = (host: string, episodeId: string) =>
    ({ ...lease(host), sandboxId: 's', episodeId }) as unknown as LeaseEvent;
  const leases = columnsOf([held('h', 'e-1'), held('i', 'e-2')]);
  const table = new LeaseTable({ leases, correct, shift: (_, at) => at });
  expect(['e-1', 'e-2', 'e-3', undefined].map((id) => table.hostOfSandbox('s', id))).toEqual(['h', 'i', 'h', 'h']);
});

it('takes a root process for that of the lease which is nearest in time', () => {
  const held = (sandboxId: string, start: number, end: number) =>
    ({ ...lease('h'), sandboxId, rootPid: 7, start, end }) as unknown as LeaseEvent;
  const leases = columnsOf([held('later', 1000, 1500), held('last', 3000, 4000), held('first', 100, 200)]);
  const table = new LeaseTable({ leases, correct, shift: (_, at) => at });
  const answers = [0, 100, 150, 599, 601, 1000, 1500, 2249, 2251, 9000].map((at) =>
    table.sandboxOfRootPid('h', 7, at as Micros),
  );
  const [first, later, last] = ['first', 'later', 'last'];
  expect(answers).toEqual([first, first, first, first, later, later, later, later, last, last]);
  expect(table.sandboxOfRootPid('h', 8, 150 as Micros)).toBeUndefined();
});

/** What a table tells of every name there is. */
function answers(table: LeaseTable) {
  const hosts = [undefined, 'h', 'i', 'none'];
  const plain = (leases: readonly Lease[]) => leases.map((it) => ({ ...it }));
  return {
    sandboxes: ['s', 't', 'u', 'none'].map((id) => [plain(table.ofSandbox(id)), table.hostOfSandbox(id)]),
    episodes: plain(table.ofEpisodes),
    ips: ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((ip) => [
      plain(table.leasesByIp(ip)),
      table.hostsByIp(ip),
      hosts.map((host) => table.sandboxesByIp(ip, host)),
    ]),
    hosts: hosts.map((host) => [
      [...table.sandboxesOnHost(host)],
      table.statesIpsOn(host ?? ''),
      table.statesUids(host),
      table.statesRootPids(host),
      [0, 1, 2].map((n) => [table.sandboxOfRootPid(host, n, 0 as Micros), [...table.sandboxesOfUid(host, n)]]),
    ]),
    containers: ['a', 'b'].map((id) => table.sandboxOfContainer(id)),
    statesIps: table.statesIps,
  };
}

it('answers the same of leases in columns as of leases as they are (property)', () => {
  fc.assert(
    fc.property(fc.array(leaseEvents, { maxLength: 12 }), (leases) => {
      const more = leases.map(correct);
      const inColumns = new LeaseTable({ leases: columnsOf(leases), correct, shift });
      const asTheyAre = new LeaseTable({ leases: new LeaseColumns(), more, correct, shift });
      expect(answers(inColumns)).toEqual(answers(asTheyAre));
    }),
    { numRuns: 500 },
  );
});

it('finds the leases of a moment as a look at each would (property)', () => {
  const moment = fc.tuple(fc.integer({ min: -20, max: 120 }), fc.constantFrom(0, 2, 10));
  const bound = fc.option(fc.nat({ max: 100 }), { nil: undefined, freq: 6 });
  const held = fc.array(fc.tuple(bound, bound), { maxLength: 15 }).map((bounds) =>
    bounds.map(([start, end], line): LeaseEvent => {
      const ref = { source: 'l', line, offset: 0, bytes: 1 };
      return { ...lease('h'), sandboxId: 's', ref, start, end } as LeaseEvent;
    }),
  );
  fc.assert(
    fc.property(held, moment, (leases, [at, slackUs]) => {
      const table = new LeaseTable({ leases: columnsOf(leases), correct, shift });
      const own = table.ofSandbox('s');
      const then = own.filter(
        ({ start, end, errorUs }) => start - slackUs - errorUs <= at && at < end + slackUs + errorUs,
      );
      expect(table.at('s', at as Micros, slackUs)).toEqual(then);
      expect(table.firstAt('s', at as Micros, slackUs)).toBe(then[0]);
      expect(table.endOf('s')).toBe(Math.max(...own.map(({ end, errorUs }) => end + errorUs)));
    }),
    { numRuns: 500 },
  );
});
