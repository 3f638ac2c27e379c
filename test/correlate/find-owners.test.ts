import { describe, expect, it } from 'vitest';
import type { Lineage } from '../../src/correlate/processes/lineage.ts';
import { findOwners } from '../../src/correlate/processes/owners.ts';
import { ProcessTable } from '../../src/correlate/processes/processes.ts';
import type { Trail } from '../../src/correlate/trail/walk.ts';
import type { ProcessEvent } from '../../src/model/event.ts';
import type { Timed } from '../../src/model/timed.ts';

const SECOND = 1_000_000;
const START = 1_795_454_000 * SECOND;
const LOCAL = { ip: '10.0.0.1', port: 40_000 };
const REMOTE = { ip: '192.0.2.7', port: 443 };
const TUPLE = { transport: 'tcp', srcIp: LOCAL.ip, srcPort: LOCAL.port, dstIp: REMOTE.ip, dstPort: REMOTE.port };

interface Doing {
  readonly pid: number;
  readonly at: number;
  readonly op?: ProcessEvent['op'];
  readonly local?: { readonly ip?: string; readonly port?: number };
  readonly remote?: { readonly ip?: string; readonly port?: number };
  readonly transport?: string;
  readonly host?: string;
  readonly errorUs?: number;
  readonly sharers?: readonly object[];
  readonly text?: string;
}

function record(doing: Doing): Timed<ProcessEvent> {
  const { pid, at, op = 'connect', local = LOCAL, remote = REMOTE, transport = 'tcp', host = 'h', ...rest } = doing;
  const moment = START + at;
  const event = {
    kind: 'process',
    op,
    pid,
    time: { at: moment, stepUs: 0 },
    ref: { source: 'audit', line: pid, offset: pid, bytes: 1 },
    ...(op === 'exec' ? { commandLine: rest.text } : { socket: { local, remote, transport } }),
    ...(rest.sharers === undefined ? {} : { sharers: rest.sharers }),
  };
  return {
    event,
    at: moment,
    lo: moment,
    hi: moment,
    errorUs: rest.errorUs ?? 0,
    host,
  } as unknown as Timed<ProcessEvent>;
}

interface Asked {
  readonly trail?: object;
  readonly sandboxes?: readonly string[];
  /** Sandboxes of processes. */
  readonly inside?: Readonly<Record<number, string>>;
  /** Pids of the platform. */
  readonly platform?: readonly number[];
}

function ownersOf(doings: readonly Doing[], { trail = {}, sandboxes, inside = {}, platform = [] }: Asked = {}) {
  const asked = {
    tuples: [TUPLE],
    host: 'h',
    begun: START,
    windowUs: 0,
    anchored: true,
    errorUs: 0,
    coarseUs: 0,
    via: 'direct',
    domains: new Set(),
    dstIps: new Set([REMOTE.ip]),
    ...trail,
  } as unknown as Trail;
  const lineage = {
    origin: (process: { pid: number }) => ({
      chain: [process],
      sandboxId: inside[process.pid],
      platform: platform.includes(process.pid) ? 'uid' : undefined,
    }),
  };
  return findOwners(
    asked,
    sandboxes === undefined ? undefined : new Set(sandboxes),
    new ProcessTable(doings.map(record)),
    lineage as unknown as Lineage,
  );
}

const pids = (...[doings, asked]: Parameters<typeof ownersOf>) =>
  ownersOf(doings, asked).map(({ process, how }) => `${process.pid} ${how}`);

