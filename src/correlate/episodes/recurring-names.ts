import type { CallLog } from '../../core/calls/columns.ts';
import { push } from '../../core/push.ts';
import { formatIso, micros } from '../../core/time/time.ts';
import type { EpisodeEvent } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';
import { type Draft, emptyDraft } from './draft-calls.ts';

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
  readonly #claims = new Map<string, readonly Claim[]>();
  /** Those of them that only spans tell of, which have no name of their own yet. */
  readonly #unrecorded = new Map<string, readonly Claim[]>();

  constructor(episodes: readonly Timed<EpisodeEvent>[]) {
    const recorded = new Map<string, Claim[]>();
    const counted = new Map<string, Claim[]>();
    for (const timed of episodes) {
      const claim = claimOf(timed);
      if (claim === undefined) continue;
      if (DUMPS.has(timed.event.format)) for (const alias of timed.event.aliases ?? []) push(recorded, alias, claim);
      else if (isCounted(timed.event)) push(counted, claim.id, claim);
    }
    for (const name of new Set([...recorded.keys(), ...counted.keys()]))
      this.#read(name, recorded.get(name) ?? [], counted.get(name) ?? []);
  }

  #read(name: string, recorded: readonly Claim[], counted: readonly Claim[]): void {
    const others = counted.filter(({ from, to }) => !recorded.some((one) => holds(one, from, to)));
    // Where the dump knows none of them it may be the zone of its clock that is not known.
    const unrecorded = recorded.length === 0 || others.length < counted.length ? runsOf(others) : [];
    const claims = [...recorded, ...unrecorded];
    if (!areApart(claims)) return;
    this.#claims.set(name, claims);
    this.#unrecorded.set(name, unrecorded);
  }

  /** Other names by which its writer can mean this rollout only. */
  aliasesOf({ format, aliases = [] }: EpisodeEvent): readonly string[] {
    return DUMPS.has(format) ? aliases.filter((alias) => !this.#claims.has(alias)) : aliases;
  }

  /** Gives what is told under such a name to the rollout that ran then; what fits none or several stays under it. */
  settle(byId: Map<string, Draft>, calls: CallLog): void {
    for (const [alias, claims] of this.#claims) {
      const draft = byId.get(alias);
      if (draft === undefined) continue;
      for (const { id } of this.#unrecorded.get(alias) ?? [])
        byId.set(id, { ...emptyDraft(id), rank: draft.rank, aliases: [id, alias] });
      settleDraft(draft, { claims, byId, calls });
    }
  }
}

interface Settling {
  readonly claims: readonly Claim[];
  readonly byId: Map<string, Draft>;
  readonly calls: CallLog;
}

function settleDraft(draft: Draft, { claims, byId, calls }: Settling): void {
  const draftAt = (from: number, to: number): Draft => {
    const [claim, ...others] = claims.filter((one) => holds(one, from, to));
    return (others.length > 0 || claim === undefined ? undefined : byId.get(claim.id)) ?? draft;
  };
  const events = draft.events.splice(0);
  const rows = draft.calls.copy();
  const leases = draft.leases ?? [];
  draft.calls.clear();
  draft.seen = undefined;
  // Whoever leaves takes its sandbox along.
  draft.sandboxes = new Set(leases.map(({ sandboxId }) => sandboxId));
  for (const timed of events) {
    const { from, to } = spanOf(timed);
    const own = draftAt(from, to);
    own.events.push(timed);
    if (timed.event.sandboxId !== undefined) own.sandboxes.add(timed.event.sandboxId);
  }
  for (const row of rows) {
    const { start = Number.NaN, sandboxId } = calls.at(row) ?? {};
    const own = draftAt(start, start);
    own.calls.push(row);
    own.seen = undefined;
    if (sandboxId !== undefined) own.sandboxes.add(sandboxId);
  }
  if (draft.events.length + draft.calls.length + leases.length === 0)
    for (const name of draft.aliases) byId.delete(name);
}

function spanOf({ at, event }: Timed<EpisodeEvent>): { readonly from: number; readonly to: number } {
  const shift = at - event.time.at;
  const { start = event.time.at, end = event.time.at } = event;
  return { from: start + shift, to: end + shift };
}

function claimOf(timed: Timed<EpisodeEvent>): Claim | undefined {
  const { end, episodeId: id } = timed.event;
  return end === undefined ? undefined : { id, ...spanOf(timed) };
}

/** ROLL's spans name a rollout `{group}_{environment}` and are one for each: roll/pipeline/agentic/env_manager/traj_env_manager.py. */
function isCounted({ format, episodeId, group }: EpisodeEvent): boolean {
  return (
    format === 'otlp' &&
    group !== undefined &&
    /^_\d+$/.test(episodeId.slice(group.length)) &&
    episodeId.startsWith(group)
  );
}

/** The rollouts that spans of one name tell of, each over before the next began; named by when they began. */
function runsOf(claims: readonly Claim[]): readonly Claim[] {
  const runs: Claim[] = [];
  for (const claim of [...claims].sort((a, b) => a.from - b.from)) {
    const last = runs.at(-1);
    if (last !== undefined && claim.from - last.to <= APART_US)
      runs[runs.length - 1] = { ...last, to: Math.max(last.to, claim.to) };
    else runs.push({ ...claim, id: `${claim.id}@${formatIso(micros(claim.from))}` });
  }
  return runs;
}

/** Whether one was over before the next began. */
function areApart(claims: Claim[]): boolean {
  claims.sort((a, b) => a.to - b.to);
  return claims.slice(1).some(({ from }, i) => from - (claims[i]?.to ?? from) > APART_US);
}

/** What tells no time (NaN) is in none. */
function holds({ from, to }: Claim, start: number, end: number): boolean {
  return start >= from - APART_US && end <= to + APART_US;
}
