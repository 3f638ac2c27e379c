import { expect, it } from 'vitest';
import type { Group } from '../../../src/correlate/groups/group.ts';
import { joinForwarders } from '../../../src/correlate/trail/forwarders.ts';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import type { Forwarded } from '../../../src/correlate/trail/queries.ts';
import type { TrailContext } from '../../../src/correlate/trail/walk.ts';
import type { Timed } from '../../../src/model/timed.ts';
import type { ViolatingEvent } from '../../../src/model/violation.ts';
import { HOST, timed } from './following.ts';

const SECOND = 1e6;
const RESOLVER = { ip: '192.0.2.53', port: 53 };
const ask = (facts: object = {}) => ({
  kind: 'dns',
  op: 'query',
  name: 'far.example',
  qtype: 'A',
  client: { ip: HOST, port: 5300 },
  ...facts,
});
const packetOf = (dns: object | undefined, port = 53) => ({
  kind: 'network',
  transport: 'udp',
  src: { ip: HOST, port: 5300 },
  dst: { ...RESOLVER, port },
  ...(dns && { dns }),
});
const line = (clientIp: string, at: number, facts: Partial<Forwarded> = {}): Forwarded =>
  ({
    host: 'node-a',
    clientIp,
    clientPort: 1,
    name: 'far.example',
    qtype: 'A',
    at,
    stepUs: 1,
    errorUs: 0,
    refs: [],
    log: 'forwarder.log',
    ...facts,
  }) as Forwarded;

type Member = Timed<ViolatingEvent> | readonly [Timed<ViolatingEvent>, object];
const groupOf = (...members: readonly Member[]): Group =>
  ({
    members: members.map((one) => ('event' in one ? { timed: one } : { timed: one[0], repeats: one[1] })),
    context: [],
  }) as unknown as Group;

/** The clients found for each group, in order. */
function clients(groups: readonly Group[], lines: readonly Forwarded[]): readonly (string | undefined)[] {
  const context = {
    nat: new NatTable([]),
    hosts: { hostOfIp: (ip: string) => ({ [HOST]: 'node-a', '10.70.0.12': 'node-b' })[ip] },
    queries: {
      forwards: (name: string, host: string | undefined) =>
        lines.filter((one) => one.name === name && one.host === host),
    },
  } as unknown as TrailContext;
  const joined = joinForwarders(groups, context);
  return groups.map((group) => joined.get(group)?.clientIp);
}

it.each<[string, object]>([
  ['a line of a name server', ask()],
  ['a packet that shows the query', packetOf({ name: 'far.example', type: 'A' })],
])('%s leads to the client of the forwarder on its host', (_, event) => {
  expect(clients([groupOf(timed(event))], [line('c-1', 0)])).toEqual(['c-1']);
});

it.each<[string, Group, Forwarded]>([
  ['a packet to another port asks no server', groupOf(timed(packetOf({ name: 'far.example' }, 80))), line('c-1', 0)],
  ['a packet that shows no query asks for nothing', groupOf(timed(packetOf(undefined))), line('c-1', 0)],
  ['another name', groupOf(timed(ask({ name: 'near.example' }))), line('c-1', 0)],
  ['another host', groupOf(timed(ask())), line('c-1', 0, { host: 'node-b' })],
  ['another type', groupOf(timed(ask())), line('c-1', 0, { qtype: 'AAAA' })],
  ['a line of the same log', groupOf(timed(ask())), line('c-1', 0, { log: 'log' })],
  ['a line of another time', groupOf(timed(ask(), { at: 2 * SECOND })), line('c-1', 0)],
  ['a record that stands for many', groupOf([timed(ask()), { count: 9 }]), line('c-1', 0)],
  ['one of whose records does', groupOf(timed(ask()), [timed(ask()), { count: 9 }]), line('c-1', 0)],
])('no line stands for it: %s', (_, group, forward) => {
  expect(clients([group], [forward])).toEqual([undefined]);
});

it('a type that one of the two does not tell is no other type', () => {
  expect(clients([groupOf(timed(ask({ qtype: undefined })))], [line('c-1', 0)])).toEqual(['c-1']);
  expect(clients([groupOf(timed(ask()))], [line('c-1', 0, { qtype: undefined })])).toEqual(['c-1']);
});

it('equal queries of several hosts and types keep to their own lines', () => {
  const groups = [groupOf(timed(ask())), groupOf(timed(ask({ qtype: 'AAAA' }), { at: 100 }))];
  const lines = [line('c-aaaa', 0, { qtype: 'AAAA' }), line('c-a', 100)];
  expect(clients(groups, lines)).toEqual(['c-a', 'c-aaaa']);
  const other = groupOf(timed(ask({ client: { ip: '10.70.0.12', port: 1 } }), { at: 50 }));
  const both = [line('c-1', 0), line('c-b', 50, { host: 'node-b' })];
  expect(clients([...groups.slice(0, 1), other], both)).toEqual(['c-1', 'c-b']);
});

it('equal queries are joined in their order, whatever the order of the groups', () => {
  const groups = [3, 1, 2].map((n) => groupOf(timed(ask(), { at: n * SECOND })));
  expect(clients(groups, [line('c-1', SECOND), line('c-2', 2 * SECOND), line('c-3', 3 * SECOND)])).toEqual([
    'c-3',
    'c-1',
    'c-2',
  ]);
});

it('the moment is that of the record with the finest stamp, and of such the first', () => {
  const stamped = (stepUs: number, at: number) => {
    const one = timed(ask(), { at });
    return { ...one, event: { ...one.event, time: { ...one.event.time, stepUs } } } as Timed<ViolatingEvent>;
  };
  const lines = [line('c-1', 0), line('c-9', 9 * SECOND)];
  expect(clients([groupOf(stamped(100_000, 0), stamped(1, 9 * SECOND))], lines)).toEqual(['c-9']);
  expect(clients([groupOf(stamped(1, 9 * SECOND), stamped(100_000, 0))], lines)).toEqual(['c-9']);
  expect(clients([groupOf(stamped(1, 9 * SECOND), stamped(1, 0))], lines)).toEqual(['c-1']);
});