describe('the owner of a flow by its tuple', () => {
  it.each<[string, readonly Doing[], Asked, readonly string[]]>([
    ['is the process that connected', [{ pid: 1, at: -5 }], {}, ['1 tuple']],
    ['however long before', [{ pid: 1, at: -900 * SECOND }], {}, ['1 tuple']],
    ['up to two seconds later', [{ pid: 1, at: 2 * SECOND }], {}, ['1 tuple']],
    ['not after that', [{ pid: 1, at: 2 * SECOND + 1 }], {}, []],
    ['not on another host', [{ pid: 1, at: 0, host: 'g' }], {}, []],
    ['on any host, where none is known', [{ pid: 1, at: 0, host: 'g' }], { trail: { host: undefined } }, ['1 tuple']],
    [
      'is who the record of a host sensor is about, whoever else connected there then',
      [
        { pid: 1, at: -5, local: {} },
        { pid: 2, at: 0, local: {} },
      ],
      { trail: { tuples: [], dstPort: REMOTE.port, record: { source: 'audit', line: 1, offset: 1, bytes: 1 } } },
      ['1 record'],
    ],
    ['by a record that names no protocol', [{ pid: 1, at: 0, transport: 'ip' }], {}, ['1 tuple']],
    [
      'is the last to take the port',
      [
        { pid: 1, at: -1_000_005 },
        { pid: 2, at: -5 },
      ],
      {},
      ['2 tuple'],
    ],
    [
      'is both that took it within a second',
      [
        { pid: 1, at: -1_000_004 },
        { pid: 2, at: -5 },
      ],
      {},
      ['1 tuple', '2 tuple'],
    ],
    ['is who holds it in a snapshot', [{ pid: 1, at: 600 * SECOND, op: 'socket' }], {}, ['1 snapshot']],
    ['not much later', [{ pid: 1, at: 602 * SECOND + 1, op: 'socket' }], {}, []],
    [
      'is who connected before who holds it',
      [
        { pid: 1, at: 9, op: 'socket' },
        { pid: 2, at: -9 },
      ],
      {},
      ['2 tuple'],
    ],
    [
      'is who holds it first, of those who do since it began',
      [
        { pid: 1, at: -2 * SECOND, op: 'socket' },
        { pid: 2, at: SECOND, op: 'socket' },
        { pid: 3, at: 9 * SECOND, op: 'socket' },
      ],
      {},
      ['2 snapshot'],
    ],
    ['is who held it before, where nobody does since', [{ pid: 1, at: -9 * SECOND, op: 'socket' }], {}, ['1 snapshot']],
    [
      'but not where the port was taken again',
      [{ pid: 1, at: -9 * SECOND, op: 'socket' }],
      { trail: { isRetaken: true } },
      [],
    ],
    [
      'is all that hold it',
      [{ pid: 1, at: 0, op: 'socket', sharers: [{ pid: 3 }, { pid: 4 }] }],
      {},
      ['3 shared-tuple', '4 shared-tuple'],
    ],
    ['is none of another sandbox', [{ pid: 1, at: 0 }], { sandboxes: ['sb'], inside: { 1: 'sc' } }, []],
    [
      'is the only one ever, where its clock is not known',
      [{ pid: 1, at: 5000 * SECOND, errorUs: SECOND }],
      {},
      ['1 tuple'],
    ],
    [
      'not where there are two',
      [
        { pid: 1, at: 5000 * SECOND, errorUs: SECOND },
        { pid: 2, at: 6000 * SECOND, errorUs: SECOND },
      ],
      {},
      [],
    ],
    ['not where its clock is known', [{ pid: 1, at: 5000 * SECOND, errorUs: SECOND - 1 }], {}, []],
  ])('%s', (_, doings, asked, expected) => {
    expect(pids(doings, asked)).toEqual(expected);
  });

  it('are all that hold the port of a service', () => {
    const port = { local: { ip: LOCAL.ip, port: 123 }, remote: { ip: REMOTE.ip, port: 123 }, transport: 'udp' };
    const tuples = [{ ...TUPLE, transport: 'udp', srcPort: 123, dstPort: 123 }];
    const doings = [
      { ...port, pid: 1, at: -9 * SECOND },
      { ...port, pid: 2, at: -5 },
    ];
    expect(pids(doings, { trail: { tuples } })).toEqual(['1 tuple', '2 tuple']);
  });
});

