import { gpuTimeOf } from './attribute/gpu-time.ts';
import { requestedBy } from './attribute/requested.ts';
import { endsOf } from './core/findings/findings.ts';
import type { Episode } from './correlate/episodes/episodes.ts';
import type { LeaseTable } from './correlate/leases/leases.ts';
import type { Attribution, Incident } from './model/attribution.ts';
import type { GpuTime, Requested } from './model/circumstance.ts';
import type { MetricEvent } from './model/event.ts';
import type { Micros } from './model/time.ts';
import type { Timed } from './model/timed.ts';

/** What the circumstances of an incident are told from. */
interface Scene {
  readonly episodes: ReadonlyMap<string, Episode>;
  readonly leases: LeaseTable;
  /** Corrected GPU samples; only asked for when an incident needs them. */
  readonly metrics: () => readonly Timed<MetricEvent>[];
}

/** Adds to each incident whether its task asked for it, and to miners the GPU time they took. */
export function withCircumstances(
  incidents: readonly Incident[],
  attributions: readonly Attribution[],
  scene: Scene,
): readonly Incident[] {
  const byId = new Map(attributions.map((attribution) => [attribution.violation.id, attribution]));
  let metrics: readonly Timed<MetricEvent>[] | undefined;
  return incidents.map((incident) => {
    const members = incident.episode === undefined ? [] : membersOf(incident, byId);
    const requested = requestOf(incident, members, scene);
    if (incident.category !== 'cryptomining') return { requested, ...incident };
    metrics ??= scene.metrics();
    return { requested, gpu: gpuOf(incident, members, scene, metrics), ...incident };
  });
}

function membersOf(incident: Incident, byId: ReadonlyMap<string, Attribution>): readonly Attribution[] {
  return incident.attributions.flatMap((id) => byId.get(id) ?? []);
}

function requestOf(incident: Incident, members: readonly Attribution[], { episodes }: Scene): Requested {
  const [lead] = members;
  if (incident.episode === undefined || lead === undefined) {
    const says = incident.verdict === 'not-agent' ? 'no agent caused it' : 'no episode is named as its cause';
    return { answer: 'unknown', says, refs: [] };
  }
  return requestedBy({
    category: lead.violation.finding.category,
    destinations: members.map(({ violation }) => endsOf(violation.event).dst),
    prompts: episodes.get(incident.episode)?.prompts ?? [],
  });
}

function gpuOf(
  incident: Incident,
  members: readonly Attribution[],
  { leases }: Scene,
  metrics: readonly Timed<MetricEvent>[],
): GpuTime {
  const [lead] = members;
  if (incident.episode === undefined || lead === undefined)
    return { answer: 'unknown', says: 'no episode is named as its cause' };
  const processes = members.flatMap(({ process }) => process ?? []);
  const sandboxId = lead.episode?.sandboxId;
  const held = sandboxId === undefined ? [] : leases.ofSandbox(sandboxId);
  const lease = held.find(({ start, end }) => start <= incident.first && incident.first < end);
  const host = processes.find((process) => process.host !== undefined)?.host ?? lease?.host;
  const start = lead.toolCall?.start ?? incident.first;
  const last = Math.max(incident.last, lead.toolCall?.end ?? 0);
  return gpuTimeOf(
    {
      start,
      end: (lease !== undefined && Number.isFinite(lease.end) ? Math.max(last, lease.end) : last) as Micros,
      host,
      pids: new Set(processes.flatMap(({ pid }) => pid ?? [])),
      containers: new Set([sandboxId, ...held.map(({ containerId }) => containerId)].filter((id) => id !== undefined)),
    },
    metrics,
  );
}
