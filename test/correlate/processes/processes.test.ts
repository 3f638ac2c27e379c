import { describe, expect, it } from 'vitest';
import type { Process } from '../../../src/correlate/processes/process.ts';
import { ProcessTable } from '../../../src/correlate/processes/processes.ts';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';

const SECOND = 1_000_000;
const START = 1_795_454_000 * SECOND;

interface Doing extends Partial<Omit<ProcessEvent, 'kind' | 'time' | 'start' | 'host'>> {
  readonly at: number;
  readonly host?: string;
  readonly start?: number;
  readonly errorUs?: number;
}

function tableOf(...doings: readonly Doing[]): ProcessTable {
  return new ProcessTable(timedOf(doings));
}

function timedOf(doings: readonly Doing[]): Timed<ProcessEvent>[] {
  return doings.map(({ at, host = 'h', start, errorUs = 0, ...rest }, line) => {
    const time = { at: START + at, lo: START + at, hi: START + at, stepUs: 0 };
    const event = {
      kind: 'process',
      op: 'exec',
      pid: 7,
      time,
      ref: { source: 'audit', line, offset: line, bytes: 1 },
      ...rest,
      ...(start === undefined ? {} : { start: START + start }),
    };
    return { event, ...time, errorUs, host } as unknown as Timed<ProcessEvent>;
  });
}

const at = (moment: number): Micros => (START + moment) as Micros;
const begun = (processes: readonly Process[]): readonly number[] => processes.map(({ first }) => first - START);
const socket = { local: { ip: '10.0.0.1', port: 1 }, remote: { ip: '192.0.2.7', port: 443 }, transport: 'tcp' };

it('records are taken out of the list that they came in, whatever their order', () => {
  const list = timedOf([{ at: 2 * SECOND }, { at: 0 }, { at: SECOND, pid: 8 }]);
  expect(new ProcessTable(list).all.map(({ pid, first }) => [pid, first - START])).toEqual([
    [7, 0],
    [8, SECOND],
  ]);
  expect(list).toEqual([]);
});

