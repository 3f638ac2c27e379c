import { greatest, least } from '../core/extremes.ts';
import type { GpuTime, GpuUse } from '../model/circumstance.ts';
import type { MetricEvent } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';

/** When and where an incident can have used a card. */
export interface GpuQuestion {
  /** Start of the call that began it, microseconds UTC. */
  readonly start: Micros;
  /** Last moment it can have gone on: the end of the sandbox's lease, or the last violation. */
  readonly end: Micros;
  readonly host: string | undefined;
  readonly pids: ReadonlySet<number>;
  /** Containers and pods of the sandbox, as telemetry may name them. */
  readonly containers: ReadonlySet<string>;
}

/** Utilisation of a card or of one process on it, as each exporter names it; all are ratios. */
const UTILISATION = new Set([
  'utilization.gpu', // nvidia-smi --query-gpu, dmon and pmon (sm)
  'DCGM_FI_DEV_GPU_UTIL',
  'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
  'nvidia_smi_utilization_gpu_ratio',
]);
/** A miner loads a card fully; below half it is something else, or idle. */
const BUSY = 0.5;
/** How long before the call the card's usual load is taken from. */
const BEFORE_US = 15 * 60_000_000;
/** Samples further apart than this say nothing of what lies between them. */
const MAX_GAP_US = 5 * 60_000_000;
const HOUR_US = 3_600_000_000;

type Sample = Timed<MetricEvent>;

/**
 * GPU time that an incident took, from utilisation samples near it. A card counts when its samples name the incident's process or
 * sandbox, or when it became busy on the incident's host after the call had started. Lower bound: what is above the load before
 * the call (0 when none is on record) in the longest busy run. Upper bound: all of the load of all busy runs, one sampling step
 * longer at both ends. Unknown with its reason in every other case; never guessed from time alone.
 */
export function gpuTimeOf(question: GpuQuestion, metrics: readonly Sample[]): GpuTime {
  const samples = metrics.filter(({ event }) => UTILISATION.has(event.name) && event.unit === 'ratio');
  if (samples.length === 0) return unknown('no GPU telemetry with utilisation was given');
  const here = samples.filter((sample) => isOurs(sample, question) || sample.host === question.host);
  if (here.length === 0)
    return unknown(`no GPU telemetry of ${question.host ?? 'the host of the incident, which no record names'}`);
  const dated = here.filter(({ event }) => event.time.basis !== 'none');
  if (dated.length === 0) return unknown('the GPU telemetry has no times');
  const inside = dated.filter(({ at }) => at >= question.start && at <= question.end);
  if (inside.length === 0) return unknown('no GPU sample lies between the start of the call and its end');
  const readings = [...bySource(dated).values()].map((source) => [...byCard(source).values()]);
  const [uses = []] = readings
    .map((cards) => cards.flatMap((card) => useOf(card, question) ?? []))
    .sort((a, b) => processes(b) - processes(a) || b.length - a.length);
  if (uses.length === 0) return unknown(whyNone(readings.flat(), question));
  const sum = (i: 0 | 1): number => uses.reduce((total, { gpuHours }) => total + gpuHours[i], 0);
  return { answer: 'measured', gpuHours: [round(sum(0)), round(sum(1))], uses };
}

const processes = (uses: readonly GpuUse[]): number => uses.filter(({ basis }) => basis === 'process').length;
const unknown = (says: string): GpuTime => ({ answer: 'unknown', says });
const round = (hours: number): number => Math.round(hours * 1e6) / 1e6;

function isOurs({ event }: Sample, { pids, containers }: GpuQuestion): boolean {
  if (event.pid !== undefined) return pids.has(event.pid);
  const names = [event.containerId, event.pod, event.pod?.split('/').at(-1)];
  return names.some((name) => name !== undefined && containers.has(name));
}

/** Two exporters, or two metrics of one, tell of the same cards under other names: each is read by itself and one is taken. */
function bySource(samples: readonly Sample[]): ReadonlyMap<string, readonly Sample[]> {
  return grouped(samples, ({ event }) => `${event.format}|${event.name}`);
}

/** One series a card and process, in order of time. */
function byCard(samples: readonly Sample[]): ReadonlyMap<string, readonly Sample[]> {
  const sorted = [...samples].sort((a, b) => a.at - b.at);
  return grouped(sorted, ({ event, host }) => `${host ?? ''}|${event.device ?? '?'}|${event.pid ?? ''}`);
}

