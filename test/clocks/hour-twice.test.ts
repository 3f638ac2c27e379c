import { expect, it } from 'vitest';
import { HourTwice } from '../../src/clocks/hour-twice.ts';
import type { Event } from '../../src/model/event.ts';

interface Said {
  readonly zone?: string;
  readonly basis?: string;
  readonly source?: string;
}

/** What is said of a log with these stamps (hours and minutes of a day), a line each. */
function told(stamps: readonly string[], { zone = 'assumed', basis = 'packet', source = 'fast.log' }: Said = {}) {
  const twice = new HourTwice();
  for (const [i, stamp] of stamps.entries()) {
    const at = Date.parse(`2026-10-25T${stamp}:00Z`) * 1000;
    twice.see({ time: { at, zone, basis }, ref: { source, line: i + 1 } } as unknown as Event, source);
  }
  return twice.problems().map(({ code, message }) => [code, message.slice(0, 75)]);
}

const BACK = ['02:40', '02:58', '02:01', '02:12', '02:15', '03:30'];
const SAID = [['hour-twice', 'fast.log: stamps that name no zone go back by 57 min at line 3; where summe']];

it.each([
  ['the hour that comes twice', BACK, {}, SAID],
  [
    'it, written a little out of order',
    ['02:58', '02:50', '02:01', '02:00', '02:15'],
    {},
    [['hour-twice', SAID[0]?.[1]]],
  ],
  ['stamps that name their zone', BACK, { zone: 'explicit' }, []],
  ['beginnings, written at the end', BACK, { basis: 'flow-start' }, []],
  ['the hour that is missing', ['01:50', '01:58', '03:01', '03:12', '03:15'], {}, []],
  ['two records that are late', ['02:40', '02:58', '02:01', '02:12', '02:59', '03:30'], {}, []],
  ['records that are some minutes late', ['02:40', '02:58', '02:41', '02:42', '02:43'], {}, []],
  ['a clock that was put right by hours', ['12:40', '12:58', '02:01', '02:12', '02:15'], {}, []],
])('tells of %s only what is so', (_, stamps, how, expected) => {
  expect(told(stamps, how)).toEqual(expected);
});

it('begins anew with another kind of records of the same log', () => {
  const twice = new HourTwice();
  const see = (stamp: string, line: number): void => {
    const time = { at: Date.parse(`2026-10-25T${stamp}:00Z`) * 1000, zone: 'assumed', basis: 'packet' };
    twice.see({ time, ref: { source: 'a', line } } as unknown as Event, 'a');
  };
  for (const [i, stamp] of ['02:40', '03:00'].entries()) see(stamp, 10 + i);
  for (const [i, stamp] of ['02:01', '02:02', '02:03', '02:04'].entries()) see(stamp, 1 + i);
  expect(twice.problems()).toEqual([]);
});
