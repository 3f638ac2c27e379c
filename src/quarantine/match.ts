import type { EpisodeEvent, Event } from '../model/event.ts';
import type { Quarantine } from '../model/quarantine.ts';
import type { Rollout } from '../model/report.ts';
import { agree } from './groups.ts';

/** What goes: the flagged episodes, or their whole prompt groups. */
export const DROPS = ['flagged', 'group'] as const;
export type Drop = (typeof DROPS)[number];

/** What one row of a rollout file says about itself. */
export interface RowFacts {
  /** Names of its episodes and all aliases; empty when the row names none. */
  readonly ids: readonly string[];
  /** Episodes it describes; 0 for a row that only adds to one. */
  readonly episodes: number;
  /** A whole batch or group in one row: one of its rollouts cannot go alone. */
  readonly several: boolean;
  readonly run?: string | undefined;
  readonly group?: string | undefined;
  readonly step?: number | undefined;
}

export type RowFate =
  | { readonly is: 'keep' }
  | { readonly is: 'drop'; readonly episode: string }
  /** Its name is quarantined, but run, step or file differ: another rollout of the same name. Kept and reported. */
  | { readonly is: 'contradicted'; readonly episode: string; readonly says: string }
  /** A quarantined rollout shares the row with others. Kept and reported. */
  | { readonly is: 'inseparable'; readonly episode: string }
  /** It has no name of its own. Kept and reported. */
  | { readonly is: 'unnamed' };

/** Some dumps name no rollout; their formats then name the line, which means nothing in another file. */
const BY_LINE = /\/line:\d+(?:\/\d+)?$/;

/** `lineNames`: whether names by line count, because it is the file that was read as evidence. */
export function rowFacts(events: readonly Event[], lineNames: 'trusted' | 'ignored'): RowFacts {
  const described = events.filter((event): event is EpisodeEvent => event.kind === 'episode');
  const ids = new Set<string>();
  for (const event of events) {
    if (event.kind !== 'episode' && event.kind !== 'tool-call') continue;
    ids.add(event.episodeId);
    if (event.kind === 'episode') for (const alias of event.aliases ?? []) ids.add(alias);
  }
  const [first] = described;
  const episodes = new Set(described.map(({ episodeId }) => episodeId)).size;
  return {
    ids: [...ids].filter((id) => lineNames === 'trusted' || !BY_LINE.test(id)),
    episodes,
    // Of the other formats only verifiers has several in a row: the agents of one episode, who go together.
    several: episodes > 1 && first?.format === 'training-dump',
    run: first?.run,
    group: first?.group,
    step: first?.step,
  };
}

interface Wanted {
  readonly rollout: Rollout;
  /** Of files that do not agree about it, those that hold a blamed call. */
  readonly blamedIn: readonly string[];
}

/** Says what becomes of a row. `source`: the evidence that the rows were read from, if they were. */
export function createMatcher(quarantine: Quarantine, drop: Drop, source?: string): (row: RowFacts) => RowFate {
  const byId = new Map<string, Wanted>();
  const affected = drop === 'group' ? quarantine.affected.map(({ rollout }) => ({ rollout, blamedIn: [] })) : [];
  const flagged = quarantine.flagged.map(({ rollout, toolCalls }) => ({
    rollout,
    blamedIn: toolCalls.map(({ call }) => call.ref.source).filter((from) => rollout.disputed?.includes(from)),
  }));
  for (const wanted of [...affected, ...flagged])
    for (const id of [wanted.rollout.episode, ...wanted.rollout.aliases]) byId.set(id, wanted);
  return (row) => {
    if (row.ids.length === 0) return { is: 'unnamed' };
    let contradicted: RowFate = { is: 'keep' };
    for (const id of row.ids) {
      const wanted = byId.get(id);
      if (wanted === undefined) continue;
      const { episode } = wanted.rollout;
      const says = contradiction(row, wanted, source);
      if (says === undefined) return { is: row.several ? 'inseparable' : 'drop', episode };
      contradicted = { is: 'contradicted', episode, says };
    }
    return contradicted;
  };
}

function contradiction(row: RowFacts, { rollout, blamedIn }: Wanted, source: string | undefined): string | undefined {
  const [blamed] = blamedIn;
  if (blamed !== undefined && source !== undefined && rollout.disputed?.includes(source) && !blamedIn.includes(source))
    return `${source}, not ${blamed}`;
  if (!agree(row.run, rollout.run)) return `run ${row.run}, not ${rollout.run}`;
  return agree(row.step, rollout.step) ? undefined : `step ${row.step}, not ${rollout.step}`;
}
