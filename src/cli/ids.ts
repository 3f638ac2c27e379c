import type { Report } from '../model/report.ts';
import { UsageError } from './options.ts';

/** Violations and incidents are named so. */
export const ID = /^[vi]-[0-9a-f]/;

const SHOWN = 5;

/**
 * The ids of the violations that a violation or incident, or the beginning of its id, stands for: first the one shown.
 * `command` says which call lists the ids.
 */
export function violationsOf(word: string, { attributions, incidents }: Report, command: string): readonly string[] {
  const known = [...attributions.map(({ violation }) => violation.id), ...incidents.map(({ id }) => id)];
  const meant = known.includes(word) ? [word] : ID.test(word) ? known.filter((id) => id.startsWith(word)) : [];
  const [id, other] = meant;
  if (id === undefined)
    throw new UsageError(`no violation or incident ${word} in these inputs; run ${command} to see the ids`);
  if (other !== undefined)
    throw new UsageError(
      `${word} is the beginning of ${meant.length} ids: ${meant.slice(0, SHOWN).join(', ')}${meant.length > SHOWN ? ' ...' : ''}`,
    );
  return incidents.find((incident) => incident.id === id)?.attributions ?? [id];
}
