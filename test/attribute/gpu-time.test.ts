import { describe, expect, it } from 'vitest';
import { type GpuQuestion, gpuTimeOf } from '../../src/attribute/gpu-time.ts';
import type { MetricEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Timed } from '../../src/model/timed.ts';
import { timeOf } from '../event-time.ts';

const MINUTE = 60_000_000;
const START = 1_766_038_870_000_000;
const question: GpuQuestion = {
  start: START as Micros,
  end: (START + 60 * MINUTE) as Micros,
  host: 'train-01',
  pids: new Set([4312]),
  containers: new Set(['pod-7']),
};

type Facts = Partial<Pick<MetricEvent, 'device' | 'pid' | 'pod' | 'name' | 'format' | 'unit'>> & { host?: string };

/** One sample a minute: `loads[i]` stands `i + from` minutes from the start of the call. */
function card(loads: readonly number[], from: number, facts: Facts = {}): Timed<MetricEvent>[] {
  const { host = 'train-01', ...own } = facts;
  return loads.map((value, i) => {
    const at = (START + (from + i) * MINUTE) as Micros;
    return {
      at,
      lo: at,
      hi: at,
      errorUs: 0,
      host,
      event: {
        kind: 'metric',
        time: timeOf(at),
        ref: { source: 'gpu.csv', line: i + 1, offset: i * 10, bytes: 9 },
        format: 'dcgm',
        clock: 'scrape',
        name: 'DCGM_FI_DEV_GPU_UTIL',
        unit: 'ratio',
        device: '3',
        value,
        ...own,
      },
    };
  });
}

const repeat = (value: number, n: number): number[] => Array.from({ length: n }, () => value);
const idle = repeat(0, 10);
/** Idle before the call, 15 samples of full load from its second minute on, idle again. */
const mined = [...card(idle, -10), ...card([0, 0, ...repeat(0.97, 7), ...repeat(1, 8), 0, 0], 0)];

