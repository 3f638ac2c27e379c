import { greatest, least } from '../../core/extremes.ts';
import type { Micros } from '../../model/time.ts';
import {
  type Category,
  type Finding,
  SEVERITIES,
  type Severity,
  type ViolatingEvent,
  type Violation,
} from '../../model/violation.ts';
import { compareRef } from '../leases/lease.ts';
import { byContent, contentDigest, firstSeen } from './content-order.ts';
import { type Flagged, type Group, NO_OTHERS, PRECISE_US } from './group.ts';

/** Builds the violation of a group; ids depend on content, never on order. */
export function toViolation(group: Group): Violation {
  const [only] = group.members;
  if (only !== undefined && group.members.length + group.context.length === 1) return violationOf(only);
  const members = byContent(group.members);
  const primary = firstSeen(members).timed;
  const all = [...members.map((member) => member.timed), ...group.context];
  const others = all
    .filter((timed) => timed !== primary)
    .map((timed) => timed.event.ref)
    .sort(compareRef);
  // A stamp cut to seconds may lie before its packet: the precise ones tell first and last, if there are any.
  const precise = all.filter((timed) => timed.event.time.stepUs <= PRECISE_US);
  const pool = precise.length > 0 ? precise : all;
  const counts = members.map(countOf);
  const repeats = members.find((member) => member.repeats !== undefined)?.repeats;
  return {
    id: `v-${contentDigest((members[0] as Flagged).timed.event)}`,
    finding: strongest(members),
    event: primary.event,
    alsoSeen: others,
    ...(repeats === undefined ? {} : { repeats }),
    // Two logs of one request tell it once each.
    count: isProxied(primary.event) ? Math.max(...counts) : counts.reduce((sum, count) => sum + count, 0),
    first: least(pool, (timed) => timed.at) as Micros,
    last: greatest(pool, (timed) => (repeats === undefined ? timed.at : timed.hi)) as Micros,
  };
}

/** The same of a single record. */
function violationOf(record: Flagged): Violation {
  const { timed, finding, repeats } = record;
  const violation: { -readonly [K in keyof Violation]: Violation[K] } = {
    id: `v-${contentDigest(timed.event)}`,
    finding,
    event: timed.event,
    alsoSeen: NO_OTHERS,
    count: countOf(record),
    first: timed.at,
    last: repeats === undefined ? timed.at : timed.hi,
  };
  if (repeats !== undefined) violation.repeats = repeats;
  return violation;
}

const BROAD: ReadonlySet<Category> = new Set(['policy-violation', 'unapproved-egress']);

/** The finding that says most: a specific category before a broad one, then the higher severity. */
function strongest(members: readonly Flagged[]): Finding {
  const [only] = members;
  if (members.length === 1 && only !== undefined) return only.finding;
  const rank = ({ finding }: Flagged): number =>
    (BROAD.has(finding.category) ? 0 : 10) + SEVERITIES.indexOf(finding.severity);
  let best = members[0] as Flagged;
  for (const member of members) if (rank(member) > rank(best)) best = member;
  const severity = members.reduce<Severity>(
    (worst, { finding }) =>
      SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(worst) ? finding.severity : worst,
    'informational',
  );
  return severity === best.finding.severity ? best.finding : { ...best.finding, severity };
}

/** Packets or connections of a record and of those it stands for. */
function countOf({ timed: { event }, repeats }: Flagged): number {
  return (event.kind === 'network' ? (event.count ?? 1) : 1) + (repeats?.lines.length ?? 0);
}

function isProxied(event: ViolatingEvent): boolean {
  return event.kind === 'network' && event.type === 'proxy';
}
