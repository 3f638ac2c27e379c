import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import { lifeKey } from '../../../src/reach/keeping/deferred.ts';
import { LifeSample } from '../../../src/reach/keeping/life-sample.ts';
import { containerMark } from '../../../src/reach/moments/marks.ts';
import { Moments } from '../../../src/reach/moments/moments.ts';
import { FINDING, openRetention, recordAt } from '../open-retention.ts';

const SECONDS = 20_000;

/** Places of process records, one each second, as skimming leaves them. `records`: at each place. */
function skimmedOf(group: number, records = 1): Uint32Array {
  const places = Array.from({ length: SECONDS }, (_, second) => [second, 0, lifeKey(0, 7), second, group, records]);
  return Uint32Array.from(places.flat());
}

describe('a sample of process records', () => {
  it('tells about how many would be taken', () => {
    const sample = new LifeSample();
    const life = { group: 2, where: 'b', pid: 9 };
    sample.addSkimmed({ later: skimmedOf(1) }, 'a.log', ['a']);
    for (let second = 0; second < SECONDS; second++) sample.add({ ...life, source: 'b.log', at: second * 1e6 });
    const share = (taken: number): number => taken / SECONDS;
    expect(share(sample.estimate(() => true))).toBeCloseTo(2, 1);
    expect(share(sample.estimate(({ source }) => source === 'b.log'))).toBeCloseTo(1, 1);
    expect(share(sample.estimate(({ where, pid }) => where === 'a' && pid === 7))).toBeCloseTo(1, 1);
    expect(share(sample.estimate(({ where, pid }) => where === 'b' && pid === 9))).toBeCloseTo(1, 1);
    expect(share(sample.estimate(({ group, at }) => group === 1 && at < 5_000e6))).toBeCloseTo(0.25, 1);
    expect(sample.estimate(() => false)).toBe(0);
    // Records that follow each other at one place.
    sample.addSkimmed({ later: Uint32Array.of(0, 0, lifeKey(0, 7), 1, 3, SECONDS) }, 'c.log', ['c']);
    expect(share(sample.estimate(({ source }) => source === 'c.log'))).toBeCloseTo(1, 1);
  });
});

/** `micros`: of a violation, within its second. */
const alertAt = (second: number, micros: number): ProcessEvent => {
  const record = recordAt(second);
  const at = (record.time.at + micros) as Micros;
  return {
    ...record,
    time: { ...record.time, at, lo: at, hi: at },
    kind: 'process',
    op: 'alert',
    host: 'a',
    containerId: 'c1',
    pid: 7,
    ppid: 3,
  };
};

describe('records around violations', () => {
  const group = containerMark('c1');

  // A violation every 100 s and 51 records each second: a third of them stand near one.
  it.each([
    ['there is room', 400_000, 6_180, undefined, 32e6],
    ['there is not', 30_000, 6_180, 2e6, 2e6],
    ['there is none for a whole second', 8_000, 6_180, 500_000, 500_000],
    ['there is hardly any, and times are whole seconds', 1, 0, 1_000, 1_000],
  ])('are taken from as far before as memory allows: %s', (_, mostNear, laterEach, narrowedUs, takenUs) => {
    const { retention } = openRetention({ observe: () => FINDING, mostNear });
    const microsOf = (second: number): number => (second * laterEach) % 1e6;
    for (let second = 100; second < SECONDS; second += 100)
      retention.first(alertAt(second, microsOf(second)), { asOf: 0 });
    const { surroundings } = retention;
    surroundings.addSkimmed({ later: skimmedOf(group, 51) }, 'host.log', ['b']);
    surroundings.close();
    expect(surroundings.narrowedUs).toBe(narrowedUs);
    const moments = surroundings.momentsIn('host.log');
    const at = 1000e6 + microsOf(1000);
    expect(moments.holds(group, at)).toBe(true);
    expect(moments.holds(group, at - takenUs)).toBe(true);
    expect(moments.holds(group, at - takenUs - 1)).toBe(false);
  });

  it('are found again by the second of their place, however short that time is (property)', () => {
    const micros = fc.integer({ min: 0, max: 5e6 });
    fc.assert(
      fc.property(
        fc.array(micros, { minLength: 1, maxLength: 5 }),
        fc.array(micros, { maxLength: 40 }),
        fc.constantFrom(32e6, 1e6, 15_000, 1_000),
        (violations, records, beforeUs) => {
          const all = new Moments(String);
          for (const at of violations) all.add('a.log', group, at);
          all.close(beforeUs);
          const own = all.of('a.log');
          const beside = violations.flatMap((at) => [at, at - beforeUs, at + Math.floor((beforeUs * 3) / 32)]);
          for (const at of [...records, ...beside]) {
            if (!own.holds(group, at)) continue;
            expect(own.holdsIn(group, Math.floor(at / 1e6))).toBe(true);
          }
          for (const at of beside) expect(own.holds(group, at)).toBe(true);
        },
      ),
    );
  });
});

describe('records of the process of a violation, after it', () => {
  // Its last violation is at 1,000 s; of its pid there is a record each second before and after, and none of its container.
  it.each([
    ['there is room', 100_000, true, undefined],
    ['there is not: only while the pid cannot be given out again', 5_000, false, 32e6],
  ])('are taken: %s', (_, mostNear, isLateTaken, narrowedUs) => {
    const { retention } = openRetention({ observe: () => FINDING, mostNear });
    for (const second of [900, 1000, 950]) retention.first(alertAt(second, 0), { asOf: 0 });
    const { surroundings } = retention;
    surroundings.addSkimmed({ later: skimmedOf(containerMark('c2')) }, 'host.log', ['a']);
    surroundings.close();
    expect(surroundings.narrowedUs).toBe(narrowedUs);
    const takes = surroundings.kinOn('a');
    for (const second of [1, 1000, 1010]) expect(takes(7, second)).toBe(true);
    expect(takes(7, 1011)).toBe(isLateTaken);
    expect(takes(8, 1000)).toBe(false);
    const exit: ProcessEvent = { ...alertAt(1500, 0), op: 'exit', containerId: 'c2' };
    expect(surroundings.takes(exit)).toBe(isLateTaken);
  });
});
