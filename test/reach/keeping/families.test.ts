import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { PairLog } from '../../../src/core/packed/pair-log.ts';
import { PairSet } from '../../../src/core/packed/pair-set.ts';
import { ParentTable } from '../../../src/core/packed/parent-table.ts';
import { PidBits } from '../../../src/core/packed/pid-bits.ts';
import { Slabs } from '../../../src/core/packed/slabs.ts';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import { Families } from '../../../src/reach/keeping/families.ts';
import { Moments } from '../../../src/reach/moments/moments.ts';
import { timeOf } from '../../event-time.ts';

function processOf(pid: number, ppid: number): ProcessEvent {
  const at = 1 as Micros;
  return {
    kind: 'process',
    clock: 'host',
    op: 'connect',
    format: 'x',
    ref: { source: 'host.log', line: 1, offset: 0, bytes: 1 },
    time: timeOf(at),
    pid,
    ppid,
  };
}

/** Of a connection of process 3000, begun by 2000, begun by 1000; nothing is known of who began 1000. */
function membersWith(roots: readonly number[]): readonly number[] {
  const families = new Families(new Set(roots), String);
  families.addPair('host.log', 1000, 900);
  families.addPair('host.log', 2000, 1000);
  families.addPair('host.log', 7000, 1000);
  families.addEvent(processOf(3000, 2000));
  families.addSeed(processOf(3000, 2000));
  return membersOn(families, 'host.log');
}

/** Those below 10,000. */
function membersOn(families: Families, host: string): readonly number[] {
  const kin = families.members().get(host);
  return Array.from({ length: 10_000 }, (_, pid) => pid).filter((pid) => kin?.has(pid) === true);
}

describe('the family of a process', () => {
  it('is everybody above it, and those among whom a lost parent may be', () => {
    const members = membersWith([]);
    for (const pid of [3000, 2000, 1000, 900, 999, 600]) expect(members).toContain(pid);
    expect(members).not.toContain(7000);
    expect(members).not.toContain(2999);
  });

  it('is forgotten when nobody asks any more', () => {
    const families = new Families(new Set(), String);
    families.addPair('host.log', 3000, 2000);
    families.addSeed(processOf(3000, 2000));
    expect(families.members().size).toBe(1);
    families.forget();
    expect(families.members().size).toBe(0);
    families.addSeed(processOf(3000, 3000));
    expect(membersOn(families, 'host.log')).not.toContain(2000);
  });

  it('ends at the process that starts what runs in a sandbox', () => {
    expect(membersWith([900])).toEqual([900, 1000, 2000, 3000]);
    expect(membersWith([1000])).toEqual([1000, 2000, 3000]);
  });
});

/** `first,second` of each pair, in order. */
function textsOf(blocks: Iterable<Uint32Array>): readonly string[] {
  const texts: string[] = [];
  for (const block of blocks) for (let i = 0; i < block.length; i += 2) texts.push(`${block[i]},${block[i + 1]}`);
  return texts.sort();
}

function parentsIn(table: ParentTable): (pid: number) => ReadonlySet<number> {
  const others = new Map<number, Set<number>>();
  for (const block of table.others())
    for (let i = 0; i < block.length; i += 2)
      others.set(block[i] ?? 0, (others.get(block[i] ?? 0) ?? new Set()).add(block[i + 1] ?? 0));
  return (pid) => new Set([table.firstOf(pid) ?? [], ...(others.get(pid) ?? [])].flat());
}

