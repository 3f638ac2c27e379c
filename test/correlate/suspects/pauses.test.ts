import { describe, expect, it } from 'vitest';
import { openPauses, type PauseBefore } from '../../../src/correlate/suspects/pauses.ts';

const SECOND = 1_000_000;
const flow = (second: number, srcPort = 1, { srcIp = '10.66.1.5', dstIp = '203.0.113.9', dstPort = 3333 } = {}) =>
  ({
    tuples: [{ transport: 'tcp', srcIp, srcPort, dstIp, dstPort }],
    host: 'train-01',
    begun: second * SECOND,
    windowUs: 0,
    dstPort,
    domains: new Set<string>(),
  }) as unknown as Parameters<PauseBefore>[0];

/** After each flow: the second of the last one before the pause. */
function pauses(flows: readonly Parameters<PauseBefore>[0][]): readonly (number | undefined)[] {
  const pauseBefore = openPauses();
  return flows.map((one) => {
    const at = pauseBefore(one);
    return at === undefined ? undefined : at / SECOND;
  });
}

describe('a pause in flows from one source to one far end', () => {
  it.each<[string, readonly number[], readonly (number | undefined)[]]>([
    ['is none while they go on', [0, 20, 41, 60], [undefined, undefined, undefined, undefined]],
    ['is told from then on', [0, 20, 41, 300, 320], [undefined, undefined, undefined, 41, 41]],
    ['is none at a slow pace', [0, 70, 140, 400], [undefined, undefined, undefined, undefined]],
    ['is none below a minute', [0, 1, 2, 50], [undefined, undefined, undefined, undefined]],
    ['is none of a minute', [0, 1, 2, 62], [undefined, undefined, undefined, undefined]],
    ['is told sooner at an even pace', [0, 2, 4, 6.5, 19, 21], [undefined, undefined, undefined, undefined, 6.5, 6.5]],
    [
      'is none of an even pace below ten seconds',
      [0, 1, 2, 3, 13],
      [undefined, undefined, undefined, undefined, undefined],
    ],
    [
      'is none of an even pace that grows slower',
      [0, 3, 6, 9, 20],
      [undefined, undefined, undefined, undefined, undefined],
    ],
    ['is none at an uneven pace', [0, 2, 4, 7.5, 50], [undefined, undefined, undefined, undefined, undefined]],
    ['is none before the pace is known', [0, 20, 300], [undefined, undefined, undefined]],
    ['gives way to the next', [0, 1, 2, 100, 101, 102, 300], [undefined, undefined, undefined, 2, 2, 2, 102]],
    [
      'is held against the pace since the one before it',
      [0, 20, 40, 400, 405, 410, 480],
      [undefined, undefined, undefined, 40, 40, 40, 410],
    ],
    [
      'is none before the pace since the one before it is known',
      [0, 20, 40, 400, 405, 480],
      [undefined, undefined, undefined, 40, 40, 40],
    ],
  ])('%s', (_, seconds, expected) => expect(pauses(seconds.map((second) => flow(second)))).toEqual(expected));

  it.each([
    ['another source', { srcIp: '10.66.1.6' }],
    ['another far end', { dstIp: '203.0.113.8' }],
    ['another service', { dstPort: 443 }],
  ])('is not that of %s', (_, other) =>
    expect(pauses([flow(0), flow(1), flow(2), flow(300, 1, other)]).at(-1)).toBeUndefined(),
  );

  it('begins when the last of them may have ended', () => {
    const long = { ...flow(2), windowUs: 50 * SECOND };
    expect(pauses([flow(0), flow(1), long, flow(100)]).at(-1)).toBeUndefined();
    expect(pauses([flow(0), flow(1), long, flow(260)]).at(-1)).toBe(52);
  });

  it('is not told where several senders are meant', () => {
    const two = (second: number) => {
      const one = flow(second);
      return { ...one, tuples: [...one.tuples, ...one.tuples] };
    };
    expect(pauses([two(0), two(1), two(2), two(300)]).at(-1)).toBeUndefined();
  });

  it('is that of a name where no address is known', () => {
    const named = (second: number, name: string) => ({ ...flow(second, 1, { dstIp: '' }), domains: new Set([name]) });
    const before = [0, 1, 2].map((second) => named(second, 'a.example'));
    expect(pauses([...before, named(300, 'a.example')]).at(-1)).toBe(2);
    expect(pauses([...before, named(300, 'b.example')]).at(-1)).toBeUndefined();
  });

  it('is not told where the source is not known', () => {
    const unknown = (second: number) => flow(second, 1, { srcIp: '' });
    expect(pauses([unknown(0), unknown(1), unknown(2), unknown(300)]).at(-1)).toBeUndefined();
  });
});
