import { describe, expect, it } from 'vitest';
import type { ProcessEvent } from '../../src/model/event.ts';
import { lifeKey } from '../../src/reach/deferred.ts';
import { LifeSample } from '../../src/reach/life-sample.ts';
import { containerMark } from '../../src/reach/marks.ts';
import { FINDING, openRetention, recordAt } from './open-retention.ts';

const SECONDS = 20_000;

/** Places of process records, one each second, as skimming leaves them. */
function skimmedOf(group: number): Uint32Array {
  const places = Array.from({ length: SECONDS }, (_, second) => [second, 0, lifeKey(0, 7), second, group, 1]);
  return Uint32Array.from(places.flat());
}

describe('a sample of process records', () => {
  it('tells about how many would be taken', () => {
    const sample = new LifeSample();
    sample.addSkimmed({ later: skimmedOf(1) }, 'a.log');
    for (let second = 0; second < SECONDS; second++) sample.add('b.log', 2, second);
    const share = (taken: number): number => taken / SECONDS;
    expect(share(sample.estimate(() => true))).toBeCloseTo(2, 1);
    expect(share(sample.estimate((source) => source === 'b.log'))).toBeCloseTo(1, 1);
    expect(share(sample.estimate((_, group, at) => group === 1 && at < 5_000e6))).toBeCloseTo(0.25, 1);
    expect(sample.estimate(() => false)).toBe(0);
    // Records that follow each other at one place.
    sample.add('c.log', 3, 1, SECONDS);
    expect(share(sample.estimate((source) => source === 'c.log'))).toBeCloseTo(1, 1);
  });
});

const alertAt = (second: number): ProcessEvent => ({
  ...recordAt(second),
  kind: 'process',
  op: 'alert',
  host: 'a',
  containerId: 'c1',
  pid: 7,
  ppid: 3,
});

describe('records around violations', () => {
  // A violation every 100 s, and a record each second: a third of them stand near one.
  it.each([
    ['there is room', 10_000, undefined, true],
    ['there is not', 1_000, 2_000_000, false],
    ['there is hardly any: records are known by their second', 1, 1_000_000, false],
  ])('are taken from as far before as memory allows: %s', (_, mostNear, narrowedUs, isFarTaken) => {
    const { retention } = openRetention({ observe: () => FINDING, mostNear });
    for (let second = 100; second < SECONDS; second += 100) retention.first(alertAt(second), { asOf: 0 });
    retention.addSkimmed({ later: skimmedOf(containerMark('c1')) }, 'host.log');
    retention.closeFirst();
    expect(retention.narrowedUs).toBe(narrowedUs);
    const moments = retention.momentsIn('host.log');
    expect(moments.holds(containerMark('c1'), 980e6)).toBe(isFarTaken);
    expect(moments.holds(containerMark('c1'), 999e6)).toBe(true);
  });
});