describe('a pid', () => {
  it.each<[string, Doing, Doing, number]>([
    ['is one life while it execs', { at: 0 }, { at: SECOND }, 1],
    ['begins another at a fork', { at: 0 }, { at: 1000, op: 'fork', pid: 1, childPid: 7 }, 2],
    ['was forked just before', { at: 0 }, { at: 999, op: 'fork', pid: 1, childPid: 7 }, 1],
    ['begins another under another parent', { at: 0, ppid: 3 }, { at: SECOND, ppid: 4 }, 2],
    ['is the same where its parent is gone', { at: 0, ppid: 3 }, { at: SECOND, ppid: 1 }, 1],
    ['is the same where no parent is told', { at: 0, ppid: 3 }, { at: SECOND }, 1],
    [
      'is another long after, by a command that the first does not name',
      { at: 0, args: ['curl', 'a'] },
      { at: 20 * SECOND, args: ['wget', 'b'] },
      2,
    ],
    [
      'is another long after, by the same program elsewhere',
      { at: 0, args: ['curl', 'a'] },
      { at: 20 * SECOND, args: ['curl', 'b'] },
      2,
    ],
    [
      'is the same long after, by what its shell was to run',
      { at: 0, args: ['bash', '-c', 'sleep 19; curl a'] },
      { at: 20 * SECOND, args: ['curl', 'a'] },
      1,
    ],
    ['is another on another host', { at: 0 }, { at: SECOND, host: 'g' }, 2],
    ['is another by the sensor', { at: 0, entityId: 'a' }, { at: SECOND, entityId: 'b' }, 2],
    ['is the same by the sensor', { at: 0, entityId: 'a', ppid: 3 }, { at: SECOND, entityId: 'a', ppid: 4 }, 1],
  ])('%s', (_, one, other, lives) => {
    expect(tableOf(one, other).all).toHaveLength(lives);
  });

  it.each<[string, Partial<Doing>, Doing, number]>([
    [
      'begins another life under another parent of the same pid',
      {},
      { at: 70 * SECOND, pid: 3, args: ['wget', 'b'] },
      2,
    ],
    ['is the same where its parent only connects', {}, { at: 70 * SECOND, pid: 3, op: 'connect', socket } as Doing, 1],
    ['is the same under a subreaper', {}, { at: 70 * SECOND, pid: 3, op: 'connect', ppid: 9, socket } as Doing, 1],
    [
      'is the same by the sensor, whatever its parent',
      { entityId: 'e' },
      { at: 70 * SECOND, pid: 3, args: ['wget', 'b'] },
      1,
    ],
  ])('%s', (_, more, parent, lives) => {
    const child = { pid: 7, ppid: 3, args: ['python3', '-'], ...more };
    const table = tableOf({ at: 0, pid: 3, ppid: 2, args: ['curl', 'a'] }, { at: SECOND, ...child }, parent, {
      at: 71 * SECOND,
      ...child,
    });
    expect(table.all.filter(({ pid }) => pid === 7)).toHaveLength(lives);
  });

  it('begins another life at an exec after its exit, but for records out of order', () => {
    const lives = (exec: number): number =>
      tableOf({ at: 0 }, { at: SECOND, op: 'exit' }, { at: SECOND + exec }).all.length;
    expect([lives(1999), lives(2000)]).toEqual([1, 2]);
    const [late] = tableOf({ at: 0 }, { at: 5, op: 'exit' }, { at: 9, op: 'connect', socket } as Doing).all;
    expect(late?.exited).toBe(undefined);
  });

  it('is the life that had begun by then', () => {
    const table = tableOf({ at: 0, ppid: 3 }, { at: 9, ppid: 4 });
    const found = (moment: number, slack = 0) => table.at('h', 7, at(moment), slack)?.ppid;
    expect([found(-1), found(0), found(8), found(9), found(99)]).toEqual([undefined, 3, 3, 4, 4]);
    expect([found(-1, 1), found(7, 2)]).toEqual([3, 4]);
    expect(table.at('g', 7, at(99), 0)).toBe(undefined);
  });

  it('began when its record says so, on the corrected clock', () => {
    expect(begun(tableOf({ at: 9, start: 4 }).all)).toEqual([4]);
    expect(begun(tableOf({ at: 9, start: 11 }).all)).toEqual([9]);
  });

  it('says what it runs in any record but that of a fork, which tells of its parent', () => {
    const said = (...doings: readonly Doing[]) => tableOf(...doings).all[0]?.said;
    const told = (op: 'alert' | 'fork' | 'exec', commandLine?: string): Doing =>
      ({ at: 0, op, childPid: 7, ...(commandLine === undefined ? {} : { commandLine }) }) as Doing;
    expect(said(told('alert', 'bash -c ls'), told('alert', 'ls'))).toEqual({ args: undefined, text: 'bash -c ls' });
    expect(said({ at: 0, op: 'connect', args: ['a', 'b'] })).toEqual({ args: ['a', 'b'], text: 'a b' });
    expect([said(told('fork', 'ls')), said(told('exec', 'ls')), said(told('alert'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('was first seen as it began, as it connected, or as it held a socket', () => {
    const seen = (doing: Partial<Doing>) => tableOf({ at: 0, socket, ...doing } as Doing).all[0]?.seenTo;
    expect([{}, { op: 'fork', childPid: 8 } as const, { op: 'connect', start: -1 } as const].map(seen)).toEqual([
      'begin',
      'begin',
      'begin',
    ]);
    expect([seen({ op: 'connect' }), seen({ op: 'socket' })]).toEqual(['connect', 'hold']);
  });
});

describe('a process', () => {
  it('learns from later records what the first left out, and what it runs from the last', () => {
    const [process] = tableOf(
      { at: 0, comm: 'sh', exe: '/bin/sh' },
      { at: 1, ppid: 3, uid: 5, containerId: 'c', sandboxId: 's' },
      { at: 2, ppid: 1, uid: 6, containerId: 'd', sandboxId: 't', comm: 'nc', exe: '/bin/nc' },
    ).all;
    expect(process).toMatchObject({ ppid: 3, uid: 5, containerId: 'c', sandboxId: 's', comm: 'nc', exe: '/bin/nc' });
  });

  it.each<[string, readonly Doing[], readonly string[]]>([
    [
      'each one apart',
      [
        { at: 0, args: ['a', 'b'] },
        { at: 50_000, commandLine: 'c' },
      ],
      ['a b', 'c'],
    ],
    [
      'that of arguments where another sensor tells of it shortly',
      [
        { at: 0, args: ['a'] },
        { at: 49_999, comm: 'b' },
      ],
      ['a'],
    ],
    [
      'also where that came first',
      [
        { at: 0, comm: 'a' },
        { at: 49_999, args: ['/bin/a'] },
      ],
      ['/bin/a'],
    ],
    [
      'both where the arguments of both are told',
      [
        { at: 0, args: ['a'] },
        { at: 1, args: ['b'] },
      ],
      ['a', 'b'],
    ],
    [
      'both where the first says more',
      [
        { at: 0, exe: '/usr/bin/a' },
        { at: 1, commandLine: 'b' },
      ],
      ['/usr/bin/a', 'b'],
    ],
    [
      'one as far apart as the clock may be off',
      [
        { at: 0, args: ['a'] },
        { at: 50_004, errorUs: 5, comm: 'b' },
      ],
      ['a'],
    ],
  ])('has execs: %s', (_, doings, texts) => {
    expect(tableOf(...doings).all.flatMap(({ execs }) => execs.map(({ text }) => text))).toEqual(texts);
  });

  it('ends with its pid, or by the name that the sensor gave it', () => {
    expect(tableOf({ at: 0 }, { at: 9, op: 'exit' }).all[0]?.exited).toBe(at(9));
    const nameless = { pid: undefined as never, entityId: 'a' };
    expect(tableOf({ at: 0, ...nameless }, { at: 9, op: 'exit', ...nameless }).all[0]?.exited).toBe(at(9));
    expect(tableOf({ at: 0, entityId: 'a' }, { at: 9, op: 'exit', ...nameless }).all[0]?.exited).toBe(at(9));
    expect(tableOf({ at: 9, op: 'exit' }).all).toEqual([]);
  });

  it('shares a socket with others that a snapshot names', () => {
    const sharers = [
      { pid: 8, comm: 'a' },
      { pid: 9, comm: 'b' },
    ];
    const { all, sockets } = tableOf({ at: 0, op: 'socket', socket, sharers } as Doing);
    expect(all.map(({ pid, comm }) => [pid, comm])).toEqual([
      [8, 'a'],
      [9, 'b'],
    ]);
    expect(sockets.owners('tcp', socket.local, socket.remote)).toHaveLength(2);
  });

  it('owns the sockets it connects, not those it binds or closes', () => {
    const owned = (op: ProcessEvent['op']): number =>
      tableOf({ at: 0, op, socket } as Doing).sockets.owners('tcp', socket.local, socket.remote).length;
    expect((['connect', 'bind', 'close', 'alert'] as const).map(owned)).toEqual([1, 0, 0, 1]);
  });
});

describe('the parent of a process', () => {
  const parentOf = (...doings: readonly Doing[]) => {
    const table = tableOf(...doings);
    const child = table.all.find(({ pid }) => pid === 8) as Process;
    return table.parentOf(child)?.pid;
  };
  const child = { at: 9 * SECOND, pid: 8, ppid: 7 };

  it.each<[string, readonly Doing[], number | undefined]>([
    ['is the life of its pid then', [{ at: 0 }, child], 7],
    ['is none that began later', [{ at: 10 * SECOND }, child], undefined],
    ['is none that had ended', [{ at: 0 }, { at: 8 * SECOND - 1, op: 'exit' }, child], undefined],
    ['may have ended just before', [{ at: 0 }, { at: 8 * SECOND, op: 'exit' }, child], 7],
    [
      'is not known of an orphan',
      [
        { at: 0, pid: 1 },
        { ...child, ppid: 1 },
      ],
      undefined,
    ],
    ['is not itself', [{ at: 9 * SECOND, pid: 8, ppid: 8 }], undefined],
    [
      'is the one that the sensor names',
      [{ at: 0, pid: 5, entityId: 'p' }, { at: 1 }, { ...child, parentEntityId: 'p' }],
      5,
    ],
    ['is that of its pid where the sensor names one unknown', [{ at: 0 }, { ...child, parentEntityId: 'q' }], 7],
  ])('%s', (_, doings, pid) => {
    expect(parentOf(...doings)).toBe(pid);
  });

  it('has children in the order of time, by host', () => {
    const table = tableOf(
      { at: 5, pid: 9, ppid: 7 },
      { at: 3, pid: 8, ppid: 7 },
      { at: 4, pid: 8, ppid: 7, host: 'g' },
    );
    expect(table.childrenOf('h', 7).map(({ pid }) => pid)).toEqual([8, 9]);
    expect(table.childrenOf('h', 8)).toEqual([]);
    expect(table.byPidOrder('h').map(({ pid }) => pid)).toEqual([8, 9]);
    expect([table.hasHost('g'), table.hasHost('i'), table.hostNames()]).toEqual([true, false, ['h', 'g']]);
  });
});

it('tells what ran something in a window, each once, in the order of time', () => {
  const table = tableOf(
    { at: 9, pid: 3 },
    { at: 5, pid: 2 },
    { at: 5 + 100_000, pid: 2 },
    { at: 4, pid: 1 },
    { at: 200_001, pid: 4 },
    { at: 6, pid: 5, host: 'g' },
  );
  const alive = (from: number, to: number) => Array.from(table.aliveAround('h', at(from), at(to)), ({ pid }) => pid);
  expect(alive(5, 200_000)).toEqual([2, 3]);
  expect(alive(4, 9)).toEqual([1, 2, 3]);
  expect(alive(10, 200_001)).toEqual([2, 4]);
});