describe('the owner of a flow by where it went', () => {
  const open = { local: {} };
  const at = (...moments: readonly number[]): readonly Doing[] =>
    moments.map((moment, i) => ({ ...open, pid: i + 1, at: moment }));

  it.each<[string, readonly Doing[], Asked, readonly string[]]>([
    ['is who connected then', at(0), {}, ['1 destination']],
    ['within 300 ms', at(-300_000), {}, ['1 destination']],
    ['not before', at(-300_001), {}, []],
    ['not after', at(300_001), {}, []],
    [
      'within three seconds where no record tells its beginning',
      at(3 * SECOND),
      { trail: { anchored: false } },
      ['1 destination'],
    ],
    ['not later', at(3 * SECOND + 1), { trail: { anchored: false } }, []],
    ['up to the last of many', at(5 * SECOND), { trail: { windowUs: 5 * SECOND } }, ['1 destination']],
    ['as far as clocks may be off', at(300_007), { trail: { errorUs: 7 } }, ['1 destination']],
    ['is the nearest', at(-50_000, 9000, 90_000), {}, ['2 destination']],
    ['is all that time cannot tell apart', at(-49_000, 9000), {}, ['1 destination', '2 destination']],
    [
      'is all that clocks so far off cannot tell apart',
      at(10_000, 250_000),
      { trail: { errorUs: 200_000 } },
      ['1 destination', '2 destination'],
    ],
    [
      'is all within a rounded stamp',
      at(-480_000, 20_000, 541_000),
      { trail: { anchored: false, errorUs: 500_000, coarseUs: 500_000 } },
      ['1 destination', '2 destination'],
    ],
    ['not of another port', [{ pid: 1, at: 0, local: { port: 7 } }], {}, []],
    ['not of another address', [{ pid: 1, at: 0, local: { ip: '10.0.0.2' } }], {}, []],
    ['where the port is not told', [{ ...open, pid: 1, at: 0, remote: { ip: REMOTE.ip } }], {}, ['1 destination']],
    ['not elsewhere', [{ ...open, pid: 1, at: 0, remote: { ip: '192.0.2.8', port: 443 } }], {}, []],
    [
      'is one inside, where one sandbox alone can have sent it',
      at(0, 200_000),
      { sandboxes: ['sb'], inside: { 2: 'sb' } },
      ['2 destination'],
    ],
    [
      'is the nearest, where two can have',
      at(0, 200_000),
      { sandboxes: ['sb', 'sc'], inside: { 2: 'sb' } },
      ['1 destination'],
    ],
    [
      'is the one whose arguments name it, of those that time cannot tell apart',
      [...at(-30_000, 9000), { pid: 1, at: -40_000, op: 'exec', text: `nc ${REMOTE.ip}` }],
      {},
      ['1 destination'],
    ],
    [
      'may be one of the platform that names it as well',
      [1, 2].flatMap((pid) => [
        { ...open, pid, at: pid * 9000 },
        { pid, at: -40_000, op: 'exec' as const, text: `nc ${REMOTE.ip}` },
      ]),
      { platform: [2] },
      ['1 destination', '2 destination'],
    ],
    [
      'not one that is clearly further',
      [...at(-60_000, 9000), { pid: 1, at: -70_000, op: 'exec', text: `nc ${REMOTE.ip}` }],
      {},
      ['2 destination'],
    ],
    [
      'is who names it, where none connected: who started last',
      [3, 2, 1].map((pid) => ({ pid, at: -pid * 150_000, op: 'exec' as const, text: `nc ${REMOTE.ip}` })),
      {},
      ['2 exec-arguments', '1 exec-arguments'],
    ],
  ])('%s', (_, doings, asked, expected) => {
    expect(pids(doings, asked)).toEqual(expected);
  });

  it('is as far as the nearest of its connects', () => {
    const twice = [
      { ...open, pid: 1, at: -9000 },
      { ...open, pid: 1, at: 70 },
    ];
    expect(ownersOf(twice).map(({ distanceUs }) => distanceUs)).toEqual([70]);
  });

  it('is firm within 100 ms of its moment, and of a tuple always', () => {
    const firm = (moment: number, rest: Asked = {}) => ownersOf(at(moment), rest)[0]?.isFirm;
    expect([-100_001, -100_000, 100_000, 100_001].map((moment) => firm(moment))).toEqual([false, true, true, false]);
    expect(firm(100_007, { trail: { errorUs: 7 } })).toBe(true);
    expect(firm(5 * SECOND, { trail: { windowUs: 5 * SECOND } })).toBe(true);
    expect(ownersOf([{ pid: 1, at: -9 * SECOND }])[0]?.isFirm).toBe(true);
  });

  it('is who may have sent its packet again then, where the record tells no source port', () => {
    const again = { trail: { tuples: [{ ...TUPLE, srcIp: '', srcPort: 0 }] } };
    const firm = (moment: number, rest: Asked = again) =>
      ownersOf(at(moment), rest).map(({ distanceUs, isFirm }) => [distanceUs, isFirm]);
    expect(firm(-SECOND)).toEqual([[0, true]]);
    expect(firm(-67.9 * SECOND)).toEqual([[0, true]]);
    expect(firm(-9 * SECOND)).toEqual([]);
    expect(firm(-SECOND, {})).toEqual([]);
    expect(pids(at(-3 * SECOND, -9 * SECOND, 10_000), again)).toEqual(['1 destination', '3 destination']);
    const ended = [...at(-3 * SECOND), { ...open, pid: 1, at: -2 * SECOND, op: 'exit' as const }];
    expect(ownersOf(ended, again)).toEqual([]);
  });

  it('is not firm where a clock is known to be kept badly, unless nobody else ever connected there', () => {
    const badly = { ...open, pid: 1, at: 0, errorUs: 2 * SECOND };
    const firm = (...more: readonly Doing[]) =>
      ownersOf([badly, ...more], { trail: { host: undefined } }).map(
        ({ process, isFirm }) => `${process.pid} ${isFirm}`,
      );
    expect(firm()).toEqual(['1 true']);
    expect(firm({ ...badly, at: 9 })).toEqual(['1 true']);
    expect(firm({ ...open, pid: 2, at: 900 * SECOND })).toEqual(['1 false']);
    expect(firm({ ...open, pid: 2, at: 900 * SECOND, remote: { ip: '192.0.2.8', port: 443 } })).toEqual(['1 true']);
    // On a host whose clock is kept well: it may have been the other all the same.
    expect(firm({ ...open, pid: 2, at: 60_000, host: 'g' })).toEqual(['1 false']);
    expect(
      ownersOf([
        // As pairs by stamps of whole seconds place it.
        { ...badly, errorUs: 1.2 * SECOND },
        { ...open, pid: 2, at: 900 * SECOND },
      ])[0]?.isFirm,
    ).toBe(true);
  });

  it('of a query that a resolver sent on, is who asked any resolver, up to a second before', () => {
    const asks = (moment: number) => ({
      ...open,
      pid: 1,
      at: moment,
      remote: { ip: '10.0.0.53', port: 53 },
      transport: 'udp',
    });
    const trail = { via: 'forwarder', tuples: [{ ...TUPLE, dstIp: '', dstPort: 0, srcPort: 0 }] };
    const found = (moment: number, rest: object = trail) => pids([asks(moment)], { trail: rest });
    expect([-1_300_001, -1_300_000, 300_000, 300_001].map((moment) => found(moment).length)).toEqual([0, 1, 1, 0]);
    expect(found(0)).toEqual(['1 resolver']);
    expect(found(0, { ...trail, via: 'direct' })).toEqual(['1 resolver']);
    expect(found(0, { tuples: [{ ...TUPLE, dstIp: '', dstPort: 80 }] })).toEqual([]);
  });
});

it('nobody owns a flow where no process is known', () => {
  expect(ownersOf([])).toEqual([]);
});
