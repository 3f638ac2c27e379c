import { circumstancesOf } from '../../core/findings/circumstances.ts';
import { type Case, candidateName, plural } from '../../core/findings/findings.ts';
import type { Verdict } from '../../model/attribution.ts';
import { destinations, type Told } from './incident.ts';

const NAMED = 3;
const UNDECIDED: ReadonlySet<Verdict> = new Set(['ambiguous', 'unattributed']);

/** Incidents without a decided cause that have one reason are told once, where the first of them stands: a scan of a thousand hosts is one thing to read. */
export function toldOnce(cases: readonly Case[]): readonly Told[] {
  const told = new Map<string, { readonly one: Case; readonly alike: Case[] }>();
  for (const one of cases) {
    const key = UNDECIDED.has(one.incident.verdict) && one.members.length === 1 ? kindOf(one) : one.incident.id;
    const first = told.get(key);
    if (first === undefined) told.set(key, { one, alike: [] });
    else first.alike.push(one);
  }
  return [...told.values()];
}

function kindOf({ incident, lead }: Case): string {
  const { verdict, category } = incident;
  const suspects = lead.candidates.map((candidate) => [candidateName(candidate), candidate.probability]);
  return JSON.stringify([verdict, category, lead.reason, lead.missing, suspects, circumstancesOf(incident)]);
}

/** Those that are not told, with what `explain` takes. */
export function alikeText(alike: readonly Case[]): string {
  const named = alike.slice(0, NAMED).map(({ members, lead }) => `${destinations(members)} (${lead.violation.id})`);
  const more = alike.length > NAMED ? ` and ${alike.length - NAMED} more` : '';
  return `${plural(alike.length, 'more incident')} for the same reason: ${named.join(', ')}${more}`;
}
