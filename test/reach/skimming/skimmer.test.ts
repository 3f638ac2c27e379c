import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { micros } from '../../../src/core/time/time.ts';
import type { Glance, Look, TrafficGlance } from '../../../src/model/format.ts';
import { leftOf } from '../../../src/model/skimmed.ts';
import { Deferred, hostOf, isLifeKey, lifeKey, pidOf } from '../../../src/reach/keeping/deferred.ts';
import { LEFT, LIFE, READ } from '../../../src/reach/moments/answer.ts';
import type { Place } from '../../../src/reach/moments/places.ts';
import { Skimmer } from '../../../src/reach/skimming/skimmer.ts';
import { Spill } from '../../../src/sources/bytes/spill.ts';
import { createFramer } from '../../../src/sources/cutting/frame.ts';

const traffic: TrafficGlance = {
  kind: 'traffic',
  key: '',
  clientIp: '10.0.0.1',
  port: 40_000,
  natPort: 0,
  url: undefined,
  userAgent: undefined,
};

/** Lines that begin so are left, for good or for later; others are no plain lines or must be read. */
const look: Look = (line) => {
  if (line.startsWith('skip') || line.startsWith('later')) return { ...traffic, key: line };
  if (!line.startsWith('life')) return undefined;
  return {
    kind: 'life',
    host: line.slice(5, 7),
    pid: line.length,
    ppid: 1,
    at: line.endsWith('?') ? 0 : 1e6,
  } as Glance;
};

function answer(glance: Glance): number {
  if (glance.kind === 'life') return LIFE;
  return glance.kind === 'traffic' && glance.key.startsWith('later') ? 7 : glance.kind === 'traffic' ? LEFT : READ;
}

/** Of whom the line is, where it is about a process. */
function lifeOf(key: number) {
  return isLifeKey(key) ? { host: hostOf(key), pid: pidOf(key) } : undefined;
}

const isLeft = (line: string): boolean => /^(?:skip|later|life)/.test(line);

/** Cuts the text as given, skims each piece, and adds up what was left. */
function skimmed(bytes: Buffer, cuts: readonly number[]) {
  const skimmer = new Skimmer(look, answer);
  const deferred = new Deferred({ most: 16_384 });
  let left = 0;
  const framer = createFramer('x', 'lines', {
    onLeft: (chunk, base) => {
      left += leftOf(chunk);
      deferred.addSkimmed(chunk, base);
    },
  });
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  let from = 0;
  let chunks = 0;
  const records = ends.flatMap((end) => {
    const chunk = bytes.subarray(from, end);
    from = end;
    const isFirst = chunks++ === 0;
    return [...framer.push(chunk, skimmer.skim({ chunk, isFirst }))];
  });
  return { records: [...records, ...framer.end()], left, places: [...deferred.places()], hosts: deferred.hosts };
}

const line = fc
  .tuple(fc.constantFrom('skip', 'later', 'life a1', 'life b2', 'read', 'müll'), fc.stringMatching(/^[a-z€ ]{0,8}$/))
  .map(([word, rest]) => `${word} ${rest}`);

describe('lines that are skimmed', () => {
  it('are all read, left or deferred, once and where they stand, however the file is cut (property)', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat()), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const all = createFramer('x', 'lines').push(bytes);
        const { records, left, places } = skimmed(bytes, cuts);
        const read = new Set(records.map(({ ref }) => ref.line));
        expect(records).toEqual(all.filter(({ ref }) => read.has(ref.line)));
        expect(records.length + left).toBe(all.length);
        // What must be read is; the first line always is.
        for (const { text, ref } of all) if (!isLeft(text) || ref.line === 1) expect(read).toContain(ref.line);
        const deferrable = all.filter(({ text, ref }) => /^l/.test(text) && !read.has(ref.line));
        const found = places.flatMap(({ line: at, lines: count }) => Array.from({ length: count }, (__, i) => at + i));
        expect(found).toEqual(deferrable.map(({ ref }) => ref.line));
        for (const { line: at, offset } of places)
          expect(all.find(({ ref }) => ref.line === at)?.ref.offset).toBe(offset);
      }),
    );
  });

  it('are one place where they are next to each other and of one process and second', () => {
    const bytes = Buffer.from('first\nlife a1 xx\nlife a1 yy\nlife a1 z\nskip\nlife a1 z\n');
    const { places } = skimmed(bytes, []);
    expect(places.map(({ line: at, lines: count }) => [at, count])).toEqual([
      [2, 2],
      [4, 1],
      [6, 1],
    ]);
  });

  it('are deferred under the process they are about, by host', () => {
    const bytes = Buffer.from('first\nlife a1 x\nlife b2\nlife a1\nskip\nlater\n');
    const { places, hosts } = skimmed(bytes, []);
    expect(hosts).toEqual(['a1', 'b2']);
    expect(places.map(({ key }) => lifeOf(key) ?? key)).toEqual([
      { host: 0, pid: 9 },
      { host: 1, pid: 7 },
      { host: 0, pid: 7 },
      7,
    ]);
  });
});

