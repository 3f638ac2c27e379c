import { sha256 } from '../core/digest.ts';
import { greatest, least } from '../core/extremes.ts';
import { recordsOf } from '../core/records-of.ts';
import type { Attribution, Incident, Verdict } from '../model/attribution.ts';
import type { Micros } from '../model/time.ts';

const WORST: readonly Verdict[] = ['proven', 'likely', 'ambiguous', 'unattributed', 'not-agent'];

/** Violations with one cause and category are one incident; without a cause, those with one source, destination and category. */
export function groupIncidents(attributions: readonly Omit<Attribution, 'incident'>[]): {
  readonly attributions: readonly Attribution[];
  readonly incidents: readonly Incident[];
} {
  const groups = new Map<string, Omit<Attribution, 'incident'>[]>();
  for (const attribution of attributions) {
    const key = incidentKey(attribution);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [attribution]);
    else list.push(attribution);
  }
  const ordered = [...groups.entries()].sort(([ka, a], [kb, b]) => first(a) - first(b) || (ka < kb ? -1 : 1));
  const incidents: Incident[] = [];
  const named = new Map<Omit<Attribution, 'incident'>, string>();
  for (const [key, members] of ordered) {
    const incident = toIncident(`i-${sha256(key).slice(0, 8)}`, members);
    incidents.push(incident);
    for (const member of members) named.set(member, incident.id);
  }
  return {
    attributions: attributions.map((attribution) => ({ ...attribution, incident: named.get(attribution) ?? '' })),
    incidents,
  };
}

function first(members: readonly Omit<Attribution, 'incident'>[]): number {
  return least(members, (member) => member.violation.first);
}

function incidentKey(attribution: Omit<Attribution, 'incident'>): string {
  const { category } = attribution.violation.finding;
  if (attribution.episode !== undefined)
    return `cause|${attribution.episode.id}|${attribution.toolCall?.id ?? ''}|${category}`;
  const { event } = attribution.violation;
  const src = event.kind === 'network' ? event.src.ip : event.kind === 'dns' ? event.client?.ip : event.host;
  const dst =
    event.kind === 'network'
      ? (event.dst.ip ?? event.dst.domain)
      : event.kind === 'dns'
        ? event.name.split('.').slice(-2).join('.')
        : '';
  return `flow|${attribution.verdict}|${category}|${src ?? ''}|${dst ?? ''}`;
}

function toIncident(id: string, members: readonly Omit<Attribution, 'incident'>[]): Incident {
  const verdict = WORST.find((candidate) => members.some((member) => member.verdict === candidate)) ?? 'unattributed';
  const lead = members.find((member) => member.verdict === verdict) ?? members[0];
  return {
    id,
    verdict,
    category: lead?.violation.finding.category ?? '',
    violations: members.length,
    records: members.reduce((total, member) => total + recordsOf(member.violation), 0),
    first: least(members, (member) => member.violation.first) as Micros,
    last: greatest(members, (member) => member.violation.last) as Micros,
    ...(lead?.episode === undefined ? {} : { episode: lead.episode.id }),
    ...(lead?.toolCall === undefined ? {} : { toolCall: lead.toolCall.id }),
    attributions: members.map((member) => member.violation.id),
  };
}