describe('who started whom', () => {
  const pid = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(4_194_303, 4_194_304, 2 ** 32 - 1));

  it('is remembered once, whatever the pids (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(pid, pid), { maxLength: 3000 }), (pairs) => {
        const set = new PairSet();
        for (const [first, second] of pairs) set.add(first, second);
        const once = [...new Set(pairs.filter(([first]) => first > 0).map(String))].sort();
        expect(set.size).toBe(once.length);
        expect(textsOf([set.toArray()])).toEqual(once);
        set.clear();
        expect(set.toArray()).toHaveLength(0);
        set.add(7, 8);
        expect([...set.toArray()]).toEqual([7, 8]);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['few parents', 1],
    ['more of them than two bytes tell', 40_000],
  ])('is remembered with both parents of a pid: %s (property)', (_, parents) => {
    const ids = fc.oneof(pid, fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(ids, ids), { maxLength: 300 }), (pairs) => {
        const [table, set] = [new ParentTable(new Slabs()), new PairSet()];
        for (let far = 0; far < parents; far++) table.add(2_000_000, 100_000 + far);
        for (let far = 0; far < parents; far++) table.add(3_000_000 + far, 100_000 + far);
        for (const [first, second] of [...pairs, ...pairs]) for (const kept of [table, set]) kept.add(first, second);
        const parentsOf = parentsIn(table);
        for (const [first, second] of pairs) if (first > 0) expect(parentsOf(first)).toContain(second);
        const told = new Set(textsOf([set.toArray()]));
        for (const [first] of pairs)
          for (const second of parentsOf(first)) expect(told).toContain(String([first, second]));
        expect(parentsOf(2_000_000).size).toBe(parents);
        for (let far = 0; far < parents; far += 999) expect([...parentsOf(3_000_000 + far)]).toEqual([100_000 + far]);
      }),
      { numRuns: parents === 1 ? 50 : 3 },
    );
  });

  it('takes no more than four megabytes of a host where pairs can leave memory, and none is lost', () => {
    const taken: Uint32Array[] = [];
    const overflow = {
      write: (numbers: Uint32Array) => taken.push(numbers.slice()) - 1,
      read: (at: number, into: Uint32Array) => into.set(taken[at] ?? []),
    };
    const slabs = new Slabs();
    const pages = vi.spyOn(slabs, 'uint16');
    const pairs = Array.from(
      { length: 60_000 },
      (_, i) => [70 + 64 * i, (i % 3 === 0 ? 3_000_000 : 1) + 64 * i] as const,
    );
    const [table, whole] = [new ParentTable(slabs, overflow), new ParentTable(new Slabs())];
    for (const [pid, ppid] of pairs) for (const kept of [table, whole]) kept.add(pid, ppid);
    expect(pages.mock.calls.reduce((sum, [length]) => sum + 2 * length, 0)).toBe(4 * 2 ** 20);
    const [parentsOf, wholeOf] = [parentsIn(table), parentsIn(whole)];
    const lost = pairs.filter(([pid, ppid]) => [parentsOf, wholeOf].some((of) => [...of(pid)].join() !== `${ppid}`));
    expect(lost).toEqual([]);
    expect(whole.firstOf(70 + 64 * 59_999)).toBe(1 + 64 * 59_999);
    expect(table.firstOf(70 + 64 * 59_999)).toBe(undefined);
  });

  it('is the same told one by one or many at a time', () => {
    const [one, many] = [new Families(new Set(), String), new Families(new Set(), String)];
    one.addPair('a', 3000, 2000);
    one.addPair('b', 3000, 1000);
    many.addPairs(Uint32Array.of(1, 3000, 2000, 0, 3000, 1000), ['b', 'a']);
    for (const families of [one, many]) families.addSeed({ ...processOf(3000, 2000), host: 'a' });
    expect(membersOn(many, 'a')).toEqual(membersOn(one, 'a'));
    expect(membersOn(many, 'a')).not.toContain(1000);
  });

  it('is known however many were told before somebody asks', () => {
    const families = new Families(new Set(), String);
    const lives = Uint32Array.from({ length: 3 * 700_000 }, (_, i) => [0, 100 + Math.floor(i / 3), 7][i % 3] ?? 0);
    for (let time = 0; time < 3; time++) families.addPairs(lives, ['a']);
    families.addPairs(Uint32Array.of(0, 3000, 2000), ['a']);
    families.addSeed({ ...processOf(3000, 2000), host: 'a' });
    for (const pid of [3000, 2000, 7]) expect(membersOn(families, 'a')).toContain(pid);
    expect(membersOn(families, 'a')).not.toContain(3001);
  });

  it('holds for many more than the table begins with', () => {
    const set = new PairSet();
    for (let first = 1; first <= 100_000; first++) for (const second of [7, first - 1]) set.add(first, second);
    expect(set.size).toBe(199_999);
    expect(new Set(textsOf([set.toArray()])).size).toBe(199_999);
  });
});

