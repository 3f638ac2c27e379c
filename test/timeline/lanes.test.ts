import { describe, expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import type { CoverageEvent, Event, MetricEvent, ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Timed } from '../../src/model/timed.ts';
import { lanesOf } from '../../src/timeline/lanes.ts';
import { lifeMoments } from '../../src/timeline/life-moments.ts';
import { hostileReport } from '../report/hostile.ts';

const [blamed] = hostileReport(1).attributions;
const START = blamed?.violation.first ?? 0;
const at = (seconds: number): Micros => (START + seconds * 1e6) as Micros;

function timed<E extends Event>(
  event: Omit<E, 'time' | 'ref' | 'format' | 'clock'>,
  seconds: number,
  line = 1,
): Timed<E> {
  const time = { at: at(seconds), lo: at(seconds), hi: at(seconds), raw: '', basis: 'event', zone: 'epoch', stepUs: 1 };
  const full = { ...event, time, ref: { source: 'a.log', line, offset: 0, bytes: 1 }, format: 'x', clock: 'x' };
  return { event: full as unknown as E, at: at(seconds), lo: at(seconds), hi: at(seconds), errorUs: 0, host: 'h1' };
}

const violation = (over: Partial<Attribution> = {}): Attribution => {
  if (blamed === undefined) throw new Error('no attribution');
  const { toolCall: _, ...rest } = blamed;
  return { ...rest, process: { pid: 41, host: 'h1' }, ...over };
};
const process = (op: 'exec' | 'exit' | 'connect', pid: number, seconds: number) =>
  timed<ProcessEvent>({ kind: 'process', op, pid }, seconds);
const busy = (device: string, value: number, seconds: number, over: Partial<MetricEvent> = {}) =>
  timed<MetricEvent>({ kind: 'metric', name: 'DCGM_FI_DEV_GPU_UTIL', value, unit: 'ratio', device, ...over }, seconds);
const none = { processes: [], metrics: [], coverage: [] };

describe('processes', () => {
  it('live from the last exec before the violation to the first exit after it, in whatever order the records come', () => {
    const records = [
      process('exit', 41, 9),
      process('exec', 41, -90),
      process('exec', 41, -5),
      process('exit', 41, -60),
      process('exit', 41, 4),
      process('exec', 41, 7),
      process('connect', 41, -1),
      process('exec', 42, -1),
    ];
    for (const processes of [records, [...records].reverse()])
      expect(lanesOf([violation()], { ...none, processes: lifeMoments(processes) }).processes).toMatchObject([
        { start: at(-5), end: at(4) },
      ]);
  });

  it('have no start or end that no record states', () => {
    const [span] = lanesOf([violation()], none).processes;
    expect(span).toEqual({ process: { pid: 41, host: 'h1' }, first: at(0), last: violation().violation.last });
  });

  it('are named only by verdicts that name one', () => {
    const verdicts = ['proven', 'likely', 'not-agent', 'ambiguous', 'unattributed'] as const;
    const counts = verdicts.map((verdict) => lanesOf([violation({ verdict })], none).processes.length);
    expect(counts).toEqual([1, 1, 1, 0, 0]);
  });

  it('are at most 500', () => {
    const many = Array.from({ length: 600 }, (_, pid) => violation({ process: { pid, host: 'h1' } }));
    expect(lanesOf(many, none).processes.length).toBe(500);
  });
});

describe('GPUs', () => {
  it('show the highest utilisation of each part, nothing where nothing was measured', () => {
    const metrics = [busy('0', 0.2, 0), busy('0', 0.9, 0), busy('0', 0.5, 0), busy('1', 0.3, 0.5)];
    const { gpus } = lanesOf([violation()], { ...none, metrics });
    expect(gpus.map(({ host, device }) => [host, device])).toEqual([
      ['h1', '0'],
      ['h1', '1'],
    ]);
    expect(gpus.map((lane) => lane.busy.filter((share) => share !== null))).toEqual([[0.9], [0.3]]);
    expect(gpus[0]?.busy.length).toBe(240);
  });

  it('take no other metric, no reading of one process and nothing far from the violations', () => {
    const metrics = [
      busy('0', 0.5, 0, { name: 'power.draw', unit: 'watt' }),
      busy('0', 0.5, 0, { pid: 7 }),
      busy('0', 0.5, 3600),
    ];
    expect(lanesOf([violation()], { ...none, metrics }).gpus).toEqual([]);
    expect(lanesOf([], { ...none, metrics: [busy('0', 0.5, 0)] }).gpus).toEqual([]);
  });

  it('are at most 64, the same in whatever order the readings come', () => {
    const metrics = Array.from({ length: 100 }, (_, i) => busy(String(i).padStart(3, '0'), 0.5, 0));
    const { gpus } = lanesOf([violation()], { ...none, metrics });
    expect(gpus.map(({ device }) => device)).toEqual(Array.from({ length: 64 }, (_, i) => String(i).padStart(3, '0')));
    expect(lanesOf([violation()], { ...none, metrics: metrics.toReversed() }).gpus).toEqual(gpus);
  });
});

it('gaps come in order of time, the first 200, in whatever order the records come', () => {
  const coverage = Array.from({ length: 900 }, (_, i) =>
    timed<CoverageEvent>({ kind: 'coverage', reason: 'dropped', count: i }, (i * 7) % 900, i + 1),
  );
  const { gaps } = lanesOf([], { ...none, coverage });
  expect(gaps.map((gap) => gap.at)).toEqual(Array.from({ length: 200 }, (_, i) => at(i)));
  expect(lanesOf([], { ...none, coverage: coverage.toReversed() }).gaps).toEqual(gaps);
});
