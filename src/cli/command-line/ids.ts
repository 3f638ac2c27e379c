import { similarWord } from '../../core/text/similar.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Report } from '../../model/report.ts';
import { didYouMean } from './meant.ts';
import { UsageError } from './usage-error.ts';

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
    throw new UsageError(
      `no violation or incident ${word} in these inputs; ${meantInstead(word, attributions, known) ?? `run ${command} to see the ids`}`,
    );
  if (other !== undefined) throw new UsageError(`${word} is the beginning of ${meant.length} ids: ${listed(meant)}`);
  return incidents.find((incident) => incident.id === id)?.attributions ?? [id];
}

/** What somebody may have meant who gives something else than an id of ours, or one with a slip of the pen. */
function meantInstead(
  word: string,
  attributions: readonly Attribution[],
  known: readonly string[],
): string | undefined {
  const laid = attributions.filter(({ episode, toolCall }) => episode?.id === word || toolCall?.id === word);
  if (laid.length > 0)
    return `on it ${laid.length === 1 ? 'is' : 'are'} laid ${listed(laid.map(({ violation }) => violation.id))}`;
  const bare = ALMOST.test(word) ? known.filter((id) => id.slice(2).startsWith(word)) : [];
  return didYouMean(bare.length > 0 ? bare : slips(word, known));
}

/** The beginning of an id whose `v-` or `i-` was left out. */
const ALMOST = /^[0-9a-f]{4,}$/;

function slips(word: string, known: readonly string[]): readonly string[] {
  const meant = /^[vi]-\w{8,}$/.test(word)
    ? similarWord(
        word,
        known.map((id) => id.slice(0, word.length)),
      )
    : undefined;
  return meant === undefined ? [] : known.filter((id) => id.startsWith(meant));
}

function listed(ids: readonly string[]): string {
  return `${ids.slice(0, SHOWN).join(', ')}${ids.length > SHOWN ? ' ...' : ''}`;
}