describe('GPU time that an incident took', () => {
  it('is measured on the card that became busy after the call, with bounds', () => {
    const found = gpuTimeOf(question, mined);
    expect(found).toMatchObject({
      answer: 'measured',
      uses: [
        {
          host: 'train-01',
          device: '3',
          from: START + 2 * MINUTE,
          to: START + 16 * MINUTE,
          utilisation: [0.97, 1],
          basis: 'card',
        },
      ],
    });
    if (found.answer !== 'measured') throw new Error(found.says);
    // 14 minutes: seven steps at 0.97 (the one that rises included), seven at 1. At most: that step at 1 and two more steps at 1.
    expect(found.gpuHours[0]).toBeCloseTo((7 * 0.97 + 7) / 60, 5);
    expect(found.gpuHours[1]).toBeCloseTo((6 * 0.97 + 8 + 2) / 60, 5);
  });

  it('is at least nothing when no sample tells the load before, and less the load that was there before', () => {
    const blind = gpuTimeOf(question, card(repeat(1, 10), 1));
    expect(blind).toMatchObject({ answer: 'measured', gpuHours: [0, expect.closeTo(11 / 60, 5)] });
    const busy = gpuTimeOf(question, [...card(repeat(0.3, 10), -10), ...card(repeat(1, 11), 1)]);
    expect(busy).toMatchObject({
      answer: 'measured',
      gpuHours: [expect.closeTo((10 * 0.7) / 60, 5), expect.closeTo(12 / 60, 5)],
    });
  });

  it('rests on the process where samples name it, even on a card that trained before', () => {
    const training = card(repeat(0.95, 20), -10, { pid: 99, format: 'nvidia-smi-mon', name: 'utilization.gpu' });
    const own = card(repeat(0.6, 5), 2, { pid: 4312, format: 'nvidia-smi-mon', name: 'utilization.gpu' });
    expect(gpuTimeOf(question, [...training, ...own])).toMatchObject({
      answer: 'measured',
      gpuHours: [expect.closeTo((4 * 0.6) / 60, 5), expect.closeTo((6 * 0.6) / 60, 5)],
      uses: [{ basis: 'process' }],
    });
  });

  it('counts a card once that two exporters tell of', () => {
    const twice = [
      ...mined,
      ...mined.map((timed) => ({ ...timed, event: { ...timed.event, name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE' } })),
    ];
    expect(gpuTimeOf(question, twice)).toEqual(gpuTimeOf(question, mined));
  });

  it('knows the card of the sandbox by its pod, also where the host is not known', () => {
    const found = gpuTimeOf(
      { ...question, host: undefined },
      card(repeat(1, 5), 1, { pod: 'jobs/pod-7', host: 'train-09' }),
    );
    expect(found).toMatchObject({ answer: 'measured', uses: [{ host: 'train-09' }] });
  });

  it('takes of several exporters the one that names processes, else the one that tells of more cards', () => {
    const one = card(repeat(1, 5), 1, { device: '0' });
    const two = ['1', '2'].flatMap((device) => card(repeat(1, 5), 1, { device, format: 'dcgm-b' }));
    const named = card(repeat(1, 5), 1, { pid: 4312, device: '3', format: 'nvidia-smi-mon', name: 'utilization.gpu' });
    const devices = (...metrics: readonly Timed<MetricEvent>[]): readonly string[] => {
      const found = gpuTimeOf(question, metrics);
      return found.answer === 'measured' ? found.uses.map(({ device }) => device) : [found.says];
    };
    expect(devices(...one, ...two)).toEqual(['1', '2']);
    expect(devices(...two, ...one)).toEqual(['1', '2']);
    expect(devices(...two, ...named)).toEqual(['3']);
    expect(devices(...named, ...two)).toEqual(['3']);
  });

  it('is at least that of the longest run, and at most that of all; what lies between samples far apart is in none', () => {
    const apart = [...card(repeat(0, 5), -5), ...card(repeat(1, 3), 1), ...card(repeat(1, 5), 9), ...card([1], 19)];
    const found = gpuTimeOf(question, apart);
    expect(found).toMatchObject({
      gpuHours: [expect.closeTo(4 / 60, 5), expect.closeTo((2 + 4 + 0 + 3 * 2) / 60, 5)],
      uses: [{ from: START + 9 * MINUTE, to: START + 13 * MINUTE, refs: [{ line: 1 }, { line: 5 }] }],
    });
    const near = gpuTimeOf(question, [...card(repeat(1, 2), 1), ...card([1], 7)]);
    expect(near).toMatchObject({ uses: [{ from: START + MINUTE, to: START + 7 * MINUTE }] });
    expect(gpuTimeOf(question, card([1], 1))).toMatchObject({ uses: [{ refs: [{ line: 1 }] }] });
  });

  it('is unknown where neither a host nor the telemetry names the sandbox', () => {
    expect(gpuTimeOf({ ...question, host: undefined }, mined)).toEqual({
      answer: 'unknown',
      says: 'no GPU telemetry of the host of the incident, which no record names',
    });
  });

  it.each([
    ['no telemetry', [], /no GPU telemetry with utilisation/],
    [
      'only power draw',
      card(repeat(300, 5), 1, { name: 'power.draw', unit: 'watt' }),
      /no GPU telemetry with utilisation/,
    ],
    ['another host', card(repeat(1, 5), 1, { host: 'train-02' }), /no GPU telemetry of train-01/],
    ['another time', card(repeat(1, 5), 100), /no GPU sample lies between/],
    ['as busy before', card(repeat(0.98, 20), -10), /1 of 1 cards on train-01 were as busy before/],
    ['never busy', card(repeat(0.1, 20), -10), /no card on train-01 was busy/],
    ['the process of somebody else', card(repeat(1, 5), 1, { pid: 99 }), /no card on train-01 was busy/],
  ] as const)('is unknown: %s', (_, samples, says) => {
    expect(gpuTimeOf(question, samples)).toEqual({ answer: 'unknown', says: expect.stringMatching(says) as string });
  });
});
