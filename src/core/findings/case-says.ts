import type { Attribution } from '../../model/attribution.ts';
import { least } from '../extremes.ts';
import { type Case, candidateName, percent, plural } from './findings.ts';

const MAX_NAMED = 6;

/** How sure an incident is: as its least sure member; nothing where none is decided. */
export function surenessOf({ incident, members }: Pick<Case, 'incident' | 'members'>): string | undefined {
  if (isOpen(incident)) return undefined;
  return percent(leastProbability(members));
}

/** A verdict, and how sure it is where it is decided. */
export function certaintyOf({ verdict, probability }: Pick<Attribution, 'verdict' | 'probability'>): string {
  return isOpen({ verdict }) ? verdict : `${verdict} ${percent(probability)}`;
}

/** 0 to 1. */
export function leastProbability(members: readonly Attribution[]): number {
  return least(members, ({ probability }) => probability);
}

/**
 * Violations without a decided cause are one incident by their ends, not by who sent them: what the shown one says may not hold
 * of the others, and who is suspected of these must not be left out.
 */
export function othersOf({ incident, members, lead }: Case): string | undefined {
  if (!isOpen(incident)) return undefined;
  const others = members.filter(({ reason }) => reason !== lead.reason);
  if (others.length === 0) return undefined;
  const shown = namesOf([lead]);
  const names = [...namesOf(others)].filter((name) => !shown.has(name));
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  const suspects =
    names.length === 0
      ? ''
      : `, and ${names.slice(0, MAX_NAMED).join(', ')}${more} ${names.length === 1 ? 'as a suspect' : 'as suspects'}`;
  return `${others.length} of its ${plural(members.length, 'violation')} ${others.length === 1 ? 'has another reason' : 'have other reasons'}${suspects}`;
}

function namesOf(members: readonly Attribution[]): ReadonlySet<string> {
  return new Set(members.flatMap(({ candidates }) => candidates.map(candidateName)));
}

function isOpen({ verdict }: Pick<Attribution, 'verdict'>): boolean {
  return verdict === 'ambiguous' || verdict === 'unattributed';
}
