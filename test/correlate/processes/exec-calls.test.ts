import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import type { EpisodeTable } from '../../../src/correlate/episodes/episodes.ts';
import type { Born } from '../../../src/correlate/processes/born.ts';
import { openExecCalls } from '../../../src/correlate/processes/exec-calls.ts';
import type { Process } from '../../../src/correlate/processes/process.ts';

const SECOND = 1_000_000;

interface Doing extends Partial<Omit<Call, 'start' | 'end'>> {
  /** Seconds; undefined for a time that is not known. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** A call of `curl x` from second 10 to 12 in sandbox s on host h. */
const call = (key: string, { start, end, ...facts }: Doing = {}, times = { start: 10, end: 12 }): Call => {
  const at = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * SECOND);
  return {
    key,
    sandboxId: 's',
    host: 'h',
    command: 'curl x',
    executed: true,
    truncated: false,
    background: false,
    timing: 'recorded',
    earlyUs: 0,
    lateUs: 0,
    start: at(start ?? times.start),
    end: at(end ?? times.end),
    ...facts,
  } as unknown as Call;
};

interface Asked {
  /** What the process ran first; undefined where no exec of it is on record. */
  readonly ran?: string | undefined;
  /** A sensor that tells the program alone. */
  readonly isBare?: boolean;
  /** When it began, seconds. */
  readonly at?: number;
  readonly process?: Partial<Process>;
  readonly isStarter?: boolean;
}

function ask(calls: readonly Call[], { ran, isBare, at = 10, process }: Asked) {
  const starts = calls.flatMap(({ start }) => start ?? []);
  const extent = {
    from: Math.min(...starts),
    to: Math.max(...calls.map(({ start, end }) => end ?? start ?? -Infinity)),
    hosts: [...new Set(calls.map(({ host }) => host ?? ''))],
    sandboxes: [...new Set(calls.map(({ sandboxId }) => sandboxId))],
  };
  const episode = { calls: { extent, all: calls, passing: () => calls } };
  const episodes = { episodes: new Map([['e', episode]]) } as unknown as EpisodeTable;
  const moment = (at * SECOND) as Born['from'];
  const args = isBare ? undefined : ran?.split(' ');
  const top = {
    host: 'h',
    pid: 7,
    first: moment,
    seenTo: 'begin',
    execs: ran === undefined ? [] : [{ text: ran, args }],
    ...process,
  } as unknown as Process;
  return { top, execCalls: openExecCalls(episodes, () => ({ from: moment, to: moment })) };
}

/** The call that started a process of a sandbox, how it is known, and which others fit as well. */
function callOf(calls: readonly Call[], asked: Asked, sandboxId: string | undefined = 's') {
  const { top, execCalls } = ask(calls, asked);
  const found = execCalls.callOf(top, sandboxId, asked.isStarter);
  return found && [found.by, found.call.key, ...found.rivals.map(({ key }) => key)].join(' ');
}

const A = call('a');
/** Another one, which ran all the time. */
const LONG = call('long', { command: 'ls' }, { start: 1, end: 30 });
const curl: Asked = { ran: 'curl x' };

describe('a process is of a call by what it ran', () => {
  it.each<[string, readonly Call[], Asked, string | undefined]>([
    ['its command', [A], curl, 'argv a'],
    [
      'given to a shell',
      [A],
      { ran: 'sh -c curl x', process: { execs: [{ text: 'sh -c curl x', args: ['sh', '-c', 'curl x'] }] as never } },
      'argv a',
    ],
    ['as a record says that is no exec', [A], { process: { said: { text: 'curl x', args: ['curl', 'x'] } } }, 'argv a'],
    ['a part of it', [call('a', { command: 'cd /tmp; curl x | sh' })], curl, 'argv-part a'],
    [
      'rather all than a part',
      [call('a', { command: 'ls; curl x' }), call('b', {}, { start: 11, end: 12 })],
      curl,
      'argv b',
    ],
    [
      'not a part by the program alone',
      [call('a', { command: 'cd /tmp; curl x | sh' })],
      { ran: 'curl', isBare: true },
      'time a',
    ],
    [
      'not where it ran in another sandbox',
      [call('a', { sandboxId: 't' }), call('b', { command: 'ls' })],
      curl,
      undefined,
    ],
    ['of its host, where another has a sandbox of that name', [call('b', { host: 'i' }), A], curl, 'argv a'],
    ['of any host where none has the name of its own', [call('b', { host: 'i' })], curl, 'argv b'],
    ['nor where it never ran', [call('a', { executed: false })], curl, undefined],
    ['a second and a half before it', [A], { ...curl, at: 8.5 }, 'argv a'],
    ['no longer before', [A, LONG], { ...curl, at: 8.499999 }, undefined],
    ['a second and a half behind its end', [A], { ...curl, at: 13.5 }, 'argv a'],
    ['no longer behind', [A, LONG], { ...curl, at: 13.500001 }, undefined],
    [
      'earlier by what its clock is off',
      [call('a', { earlyUs: SECOND }), call('b', { command: 'ls' }, { start: 1, end: 30 })],
      { ...curl, at: 7.5 },
      'argv a',
    ],
    [
      'later by what its clock is off',
      [call('a', { lateUs: SECOND }), call('b', { command: 'ls' }, { start: 1, end: 30 })],
      { ...curl, at: 14.5 },
      'argv a',
    ],
  ])('%s', (_, calls, asked, expected) => {
    expect(callOf(calls, asked)).toBe(expected);
  });

  it('whenever it was, where the call has no time', () => {
    const of = (facts: object, at: number) => callOf([{ ...A, ...facts }, LONG], { ...curl, at });
    const [start, end] = [undefined, undefined];
    expect(of({ start, end }, 25)).toBe('argv a');
    expect([of({ start }, 2), of({ start }, 13.5), of({ start }, 13.6)]).toEqual(['argv a', 'argv a', undefined]);
    expect([of({ end }, 8.4), of({ end }, 8.5), of({ end }, 25)]).toEqual([undefined, 'argv a', 'argv a']);
  });

  it('of any sandbox of its host, where its own is not known', () => {
    const calls = [call('a', { sandboxId: 't' }), call('b', { host: 'other' })];
    const { top, execCalls } = ask(calls, curl);
    expect(execCalls.callOf(top, undefined)).toMatchObject({ call: { key: 'a' }, rivals: [] });
  });

  it.each<[string, readonly Call[], Asked, string]>([
    ['the nearest', [A, call('b', {}, { start: 9, end: 12 })], curl, 'argv a'],
    ['the first of equals', [A, call('b')], curl, 'argv a b'],
    [
      'with those that are as near by a tenth of a second',
      [A, call('b', {}, { start: 10.1, end: 12 })],
      curl,
      'argv a b',
    ],
    ['not those that are further', [A, call('b', {}, { start: 10.100001, end: 12 })], curl, 'argv a'],
    [
      'those further by what its clock is off',
      [call('a', { earlyUs: SECOND }), call('b', {}, { start: 11.1, end: 12 })],
      curl,
      'argv a b',
    ],
    [
      'by how far it is outside of a time that is borrowed',
      [call('a', { timing: 'inferred' }, { start: 2, end: 9 }), call('b', {}, { start: 8.5, end: 12 })],
      curl,
      'argv a',
    ],
  ])('%s of several', (_, calls, asked, expected) => {
    expect(callOf(calls, asked)).toBe(expected);
  });
});

