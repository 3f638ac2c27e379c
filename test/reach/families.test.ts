import { describe, expect, it } from 'vitest';
import type { ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import { Families } from '../../src/reach/families.ts';
import { Moments } from '../../src/reach/moments.ts';

function processOf(pid: number, ppid: number): ProcessEvent {
  const at = 1 as Micros;
  return {
    kind: 'process',
    clock: 'host',
    op: 'connect',
    format: 'x',
    ref: { source: 'host.log', line: 1, offset: 0, bytes: 1 },
    time: { at, lo: at, hi: at, raw: '', basis: 'event', zone: 'epoch', stepUs: 1 },
    pid,
    ppid,
  };
}

/** Of a connection of process 3000, begun by 2000, begun by 1000; nothing is known of who began 1000. */
function membersWith(roots: readonly number[]): ReadonlySet<number> | undefined {
  const families = new Families(new Set(roots));
  families.addPair('host.log', 1000, 900);
  families.addPair('host.log', 2000, 1000);
  families.addPair('host.log', 7000, 1000);
  families.addEvent(processOf(3000, 2000));
  families.addSeed(processOf(3000, 2000));
  return families.members().get('host.log');
}

describe('the family of a process', () => {
  it('is everybody above it, and those among whom a lost parent may be', () => {
    const members = membersWith([]);
    for (const pid of [3000, 2000, 1000, 900, 999, 600]) expect(members).toContain(pid);
    expect(members).not.toContain(7000);
    expect(members).not.toContain(2999);
  });

  it('ends at the process that starts what runs in a sandbox', () => {
    expect([...(membersWith([900]) ?? [])].sort((a, b) => a - b)).toEqual([900, 1000, 2000, 3000]);
    expect([...(membersWith([1000]) ?? [])].sort((a, b) => a - b)).toEqual([1000, 2000, 3000]);
  });
});

describe('stretches of time around what matters', () => {
  const moments = new Moments();
  moments.add('a.log', 7, 100e6);
  moments.add('b.log', 0, 100e6);
  moments.close();

  it.each([
    ['the same container just before', 'a.log', 7, 90e6, true],
    ['another container', 'a.log', 8, 90e6, false],
    ['a record that names no container', 'a.log', 0, 90e6, true],
    ['long before', 'a.log', 7, 60e6, false],
    ['long after', 'a.log', 7, 104e6, false],
    ['any container, where the record that matters names none', 'b.log', 7, 101e6, true],
    ['another log', 'c.log', 7, 100e6, false],
  ])('%s', (_, source, group, at, expected) => {
    expect(moments.holds(source, group, at)).toBe(expected);
  });
});