describe('places of lines', () => {
  const place = (n: number): Place => ({
    line: n,
    offset: n * 3e9,
    lines: 1 + (n % 65_535),
    key: lifeKey(n % 500, 4_194_303),
    mark: n,
    group: 2 ** 32 - n,
  });

  it('are to be read in any case where their time is none', () => {
    const skim = (line: string) =>
      new Skimmer(look, answer).skim({ chunk: Buffer.from(`x\n${line}\n`), isFirst: true });
    expect(leftOf(skim('life of one'))).toBe(1);
    expect(leftOf(skim('life of one?'))).toBe(0);
  });

  it('come back as they were, beyond 4 GiB and the largest pid', () => {
    const deferred = new Deferred({ most: 100_000 });
    const places = Array.from({ length: 40_000 }, (_, n) => place(n + 1));
    for (const each of places) deferred.add(each);
    expect([...deferred.places()]).toEqual(places);
    expect(lifeOf(place(7).key)).toEqual({ host: 7, pid: 4_194_303 });
  });

  it('are to be read in any case where the pid is none that Linux gives', () => {
    const deferred = new Deferred({ most: 16_384 });
    const life = { kind: 'life', host: 'a', ppid: 1, at: micros(5e6) } as const;
    deferred.addLife({ line: 1, offset: 0 }, { ...life, pid: 4_194_304 });
    deferred.addLife({ line: 2, offset: 9 }, { ...life, pid: 7 });
    expect([...deferred.places()].map(({ key }) => lifeOf(key) ?? key)).toEqual([0, { host: 0, pid: 7 }]);
  });

  it('of stretches fall in with those of lines that were read, whatever numbers the hosts have in each', () => {
    const deferred = new Deferred({ most: 100_000 });
    const [count, base] = [4_000, 5e9];
    const expected: [line: number, offset: number, host: string | undefined][] = [];
    for (let stretch = 0; stretch < 4; stretch++) {
      const hosts = stretch % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'a', 'b'];
      const first = stretch * 3 * count;
      // Every third line was read.
      const left = Array.from({ length: 2 * count }, (_, n) => Math.floor((n * 3) / 2));
      const later = Uint32Array.from(left.flatMap((n) => [n, 10 + n, lifeKey(n % 3, 7), n, n, 1]));
      const [lines, none] = [3 * count, new Uint32Array(0)];
      const [read, lives, counted] = [none, none, none];
      const at = { line: first, offset: base + first };
      deferred.addSkimmed(
        { from: 10, to: 10 + lines, lines, read, later, counted, lives, hosts, lastLeft: undefined },
        at,
      );
      for (let n = 2; n < lines; n += 3) {
        if (n % 2 === 0)
          deferred.add({ line: first + n, offset: base + first + n, lines: 1, key: 7, mark: 0, group: 0 });
      }
      for (let n = 0; n < lines; n++)
        if (n % 3 < 2 || n % 2 === 0)
          expected.push([first + n, base + first + n, n % 3 < 2 ? hosts[n % 3] : undefined]);
    }
    const places = [...deferred.places()].map(({ line, offset, key }) => {
      const life = lifeOf(key);
      return [line, offset, life === undefined ? undefined : deferred.hosts[life.host]];
    });
    expect(places).toEqual(expected);
  });

  it('of the last stretch are counted before anyone asks, with their hosts', () => {
    const none = new Uint32Array(0);
    const later = Uint32Array.from([0, 0, lifeKey(0, 7), 1, 1, 1]);
    const stretch = { from: 0, to: 10, lines: 1, read: none, later, counted: none, lives: none, hosts: ['a'] };
    const of = (most: number): Deferred => {
      const deferred = new Deferred({ most });
      deferred.addSkimmed({ ...stretch, lastLeft: undefined }, { line: 1, offset: 0 });
      return deferred;
    };
    expect(of(16_384).hosts).toEqual(['a']);
    expect(of(16_384).held).toBe(16_384);
    expect(of(0).isFull).toBe(true);
  });

  it('are left out where they are not wanted when their turn comes', () => {
    const deferred = new Deferred({ most: 16_384 });
    for (let n = 1; n <= 4; n++) deferred.add(place(n));
    const seen: number[] = [];
    for (const { mark } of deferred.places((_, m) => m % 2 === 0 && seen.length === 0)) seen.push(mark);
    expect(seen).toEqual([2]);
  });

  it('come back in their order where memory has no room for them', () => {
    const spill = new Spill();
    const [first, second] = [0, 1].map(() => new Deferred({ most: 0, overflow: spill }));
    const places = Array.from({ length: 50_000 }, (_, n) => place(n + 1));
    for (const each of places) {
      first?.add(each);
      if (each.line % 3 === 0) second?.add(each);
    }
    expect(first?.held).toBe(0);
    expect([...(first?.places() ?? [])]).toEqual(places);
    expect([...(second?.places((_, mark) => mark > 40_000) ?? [])]).toEqual(
      places.filter(({ line }) => line % 3 === 0 && line > 40_000),
    );
    spill.close();
  });

  it.each([
    ['nothing takes them', {}],
    ['the overflow has no room', { overflow: new Spill('/dev/null/none') }],
  ])('are given up, not cut short, when there are more than fit and %s', (_, room) => {
    const deferred = new Deferred({ most: 16_384, ...room });
    for (let n = 1; n <= 16_384; n++) deferred.add(place(n));
    expect([deferred.isFull, deferred.held]).toEqual([false, 16_384]);
    for (let n = 1; n <= 20_000; n++) deferred.add(place(n));
    expect([deferred.isFull, deferred.held]).toEqual([true, 0]);
    expect([...deferred.places()]).toEqual([]);
  });
});
