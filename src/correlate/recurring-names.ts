import type { CallLog } from '../core/calls/columns.ts';
import { push } from '../core/push.ts';
import type { EpisodeEvent } from '../model/event.ts';
import type { Timed } from '../model/timed.ts';
import type { Draft } from './draft-calls.ts';

/** Formats whose every record is a whole rollout under a name that holds its time, and has another name that does not. */
const DUMPS: ReadonlySet<string> = new Set(['roll-dump']);
/** Between a rollout and the next one that its trainer counts alike, and of clocks of one rollout, microseconds. */
const APART_US = 60_000_000;

/** A rollout that goes by a name among others, and when it ran, microseconds UTC. */
interface Claim {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Names that come round again: ROLL counts groups, environments and episodes anew in every run, and spans and logs name a rollout
 * by these alone. Such a name means the rollout that ran at the time, and joins none to another.
 */
export class RecurringNames {
  readonly #claims = new Map<string, Claim[]>();

  constructor(episodes: readonly Timed<EpisodeEvent>[]) {
    for (const timed of episodes) {
      const claim = DUMPS.has(timed.event.format) ? claimOf(timed) : undefined;
      if (claim !== undefined) for (const alias of timed.event.aliases ?? []) push(this.#claims, alias, claim);
    }
    for (const [alias, claims] of this.#claims) if (!areApart(claims)) this.#claims.delete(alias);
  }

  /** Other names by which its writer can mean this rollout only. */
  aliasesOf({ format, aliases = [] }: EpisodeEvent): readonly string[] {
    return DUMPS.has(format) ? aliases.filter((alias) => !this.#claims.has(alias)) : aliases;
  }

  /** Gives what is told under such a name to the rollout that ran then; what fits none or several stays under it. */
  settle(byId: Map<string, Draft>, calls: CallLog): void {
    for (const [alias, claims] of this.#claims) {
      const draft = byId.get(alias);
      if (draft !== undefined) settleDraft(draft, { claims, byId, calls });
    }
  }
}

interface Settling {
  readonly claims: readonly Claim[];
  readonly byId: Map<string, Draft>;
  readonly calls: CallLog;
}

function settleDraft(draft: Draft, { claims, byId, calls }: Settling): void {
  const draftAt = (from: number | undefined, to: number | undefined): Draft => {
    const [claim, ...others] = claims.filter((one) => holds(one, from, to));
    return (others.length > 0 || claim === undefined ? undefined : byId.get(claim.id)) ?? draft;
  };
  for (const timed of draft.events.splice(0)) {
    const { from, to } = spanOf(timed);
    const own = draftAt(from, to);
    own.events.push(timed);
    if (timed.event.sandboxId !== undefined) own.sandboxes.add(timed.event.sandboxId);
  }
  const rows = draft.calls.copy();
  draft.calls.clear();
  draft.seen = undefined;
  for (const row of rows) {
    const start = calls.at(row)?.start;
    const own = draftAt(start, start);
    own.calls.push(row);
    own.seen = undefined;
  }
  if (draft.events.length + draft.calls.length + (draft.leases?.length ?? 0) === 0)
    for (const name of draft.aliases) byId.delete(name);
}

function spanOf({ at, event }: Timed<EpisodeEvent>): { readonly from: number; readonly to: number } {
  const shift = at - event.time.at;
  const { start = event.time.at, end = event.time.at } = event;
  return { from: start + shift, to: end + shift };
}

function claimOf(timed: Timed<EpisodeEvent>): Claim | undefined {
  const { start, end, episodeId: id } = timed.event;
  if (end === undefined) return undefined;
  const { from, to } = spanOf(timed);
  return { id, from: start === undefined ? to : from, to };
}

/** Whether there are several, each over before the next began. */
function areApart(claims: Claim[]): boolean {
  claims.sort((a, b) => a.to - b.to);
  const gaps = claims.slice(1).map(({ from }, i) => from - (claims[i]?.to ?? from));
  return gaps.some((gap) => gap > APART_US);
}

function holds({ from, to }: Claim, start: number | undefined, end: number | undefined): boolean {
  return start !== undefined && end !== undefined && start >= from - APART_US && end <= to + APART_US;
}
