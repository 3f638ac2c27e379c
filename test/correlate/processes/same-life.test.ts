import { expect, it } from 'vitest';
import type { Process } from '../../../src/correlate/processes/process.ts';
import { sameLife } from '../../../src/correlate/processes/same-life.ts';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Timed } from '../../../src/model/timed.ts';

const MS = 1000;
const SECOND = 1_000_000;

interface Seen {
  /** Of the life: what it ran last, and when it ended; it began at 0 and ran that then. */
  readonly ran?: string;
  readonly exited?: number;
  readonly ppid?: number;
  readonly entityId?: string;
  /** Of the record. */
  readonly op?: ProcessEvent['op'];
  readonly at?: number;
  readonly errorUs?: number;
  readonly args?: readonly string[];
  readonly commandLine?: string;
  readonly exe?: string;
  readonly comm?: string;
  readonly newPpid?: number;
  readonly newEntityId?: string;
}

function isSame({ ran = 'sh -c "cd x; curl -s y"', exited, ppid, entityId, ...record }: Seen): boolean {
  const { op = 'exec', at = 20 * SECOND, errorUs = 0, newPpid, newEntityId, ...program } = record;
  const life = {
    first: 0,
    ppid,
    exited,
    entityId,
    execs: ran === '' ? [] : [{ text: ran, at: 0 }],
  } as unknown as Process;
  const event = { kind: 'process', op, entityId: newEntityId, ...program };
  return sameLife(life, { event, at, errorUs } as unknown as Timed<ProcessEvent>, newPpid);
}

it.each<[string, Seen, boolean]>([
  ['with the same entity id at an exec', { entityId: 'a', newEntityId: 'a', ppid: 5, newPpid: 6 }, true],
  ['not with another', { entityId: 'a', newEntityId: 'b', args: ['curl', '-s', 'y'] }, false],
  ['where one of them names none', { entityId: 'a', args: ['curl', '-s', 'y'] }, true],
  ['where another entity id connects', { entityId: 'a', newEntityId: 'b', op: 'connect' }, true],
  ['at a fork of its first moment', { op: 'fork', at: 999 }, true],
  ['not at a later fork', { op: 'fork', at: 1000 }, false],
  ['not under another parent', { ppid: 5, newPpid: 6, op: 'connect' }, false],
  ['where its parent is gone', { ppid: 5, newPpid: 1, op: 'connect' }, true],
  ['where its parent was not known', { newPpid: 6, op: 'connect' }, true],
  ['whatever else it does', { op: 'connect', exited: SECOND }, true],
  ['at an exec that is told just behind its exit', { exited: 20 * SECOND - 2 * MS + 1, comm: 'nc' }, true],
  ['not at one after its exit', { exited: 20 * SECOND - 2 * MS, ran: 'nc', comm: 'nc' }, false],
  ['at its first exec', { ran: '', comm: 'nc' }, true],
  ['at an exec within ten seconds', { at: 10 * SECOND - 1, comm: 'nc' }, true],
  ['not at a later one of another program', { at: 10 * SECOND, comm: 'nc' }, false],
  ['within ten seconds as far as its clock tells', { at: 11 * SECOND - 1, errorUs: SECOND, comm: 'nc' }, true],
  ['not beyond', { at: 11 * SECOND, errorUs: SECOND, comm: 'nc' }, false],
  ['where a shell runs what its command names', { args: ['/usr/bin/curl', '-s', 'y'] }, true],
  ['not where it names other arguments', { args: ['curl', '-s', 'z'] }, false],
  ['by its command line', { commandLine: 'curl -s y' }, true],
  ['by another command line', { commandLine: 'curl -s z', exe: '/usr/bin/curl' }, false],
  ['by its program', { exe: '/usr/bin/curl', comm: 'nc' }, true],
  ['by its name', { comm: 'curl' }, true],
  ['where nothing is told of what it runs', {}, true],
  ['where it runs the same again', { ran: 'curl -s y', args: ['curl', '-s', 'y'] }, true],
  [
    'not where the program runs again with other arguments',
    { ran: 'python3 a.py b.py', args: ['python3', 'a.py', 'c.py'] },
    false,
  ],
  ['nor with some of them in another place', { ran: 'python3 a.py -v b.py', args: ['python3', 'a.py', 'b.py'] }, false],
  ['where it runs again with the first of them', { ran: 'python3 a.py b.py', args: ['python3', 'a.py'] }, true],
])('a process lives on %s: %j', (_, seen, expected) => {
  expect(isSame(seen)).toBe(expected);
});
