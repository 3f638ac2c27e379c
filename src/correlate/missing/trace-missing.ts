import { thousands } from '../../core/findings/findings.ts';
import type { Case } from '../../model/case.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Episode } from '../episodes/episodes.ts';
import type { Owner } from '../processes/owner.ts';
import { START_SLACK_US } from '../suspects/lease-facts.ts';
import type { Senders } from '../trail/senders.ts';
import type { Trail } from '../trail/walk.ts';
import { openSilent, silentIn } from './silent.ts';

interface Asking {
  readonly trail: Pick<Trail, 'begun' | 'windowUs' | 'errorUs'>;
  readonly senders: Senders | undefined;
  readonly owners: readonly Pick<Owner, 'isFirm' | 'origin'>[];
  readonly untraced: Case['untraced'];
}

/** Traces that are not there, of episodes that may have caused a flow, in plain words. */
export type TraceMissing = (asking: Asking) => readonly string[];

const MOST_NAMED = 8;

export function openTraceMissing(episodes: ReadonlyMap<string, Episode>): TraceMissing {
  const silentOf = openSilent(episodes);
  return ({ trail: { begun, windowUs, errorUs }, senders, owners, untraced }) => {
    const isFirm = owners.filter((owner) => owner.isFirm);
    // The process tells which call it was, or which episode began it.
    if (isFirm.some(({ origin }) => origin.call !== undefined)) return [];
    if (untraced?.episodeId !== undefined && isFirm.some(({ origin }) => origin.untraced))
      return [`the trace of ${untraced.episodeId}, which began the process in ${untraced.sandboxId}`];
    const slack = START_SLACK_US + errorUs;
    const { holding, before, ended } = silentOf(senders, begun - slack, begun + windowUs + slack);
    const missing: string[] = [];
    if (holding.length > 0)
      missing.push(`traces of episodes that held a sandbox then: ${named(holding, holding.length)}`);
    if (ended > 0)
      missing.push(`traces of earlier episodes that may have left something running: ${named(before, ended)}`);
    if (missing.length === 0 && untraced !== undefined)
      missing.push(`the trace of what ran in ${untraced.sandboxId} then: no record names its episode`);
    return missing;
  };
}

/** Told once: whatever these episodes did, nothing can be laid on them. */
export function silentProblems(episodes: ReadonlyMap<string, Episode>): readonly Diagnostic[] {
  const silent = silentIn(episodes.values());
  if (silent.length === 0) return [];
  const message = `no tool call is recorded of ${thousands(silent.length)} of ${thousands(episodes.size)} episodes, which leases or logs name: what they did cannot be told. Their traces are missing: ${named(silent, silent.length)}`;
  return [{ severity: 'warning', code: 'episodes-untraced', message }];
}

function named(list: readonly Episode[], all: number): string {
  const shown = list.slice(0, MOST_NAMED).map(({ id, sandboxIds }) => `${id} (${sandboxIds.join(', ')})`);
  const rest = all - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${thousands(rest)} more` : ''}`;
}