function grouped(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
): ReadonlyMap<string, readonly Sample[]> {
  const out = new Map<string, Sample[]>();
  for (const sample of samples) {
    const list = out.get(keyOf(sample));
    if (list === undefined) out.set(keyOf(sample), [sample]);
    else list.push(sample);
  }
  return out;
}

function useOf(card: readonly Sample[], question: GpuQuestion): GpuUse | undefined {
  const first = card[0];
  if (first === undefined) return undefined;
  const ours = isOurs(first, question);
  // The load of somebody else's process says nothing of ours.
  if (first.event.pid !== undefined && !ours) return undefined;
  const usual = ours ? 0 : usualLoad(card, question.start);
  if ((usual ?? 0) >= BUSY) return undefined;
  const runs = busyRuns(card.filter(({ at }) => at >= question.start && at <= question.end));
  const longest = [...runs].sort((a, b) => spanUs(b) - spanUs(a))[0] ?? [];
  const from = longest[0];
  const to = longest.at(-1);
  if (from === undefined || to === undefined) return undefined;
  const atLeast = usual === undefined ? 0 : Math.max(0, areaUs(longest, Math.min) - usual * spanUs(longest));
  const edges = 2 * stepUs(card);
  const atMost = runs.reduce((sum, run) => sum + areaUs(run, Math.max) + edges * highest(run), 0);
  return {
    host: first.host,
    device: first.event.device ?? '?',
    from: from.at,
    to: to.at,
    utilisation: [least(longest, ({ event }) => event.value), highest(longest)],
    gpuHours: [round(atLeast / HOUR_US), round(atMost / HOUR_US)],
    basis: first.event.pid === undefined ? 'card' : 'process',
    refs: from === to ? [from.event.ref] : [from.event.ref, to.event.ref],
  };
}

const highest = (run: readonly Sample[]): number => greatest(run, ({ event }) => event.value);

/** Mean load in the quarter of an hour before the call; undefined without a sample there. */
function usualLoad(card: readonly Sample[], start: Micros): number | undefined {
  const before = card.filter(({ at }) => at < start && at >= start - BEFORE_US);
  return before.length === 0 ? undefined : before.reduce((sum, { event }) => sum + event.value, 0) / before.length;
}

/** Runs of busy samples without a gap. */
function busyRuns(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const runs: Sample[][] = [];
  let open: Sample[] | undefined;
  for (const sample of samples) {
    const last = open?.at(-1);
    if (sample.event.value < BUSY) open = undefined;
    else if (open === undefined || last === undefined || sample.at - last.at > MAX_GAP_US) {
      open = [sample];
      runs.push(open);
    } else open.push(sample);
  }
  return runs;
}

function spanUs(run: readonly Sample[]): number {
  return (run.at(-1)?.at ?? 0) - (run[0]?.at ?? 0);
}

/** Load times time, microseconds at full load; `between` says what held between two neighbours. */
function areaUs(run: readonly Sample[], between: (a: number, b: number) => number): number {
  let area = 0;
  run.forEach((sample, i) => {
    const next = run[i + 1];
    if (next !== undefined) area += between(sample.event.value, next.event.value) * (next.at - sample.at);
  });
  return area;
}

/** Usual distance of two samples, microseconds. */
function stepUs(card: readonly Sample[]): number {
  const steps = card.slice(1).map((sample, i) => sample.at - (card[i]?.at ?? sample.at));
  const sorted = steps.filter((step) => step > 0).sort((a, b) => a - b);
  return Math.min(sorted[Math.floor(sorted.length / 2)] ?? MAX_GAP_US, MAX_GAP_US);
}

function whyNone(cards: readonly (readonly Sample[])[], question: GpuQuestion): string {
  const busy = cards.filter((card) => (usualLoad(card, question.start) ?? 0) >= BUSY);
  if (busy.length > 0)
    return `${busy.length} of ${cards.length} cards on ${question.host ?? 'the host'} were as busy before the call, and no sample names its process`;
  return `no card on ${question.host ?? 'the host'} was busy (${BUSY * 100} % or more) after the call had started`;
}
