import { fingerprintOf, shapeOf } from '../core/findings/fingerprint.ts';
import { clip, escapeTerminal } from '../core/text/text.ts';
import type { Attribution } from '../model/attribution.ts';
import type { BaselineEntry } from '../model/baseline.ts';
import { isAcceptable } from './apply.ts';

/** Who answers for new entries, why, and to which day (`YYYY-MM-DD`, UTC). */
export interface Answer {
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

export interface BaselineChange {
  readonly entries: readonly BaselineEntry[];
  readonly added: readonly BaselineEntry[];
  /** Entries that nothing in this run matches; dropped only when `prune` is asked for. */
  readonly gone: readonly BaselineEntry[];
  readonly kept: number;
}

const CAUSE_WIDTH = 300;

/** Entries for these findings: known ones stay as they are, new ones get the answer. Sorted by fingerprint, so that diffs are small. */
export function updateBaseline(
  before: readonly BaselineEntry[],
  attributions: readonly Attribution[],
  { answer, prune }: { readonly answer: Answer; readonly prune: boolean },
): BaselineChange {
  const known = new Map(before.map((entry) => [entry.fingerprint, entry]));
  const seen = new Map<string, BaselineEntry>();
  for (const attribution of attributions.filter(isAcceptable)) {
    const fingerprint = fingerprintOf(attribution);
    if (!seen.has(fingerprint)) seen.set(fingerprint, known.get(fingerprint) ?? entryOf(attribution, answer));
  }
  const gone = before.filter(({ fingerprint }) => !seen.has(fingerprint));
  const added = [...seen.values()].filter(({ fingerprint }) => !known.has(fingerprint));
  const entries = [...seen.values(), ...(prune ? [] : gone)].sort(byFingerprint);
  return { entries, added: added.sort(byFingerprint), gone, kept: seen.size - added.length };
}

function byFingerprint(a: BaselineEntry, b: BaselineEntry): number {
  return a.fingerprint < b.fingerprint ? -1 : 1;
}

function entryOf(attribution: Attribution, answer: Answer): BaselineEntry {
  const { category, rule, destination, cause } = shapeOf(attribution);
  const shown = (text: string): string => clip(escapeTerminal(text), CAUSE_WIDTH);
  return {
    fingerprint: fingerprintOf(attribution),
    category,
    rule: shown(rule),
    destination: shown(destination),
    cause: shown(cause),
    owner: answer.owner,
    reason: answer.reason,
    expires: answer.expires,
  };
}
