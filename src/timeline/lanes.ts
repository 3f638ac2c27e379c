import { push } from '../core/push.ts';
import type { Attribution, ProcessRef } from '../model/attribution.ts';
import type { CoverageEvent, MetricEvent } from '../model/event.ts';
import type { Gap, GpuLane, Lanes, ProcessSpan } from '../model/report.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';
import type { LifeMoment } from './life-moments.ts';

const MAX_PROCESSES = 500;
const MAX_GPUS = 64;
const MAX_GAPS = 200;
const GPU_BINS = 240;

/** What is read in passing; only what the attributions ask for stays. */
export interface LaneEvents {
  readonly processes: Iterable<LifeMoment>;
  readonly metrics: Iterable<Timed<MetricEvent>>;
  readonly coverage: Iterable<Timed<CoverageEvent>>;
}

/**
 * The lanes of a timeline that the attributions do not hold themselves: how long the named processes lived, how busy the GPUs
 * were between the first and the last violation, and where a source says that records are missing. Each list has a cap, so the
 * result does not grow with what was read.
 */
export function lanesOf(attributions: readonly Attribution[], events: LaneEvents): Lanes {
  const bounds = boundsOf(attributions);
  return {
    processes: processSpans(attributions, events.processes),
    gpus: bounds === undefined ? [] : gpuLanes(bounds, events.metrics),
    gaps: gapsOf(events.coverage),
  };
}

type Bounds = readonly [from: number, to: number];

/** The violations with the tool calls in question, and a margin of a fiftieth. */
function boundsOf(attributions: readonly Attribution[]): Bounds | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const { violation, toolCall } of attributions) {
    from = Math.min(from, violation.first, toolCall?.start ?? Infinity);
    to = Math.max(to, violation.last, toolCall?.end ?? -Infinity);
  }
  if (!(from <= to)) return undefined;
  const margin = Math.max(1_000_000, Math.round((to - from) / 50));
  return [from - margin, to + margin];
}

interface Wanted {
  readonly process: ProcessRef;
  first: number;
  last: number;
  start: number | undefined;
  end: number | undefined;
}

/** A pid is reused, so the record that named the process belongs to its name. */
function processKey({ host, pid, entityId, ref }: ProcessRef): string {
  return `${host ?? ''}|${pid ?? entityId ?? ''}|${ref === undefined ? '' : `${ref.source}:${ref.line}`}`;
}

function processSpans(attributions: readonly Attribution[], moments: Iterable<LifeMoment>): readonly ProcessSpan[] {
  const wanted = wantedProcesses(attributions);
  const byPid = new Map<number | undefined, Wanted[]>();
  for (const entry of wanted) push(byPid, entry.process.pid, entry);
  for (const { pid, host, op, at } of moments)
    for (const entry of byPid.get(pid) ?? []) if (entry.process.host === host) observe(entry, op, at);
  return wanted
    .map(({ process, first, last, start, end }) => ({
      process,
      first: first as Micros,
      last: last as Micros,
      ...(start === undefined ? {} : { start: start as Micros }),
      ...(end === undefined ? {} : { end: end as Micros }),
    }))
    .sort(
      (a, b) => (a.start ?? a.first) - (b.start ?? b.first) || (processKey(a.process) < processKey(b.process) ? -1 : 1),
    );
}

/** The last exec before the first violation begins the life, the first exit after that violation ends it. */
function observe(entry: Wanted, op: LifeMoment['op'], at: number): void {
  if (op === 'exec' && at <= entry.first) entry.start = Math.max(entry.start ?? -Infinity, at);
  if (op === 'exit' && at >= entry.first) entry.end = Math.min(entry.end ?? Infinity, at);
}

/** Processes that a verdict names, each once, with the window of their violations. */
function wantedProcesses(attributions: readonly Attribution[]): readonly Wanted[] {
  const out = new Map<string, Wanted>();
  for (const { process, verdict, violation } of attributions) {
    if (process === undefined || verdict === 'ambiguous' || verdict === 'unattributed') continue;
    const key = processKey(process);
    const known = out.get(key);
    if (known === undefined) {
      if (out.size < MAX_PROCESSES)
        out.set(key, { process, first: violation.first, last: violation.last, start: undefined, end: undefined });
      continue;
    }
    known.first = Math.min(known.first, violation.first);
    known.last = Math.max(known.last, violation.last);
  }
  return [...out.values()];
}

/** Metrics that say how busy a whole GPU is, 0 to 1; one that names a process is about that process only. */
const UTILISATION =
  /^(?:DCGM_FI_(?:DEV_GPU_UTIL|PROF_GR_ENGINE_ACTIVE)|nvidia_smi_utilization_gpu_ratio|utilization\.gpu)$/;

/** The highest utilisation of each device in each of 240 equal parts of the bounds. */
function gpuLanes([from, to]: Bounds, events: Iterable<Timed<MetricEvent>>): readonly GpuLane[] {
  const binUs = Math.max(1, Math.ceil((to - from) / GPU_BINS));
  const lanes = new Map<string, { host: string; device: string; busy: (number | null)[] }>();
  for (const { event, at, host = '' } of events) {
    if (!UTILISATION.test(event.name) || event.pid !== undefined || at < from || at > to) continue;
    const device = event.device ?? '?';
    const key = `${host}|${device}`;
    const lane = lanes.get(key) ?? { host, device, busy: Array.from({ length: GPU_BINS }, () => null) };
    lanes.set(key, lane);
    if (lanes.size > MAX_GPUS) lanes.delete(lastKey(lanes));
    const bin = Math.min(GPU_BINS - 1, Math.floor((at - from) / binUs));
    lane.busy[bin] = Math.max(lane.busy[bin] ?? 0, Math.min(1, event.value));
  }
  return [...lanes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { host, device, busy }]) => ({ host, device, from: from as Micros, binUs, busy }));
}

/** Which devices stay must not depend on the order of the inputs: the first by name do. */
function lastKey(lanes: ReadonlyMap<string, unknown>): string {
  return [...lanes.keys()].reduce((last, key) => (key > last ? key : last), '');
}

function gapsOf(events: Iterable<Timed<CoverageEvent>>): readonly Gap[] {
  let out: Gap[] = [];
  for (const { event, at } of events) {
    out.push({
      ref: event.ref,
      reason: event.reason,
      at,
      ...(event.count === undefined ? {} : { count: event.count }),
    });
    if (out.length > 2 * MAX_GAPS) out = out.sort(byTime).slice(0, MAX_GAPS);
  }
  return out.sort(byTime).slice(0, MAX_GAPS);
}

function byTime(a: Gap, b: Gap): number {
  return a.at - b.at || (a.ref.source < b.ref.source ? -1 : a.ref.source > b.ref.source ? 1 : a.ref.line - b.ref.line);
}