describe('a process is of the one call that ran as it began', () => {
  const unknown: Asked = { ran: undefined };
  it.each<[string, readonly Call[], Asked, string | undefined]>([
    ['where nothing is known of what it ran', [A], unknown, 'time a'],
    ['where its program stands in the command', [A], { process: { comm: 'curl' } }, 'time a'],
    ['not where it runs another', [A], { process: { comm: 'nc' } }, undefined],
    ['nor where its arguments are others', [A], { ran: 'curl y' }, undefined],
    ['where the call tells no command', [call('a', { command: undefined } as Doing)], { ran: 'curl y' }, 'time a'],
    ['up to its end', [A], { at: 12 }, 'time a'],
    ['not behind it', [A], { at: 12.000001 }, undefined],
    ['nor before it', [A], { at: 9.999999 }, undefined],
    ['before it by what its clock is off', [call('a', { earlyUs: 1 })], { at: 9.999999 }, 'time a'],
    ['behind it by what its clock is off', [call('a', { lateUs: 1 })], { at: 12.000001 }, 'time a'],
    ['not by a time that is borrowed', [call('a', { timing: 'inferred' })], unknown, undefined],
    ['not where two ran', [A, call('b')], unknown, undefined],
    ['where another was near', [A, call('b', {}, { start: 10.5, end: 12 })], unknown, 'time a'],
    ['not where it was first seen with an open socket', [A], { process: { seenTo: 'hold' } }, undefined],
    [
      'not where an earlier call may have left it',
      [A, call('b', { background: true }, { start: 2, end: 3 })],
      unknown,
      undefined,
    ],
    [
      'but where the starter of calls was seen to start it',
      [A, call('b', { background: true }, { start: 2, end: 3 })],
      { isStarter: true },
      'time a',
    ],
    ['or the call itself left something running', [call('a', { background: true })], unknown, 'time a'],
    ['or the other began later', [A, call('b', { background: true }, { start: 11, end: 12 })], unknown, 'time a'],
    [
      'or ran in another sandbox',
      [A, call('b', { background: true, sandboxId: 't' }, { start: 2, end: 3 })],
      unknown,
      'time a',
    ],
    ['or never ran', [A, call('b', { background: true, executed: false }, { start: 2, end: 3 })], unknown, 'time a'],
  ])('%s', (_, calls, asked, expected) => {
    expect(callOf(calls, asked)).toBe(expected);
  });

  it('but not of a host, of which more may be unknown', () => {
    const { top, execCalls } = ask([A], unknown);
    expect(execCalls.callOf(top, undefined)).toBeUndefined();
  });
});

describe('a process of a host may be of a call', () => {
  const mayFit = (asked: Asked, calls = [call('a', { sandboxId: 't' })]): boolean => {
    const { top, execCalls } = ask(calls, asked);
    return execCalls.mayFit(top);
  };

  it('whose command it ran, or whose program where no more is told', () => {
    expect([mayFit(curl), mayFit({ ran: 'curl', isBare: true })]).toEqual([true, true]);
  });

  it.each<[string, Asked, (readonly Call[])?]>([
    ['that ran another program', { ran: 'nc', isBare: true }],
    ['with other arguments', { ran: 'curl y' }],
    ['where nothing is known of what it ran', {}],
    ['on another host', { ran: 'curl', isBare: true }, [call('a', { host: 'other' })]],
    ['without a command', { ran: 'curl', isBare: true }, [call('a', { command: undefined } as Doing)]],
  ])('not %s', (_, asked, calls) => {
    expect(mayFit(asked, calls as Call[] | undefined)).toBe(false);
  });
});
