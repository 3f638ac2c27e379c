import { describe, expect, it } from 'vitest';
import type { Role } from '../../src/model/format.ts';
import { logsOf, planReading } from '../../src/reading/reading-plan.ts';
import type { Recognised } from '../../src/reading/recognising/recognise.ts';

/** A file of so many bytes, and what its format contributes; none recognises it where that is not told. */
function file(path: string, bytes: number, roles?: readonly Role[], absolute = `/n/${path}`): Recognised {
  const format = roles && { id: roles.join(), roles };
  return { input: { path, absolute, bytes, modifiedUs: 0 }, detection: { format } } as unknown as Recognised;
}

const paths = (files: readonly Recognised[]): readonly string[] => files.map(({ input }) => input.path);

describe('the order of reading', () => {
  it.each<[string, readonly Recognised[], object]>([
    [
      'keeps the shortest logs whole, as many as fit',
      [file('c.log', 60, ['flow']), file('a.log', 50, ['flow']), file('b.log', 40, ['process'])],
      { whole: ['b.log', 'a.log'], traffic: ['c.log'], hosts: [] },
    ],
    [
      'keeps one that fills the room to the last byte',
      [file('a.log', 100, ['flow'])],
      { whole: ['a.log'], traffic: [], hosts: [] },
    ],
    [
      'goes by the path where two are as long',
      [file('b.log', 60, ['flow']), file('a.log', 60, ['flow'])],
      { whole: ['a.log'], traffic: ['b.log'], hosts: [] },
    ],
    [
      'keeps traces, leases, inventories and metrics whole, however long',
      [
        file('t', 900, ['tool-call', 'episode']),
        file('l', 901, ['lease']),
        file('i', 902, ['inventory']),
        file('g', 903, ['gpu']),
        file('m', 904, ['lease', 'process']),
      ],
      { whole: ['t', 'l', 'i', 'g'], traffic: [], hosts: ['m'] },
    ],
    [
      'keeps what nobody recognises, and standard input, which cannot be read again',
      [file('odd', 900), file('-', 901, ['flow'], '-')],
      { whole: ['odd', '-'], traffic: [], hosts: [] },
    ],
    [
      'reads traffic before what explains it: processes, and translations but those of firewalls',
      [
        file('eve', 200, ['violation', 'flow']),
        file('audit', 201, ['process', 'socket']),
        file('conntrack', 202, ['nat', 'flow']),
        file('firewall', 203, ['violation', 'nat']),
      ],
      { whole: [], traffic: ['eve', 'firewall'], hosts: ['audit', 'conntrack'] },
    ],
    [
      'reads hosts first whose sensors rule on what they see',
      [file('audit', 200, ['process']), file('falco', 300, ['process', 'violation']), file('ps', 400, ['process'])],
      { whole: [], traffic: [], hosts: ['falco', 'audit', 'ps'] },
    ],
    [
      'takes the pieces of a rotated log together, the oldest first',
      [file('eve.log', 40, ['flow']), file('eve.log.1', 70, ['flow']), file('b.log', 100, ['flow'])],
      { whole: ['b.log'], traffic: ['eve.log.1', 'eve.log'], hosts: [] },
    ],
  ])('%s', (_, files, expected) => {
    const { whole, traffic, hosts } = planReading(files, 100);
    expect({ whole: paths(whole), traffic: paths(traffic), hosts: paths(hosts) }).toEqual(expected);
  });

  it('names a log by its newest piece', () => {
    const logOf = logsOf([file('eve.log', 40, ['flow']), file('eve.log.1', 70, ['flow']), file('b.log', 1, ['flow'])]);
    expect(['eve.log.1', 'eve.log', 'b.log', 'other'].map(logOf)).toEqual(['eve.log', 'eve.log', 'b.log', 'other']);
  });
});
