import { type Case, causeOf, isBlamed, plural, processName } from '../../core/findings/findings.ts';
import type { Attribution, EpisodeRef, ToolCallRef } from '../../model/attribution.ts';
import type { GpuLane, Lanes, ProcessSpan, Report } from '../../model/report.ts';

export const LANES = ['firewall', 'sandbox', 'episode', 'process', 'gpu', 'gap'] as const;
type Lane = (typeof LANES)[number];

/** Rows of one lane at most; the rest is counted. */
const MAX_ROWS: Readonly<Record<Lane, number>> = {
  firewall: 20,
  sandbox: 60,
  episode: 120,
  process: 40,
  gpu: 64,
  gap: 20,
};
const MAX_SUSPECTS = 4;

/** A stretch of time, corrected, microseconds. */
interface Bar {
  readonly from: number;
  readonly to: number;
  readonly kind: 'call' | 'span';
  readonly says: string;
}

/** A violation, and the number of its incident in the order of the page. */
export interface Tick {
  readonly attribution: Attribution;
  readonly incident: number;
}

export interface Row {
  readonly lane: Lane;
  readonly label: string;
  readonly ticks: Tick[];
  readonly bars: Map<string, Bar>;
  readonly gpu?: GpuLane;
}

export interface Rows {
  readonly rows: readonly Row[];
  readonly hidden: number;
}

class LaneRows {
  readonly #lanes = new Map<Lane, Map<string, Row>>();

  row(lane: Lane, label: string, gpu?: GpuLane): Row {
    const rows = this.#lanes.get(lane) ?? new Map<string, Row>();
    this.#lanes.set(lane, rows);
    const known = rows.get(label);
    if (known !== undefined) return known;
    const row: Row = { lane, label, ticks: [], bars: new Map(), ...(gpu === undefined ? {} : { gpu }) };
    rows.set(label, row);
    return row;
  }

  /** In the order of the lanes; inside a lane in the order in which rows were asked for. */
  capped(): Rows {
    const all = LANES.map((lane) => [lane, [...(this.#lanes.get(lane)?.values() ?? [])]] as const);
    return {
      rows: all.flatMap(([lane, rows]) => rows.slice(0, MAX_ROWS[lane])),
      hidden: all.reduce((sum, [lane, rows]) => sum + Math.max(0, rows.length - MAX_ROWS[lane]), 0),
    };
  }
}

/** What the timeline shows: alerts by kind, then sandboxes, episodes with the calls in question, processes, GPUs and gaps. */
export function rowsOf(report: Report, cases: readonly Case[]): Rows {
  const lanes = new LaneRows();
  for (const [incident, { members }] of cases.entries())
    for (const attribution of members) addViolation(lanes, { attribution, incident });
  if (report.lanes !== undefined) addLanes(lanes, report.lanes);
  return lanes.capped();
}

function addViolation(lanes: LaneRows, tick: Tick): void {
  const { attribution } = tick;
  lanes.row('firewall', attribution.violation.finding.category).ticks.push(tick);
  const { episode, toolCall } = causeOf(attribution);
  if (isBlamed(attribution) && episode !== undefined) {
    addToEpisode(lanes, tick, episode, toolCall);
    addToSandbox(lanes, attribution, episode, toolCall);
    return;
  }
  if (attribution.verdict !== 'ambiguous') return;
  for (const candidate of attribution.candidates.slice(0, MAX_SUSPECTS))
    if (candidate.episode !== undefined) addToEpisode(lanes, tick, candidate.episode, candidate.toolCall);
}

function addToEpisode(lanes: LaneRows, tick: Tick, episode: EpisodeRef, call: ToolCallRef | undefined): void {
  const row = lanes.row('episode', episode.id);
  row.ticks.push(tick);
  if (call?.start === undefined || row.bars.has(call.id)) return;
  const says = `${call.id} ${call.name}: ${call.command ?? ''}`;
  row.bars.set(call.id, { from: call.start, to: Math.max(call.start, call.end ?? call.start), kind: 'call', says });
}

/** A sandbox's bar covers what is known of its episode: its calls in question and what they are blamed for. */
function addToSandbox(
  lanes: LaneRows,
  { violation }: Attribution,
  episode: EpisodeRef,
  call: ToolCallRef | undefined,
): void {
  if (episode.sandboxId === undefined) return;
  const { bars } = lanes.row('sandbox', episode.sandboxId);
  const known = bars.get(episode.id);
  const from = Math.min(known?.from ?? Infinity, call?.start ?? Infinity, violation.first);
  const to = Math.max(known?.to ?? -Infinity, call?.end ?? -Infinity, violation.last);
  bars.set(episode.id, { from, to, kind: 'span', says: `episode ${episode.id}` });
}

function addLanes(lanes: LaneRows, { processes, gpus, gaps }: Lanes): void {
  for (const [i, span] of processes.entries()) {
    const { host, executable } = span.process;
    const name = (executable ?? '').split('/').at(-1) || '?';
    lanes.row('process', host === undefined ? name : `${name} on ${host}`).bars.set(String(i), lifeOf(span));
  }
  for (const gpu of gpus) lanes.row('gpu', [gpu.host, gpu.device].filter((part) => part !== '').join(' '), gpu);
  for (const [i, { ref, reason, at, count }] of gaps.entries()) {
    const says = `${ref.source}:${ref.line} says: ${reason}${count === undefined ? '' : `, ${plural(count, 'record')}`}`;
    lanes.row('gap', ref.source).bars.set(String(i), { from: at, to: at, kind: 'span', says });
  }
}

function lifeOf({ process, start, end, first, last }: ProcessSpan): Bar {
  const open = [start === undefined ? 'start not recorded' : '', end === undefined ? 'end not recorded' : ''];
  const says = [`${processName(process)} ${process.commandLine ?? process.executable ?? ''}`, ...open];
  return {
    from: start ?? first,
    to: Math.max(end ?? last, last),
    kind: 'call',
    says: says.filter((part) => part !== '').join('; '),
  };
}