describe('pairs that are too many for memory', () => {
  const pairs = Array.from({ length: 50_000 }, (_, i) => [1 + ((i * 7919) % 4096), Math.floor(i / 3)] as const);

  it.each([
    ['takes all', () => true, 6],
    ['takes none', () => false, 0],
    ['takes some', (nth: number) => nth % 2 === 0, 3],
  ])('are all told, the last first, where the overflow %s', (_, takes, fewest) => {
    const taken: Uint32Array[] = [];
    let asked = 0;
    const log = new PairLog({
      write: (numbers) => (takes(asked++) ? taken.push(numbers.slice()) - 1 : undefined),
      read: (at, into) => into.set(taken[at] ?? []),
    });
    for (const [first, second] of pairs) log.add(first, second);
    const told = [...log.blocks()].length;
    expect(told).toBe(7);
    expect(taken.length).toBe(fewest);
    expect(textsOf(log.blocks())).toEqual(pairs.map(String).sort());
    const [last] = log.blocks();
    expect(textsOf([last ?? new Uint32Array(0)])).toContain(String(pairs.at(-1)));
  });
});

/** What all pairs together tell: everybody above, and the neighbours of those of whose parents none left a record. */
function everybodyAbove(seeds: readonly number[], pairs: readonly Pair[], roots: ReadonlySet<number>): Set<number> {
  const parentsOf = (pid: number): readonly number[] => pairs.filter(([of]) => of === pid).map(([, ppid]) => ppid);
  const above = new Set<number>();
  const open = [...seeds];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    if (pid <= 1 || above.has(pid)) continue;
    above.add(pid);
    if (!roots.has(pid)) open.push(...parentsOf(pid));
  }
  const isKnown = (pid: number): boolean => pid > 1 && (roots.has(pid) || parentsOf(pid).length > 0);
  for (const pid of [...above])
    if (!roots.has(pid) && !parentsOf(pid).some(isKnown))
      for (let other = Math.max(2, pid - 512); other < pid; other++) above.add(other);
  return above;
}

type Pair = readonly [pid: number, ppid: number];

describe('the family of many', () => {
  const pid = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 9000 }));
  const seed = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 50 }));

  it('is everybody above them, whatever the order of the pairs, each for the last for whom it matters (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(pid, pid), { maxLength: 60 }),
        fc.array(seed, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(pid, { maxLength: 3 }),
        (pairs, seeds, roots) => {
          const told = pairs.filter(([of]) => of > 0);
          const families = new Families(new Set(roots), String);
          families.addPairs(Uint32Array.from(pairs.flatMap(([of, ppid]) => [0, of, ppid])), ['a']);
          for (const [of, second] of seeds) {
            const { ppid: _, ...event } = processOf(of, 0);
            families.addSeed({ ...event, host: 'a', time: { ...event.time, at: (second * 1e6) as Micros } });
          }
          const kin = families.members().get('a');
          const above = everybodyAbove(
            seeds.map(([of]) => of),
            told,
            new Set(roots),
          );
          expect(membersOn(families, 'a')).toEqual([...above].sort((a, b) => a - b));
          for (const [of, second] of seeds)
            for (const one of everybodyAbove([of], told, new Set(roots)))
              expect(kin?.untilOf(one)).toBeGreaterThanOrEqual(second);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('stretches of time around what matters', () => {
  const moments = new Moments(String);
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
    expect(moments.of(source).holds(group, at)).toBe(expected);
  });

  it('are told by the second as by both ends of it (property)', () => {
    const second = fc.integer({ min: 0, max: 200 });
    const group = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(group, second), { maxLength: 6 }),
        fc.array(fc.tuple(group, second), { maxLength: 40 }),
        fc.constantFrom(32e6, 1e6),
        (added, asked, beforeUs) => {
          const all = new Moments(String);
          for (const [of, at] of added) all.add('a.log', of, at * 1e6 + 700_000);
          all.close(beforeUs);
          const own = all.of('a.log');
          for (const [of, at] of asked)
            expect(own.holdsIn(of, at)).toBe(own.holds(of, at * 1e6) || own.holds(of, (at + 1) * 1e6));
        },
      ),
    );
  });
});

it('some pids are told from all others (property)', () => {
  const pid = fc.oneof(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 0, max: 2 ** 22 - 1 }));
  fc.assert(
    fc.property(fc.array(pid), fc.array(pid), (some, others) => {
      const [bits, set] = [new PidBits(some), new Set(some)];
      for (const one of [...some, ...others]) expect(bits.has(one)).toBe(set.has(one));
    }),
  );
});
