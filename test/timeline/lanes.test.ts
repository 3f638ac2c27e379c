import { describe, expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import type { CoverageEvent, Event, MetricEvent, ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Timed } from '../../src/model/timed.ts';
import { lanesOf } from '../../src/timeline/lanes.ts';
import { lifeMoments } from '../../src/timeline/life-moments.ts';
import { timeOf } from '../event-time.ts';
import { hostileReport } from '../report/hostile.ts';

const [blamed] = hostileReport(1).attributions;
const START = blamed?.violation.first ?? 0;
const at = (seconds: number): Micros => (START + seconds * 1e6) as Micros;

function timed<E extends Event>(
  event: Omit<E, 'time' | 'ref' | 'format' | 'clock'>,
  seconds: number,
  line = 1,
): Timed<E> {
  const time = timeOf(at(seconds));
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

  it('may begin and end at the very moment of the violation', () => {
    const processes = lifeMoments([process('exec', 41, 0), process('exit', 41, 0)]);
    expect(lanesOf([violation()], { ...none, processes }).processes).toMatchObject([{ start: at(0), end: at(0) }]);
  });

  it('have no start or end that no record states', () => {
    const [span] = lanesOf([violation()], none).processes;
    expect(span).toStrictEqual({ process: { pid: 41, host: 'h1' }, first: at(0), last: violation().violation.last });
  });

  it('are named only by verdicts that name one', () => {
    const verdicts = ['proven', 'likely', 'not-agent', 'ambiguous', 'unattributed'] as const;
    const counts = verdicts.map((verdict) => lanesOf([violation({ verdict })], none).processes.length);
    expect(counts).toEqual([1, 1, 1, 0, 0]);
  });

  it('are one span where several violations name one, from the first to the last of them', () => {
    const named = [3, 0, 7].map((seconds) => {
      const base = violation();
      return { ...base, violation: { ...base.violation, first: at(seconds), last: at(seconds + 1) } };
    });
    const processes = lifeMoments([process('exec', 41, 2), process('exec', 41, -2), process('exit', 41, 1)]);
    expect(lanesOf(named, { ...none, processes }).processes).toEqual([
      { process: { pid: 41, host: 'h1' }, first: at(0), last: at(8), start: at(-2), end: at(1) },
    ]);
  });

  it('are others on another host, and where another record of the pid names them', () => {
    const ref = { source: 'a.log', line: 1, offset: 0, bytes: 1 };
    const others = [{ pid: 41, host: 'h1', ref }, { pid: 41, host: 'h1', ref: { ...ref, line: 2 } }, { pid: 41 }];
    const { processes } = lanesOf(
      others.map((process) => violation({ process })),
      { ...none, processes: lifeMoments([process('exec', 41, -2)]) },
    );
    expect(processes.map(({ process, start }) => [process, start])).toEqual([
      [others[0], at(-2)],
      [others[1], at(-2)],
      [others[2], undefined],
    ]);
  });

  it('come in order of their start, else of their first violation, and then by name', () => {
    const named = [45, 44, 43, 42].map((pid) => violation({ process: { pid, host: 'h1' } }));
    const processes = lifeMoments([process('exec', 43, -1), process('exec', 45, -2)]);
    const order = (attributions: readonly Attribution[]) =>
      lanesOf(attributions, { ...none, processes }).processes.map((span) => span.process.pid);
    expect(order(named)).toEqual([45, 43, 42, 44]);
    expect(order(named.toReversed())).toEqual([45, 43, 42, 44]);
  });

  it('began and ended when records of their own say so, and no others', () => {
    const records = [
      process('exec', 41, -5),
      process('connect', 41, -4),
      timed<ProcessEvent>({ kind: 'process', op: 'exec' }, -3),
      process('exit', 42, -2),
    ];
    expect([...lifeMoments(records)]).toEqual([
      { host: 'h1', pid: 41, op: 'exec', at: at(-5) },
      { host: 'h1', pid: 42, op: 'exit', at: at(-2) },
    ]);
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

  it('say which part of the time a reading is of: that of the violations and calls, with a fiftieth around', () => {
    const base = violation();
    const lasting = { ...base, violation: { ...base.violation, first: at(0), last: at(1000) } };
    const { gpus } = lanesOf([lasting], {
      ...none,
      metrics: [busy('0', 0.1, -20), busy('0', 1.7, 500), busy('0', 0.3, 1020)],
    });
    expect(gpus[0]).toMatchObject({ from: at(-20), binUs: Math.ceil(1040e6 / 240) });
    expect(gpus[0]?.busy.flatMap((share, bin) => (share === null ? [] : [[bin, share]]))).toEqual([
      [0, 0.1],
      [119, 1],
      [239, 0.3],
    ]);
  });

  it('take no other metric, no reading of one process and nothing far from the violations', () => {
    const metrics = [
      busy('0', 0.5, 0, { name: 'power.draw', unit: 'watt' }),
      busy('0', 0.5, 0, { pid: 7 }),
      busy('0', 0.5, 3600),
      busy('0', 0.5, -3600),
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

it('gaps of one moment come in order of their files and lines, with how much is missing where that is said', () => {
  const gap = (source: string, line: number, count?: number) => {
    const made = timed<CoverageEvent>(
      { kind: 'coverage', reason: 'lost', ...(count === undefined ? {} : { count }) },
      0,
    );
    return { ...made, event: { ...made.event, ref: { ...made.event.ref, source, line } } };
  };
  const coverage = [gap('b.log', 1), gap('a.log', 12, 7), gap('a.log', 9)];
  for (const given of [coverage, coverage.toReversed()])
    expect(
      lanesOf([], { ...none, coverage: given }).gaps.map(({ ref, count }) => [ref.source, ref.line, count]),
    ).toEqual([
      ['a.log', 9, undefined],
      ['a.log', 12, 7],
      ['b.log', 1, undefined],
    ]);
});
