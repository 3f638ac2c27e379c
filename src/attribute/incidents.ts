import { sha256 } from '../core/digest.ts';
import { greatest, least } from '../core/extremes.ts';
import { recordsOf } from '../core/findings/records-of.ts';
import type { Attribution, Incident, Verdict } from '../model/attribution.ts';
import type { Mutable } from '../model/mutable.ts';
import type { Micros } from '../model/time.ts';
import type { Violation } from '../model/violation.ts';
import type { Decided } from './decide.ts';

const WORST: readonly Verdict[] = ['proven', 'likely', 'ambiguous', 'unattributed', 'not-agent'];

/** Violations with one cause and category are one incident; without a cause, those with one source, destination and category. */
export function groupIncidents(attributions: readonly Attribution[]): Grouped {
  const grouping = openIncidents();
  return grouping.close(
    attributions.map(({ violation, incident: _former, ...decided }) => grouping.put(violation, decided)),
  );
}

export interface Grouped {
  readonly attributions: readonly Attribution[];
  readonly incidents: readonly Incident[];
}

interface Group {
  readonly id: string;
  readonly members: Attribution[];
}

/** The same, one violation after another: each becomes an attribution at once. */
export function openIncidents(): {
  put(violation: Violation, decided: Decided): Attribution;
  close(attributions: readonly Attribution[]): Grouped;
} {
  const groups = new Map<string, Group>();
  return {
    put(violation, decided) {
      const key = incidentKey(violation, decided);
      const group = groups.get(key) ?? { id: `i-${sha256(key).slice(0, 8)}`, members: [] };
      if (group.members.length === 0) groups.set(key, group);
      const attribution = attributionOf(violation, group.id, decided);
      group.members.push(attribution);
      return attribution;
    },
    close(attributions) {
      const ordered = [...groups].map(([key, group]) => ({ key, ...group, first: first(group.members) }));
      ordered.sort((a, b) => a.first - b.first || (a.key < b.key ? -1 : 1));
      return { attributions, incidents: ordered.map(({ id, members }) => toIncident(id, members)) };
    },
  };
}

/** Members that few have. One that is new has to be named here, or this does not compile. */
const SELDOM = Object.keys({
  episode: true,
  toolCall: true,
  process: true,
  unlisted: true,
  untraced: true,
  accepted: true,
} satisfies Record<Seldom, true>) as readonly Seldom[];

type Seldom = Exclude<keyof Decided, keyof ReturnType<typeof usual>>;

/** All members at once: a spread is slow, and what is added to one stands apart from the rest. There are tens of thousands. */
function attributionOf(violation: Violation, incident: string, decided: Decided): Attribution {
  const attribution: Mutable<Attribution> = usual(violation, incident, decided);
  for (const key of SELDOM) copy(key, decided, attribution);
  return attribution;
}

function copy<K extends Seldom>(key: K, from: Pick<Decided, K>, to: Mutable<Pick<Decided, K>>): void {
  if (from[key] !== undefined) to[key] = from[key];
}

function usual(
  violation: Violation,
  incident: string,
  { verdict, probability, candidates, nullProbability, evidence, missing, reason }: Decided,
) {
  return { violation, incident, verdict, probability, candidates, nullProbability, evidence, missing, reason };
}

function first(members: readonly Attribution[]): number {
  return least(members, (member) => member.violation.first);
}

function incidentKey({ event, finding: { category } }: Violation, { verdict, episode, toolCall }: Decided): string {
  if (episode !== undefined) return `cause|${episode.id}|${toolCall?.id ?? ''}|${category}`;
  const src = event.kind === 'network' ? event.src.ip : event.kind === 'dns' ? event.client?.ip : event.host;
  const dst =
    event.kind === 'network'
      ? (event.dst.ip ?? event.dst.domain)
      : event.kind === 'dns'
        ? event.name.split('.').slice(-2).join('.')
        : '';
  return `flow|${verdict}|${category}|${src ?? ''}|${dst ?? ''}`;
}

function toIncident(id: string, members: readonly Attribution[]): Incident {
  const lead = leadOf(members);
  let records = 0;
  for (const { violation } of members) records += recordsOf(violation);
  return {
    id,
    verdict: lead?.verdict ?? 'unattributed',
    category: lead?.violation.finding.category ?? '',
    violations: members.length,
    records,
    first: first(members) as Micros,
    last: greatest(members, (member) => member.violation.last) as Micros,
    ...(lead?.episode === undefined ? {} : { episode: lead.episode.id }),
    ...(lead?.toolCall === undefined ? {} : { toolCall: lead.toolCall.id }),
    attributions: members.map((member) => member.violation.id),
  };
}

/** The first of those whose verdict is the worst. */
function leadOf(members: readonly Attribution[]): Attribution | undefined {
  let lead: Attribution | undefined;
  let worst = Infinity;
  for (const member of members) {
    const rank = WORST.indexOf(member.verdict);
    if (rank >= worst) continue;
    lead = member;
    worst = rank;
  }
  return lead;
}
