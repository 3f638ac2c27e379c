import type { EpisodeEvent } from '../model/event.ts';

/** Formats whose records describe a rollout each, or a step of it. */
const ROWS: ReadonlySet<string> = new Set(['nemo-gym', 'roll-dump', 'tool-calls', 'training-dump', 'verifiers']);
/** Formats of these whose records describe the rollout whole: in two files, other facts are another rollout. */
const WHOLE: ReadonlySet<string> = new Set(['nemo-gym', 'training-dump', 'verifiers']);

type Fact = 'run' | 'step' | 'reward' | 'time';

/** Where the records of a trainer do not agree about a name. */
interface Dispute {
  readonly facts: ReadonlySet<Fact>;
  /** Files that tell of it, sorted. */
  readonly sources: readonly string[];
}

/**
 * Names come round again: NeMo Gym counts tasks and rollouts anew in every file, AReaL its tasks in every run, and dumps of an agent's
 * steps number these. Then no record says which step used the rollout that is meant.
 */
export function disputeOf(events: readonly EpisodeEvent[]): Dispute | undefined {
  if (events.length < 2) return undefined;
  const rows = events.filter(({ format }) => ROWS.has(format));
  const whole = rows.filter(({ format }) => WHOLE.has(format));
  const sources = [...new Set(rows.map(({ ref }) => ref.source))].sort();
  const differ = (list: readonly EpisodeEvent[], facts: readonly Fact[]): readonly Fact[] =>
    facts.filter((fact) => doDiffer(list, fact));
  const facts = new Set([
    ...differ(rows, ['run', 'step']),
    ...(sources.length > 1 ? differ(whole, ['reward', 'time']) : []),
  ]);
  return facts.size === 0 ? undefined : { facts, sources };
}

/** Formats name steps differently, so only records of one are compared. */
function doDiffer(events: readonly EpisodeEvent[], fact: Fact): boolean {
  const first = new Map<string, string | number>();
  return events.some((event) => {
    const said = saidOf(event, fact);
    const before = first.get(event.format);
    if (said !== undefined && before === undefined) first.set(event.format, said);
    return said !== undefined && before !== undefined && said !== before;
  });
}

/** Of a time the stamp as it was written: none where only the file's own time is known. */
function saidOf(event: EpisodeEvent, fact: Fact): string | number | undefined {
  return fact === 'time' ? event.time.raw || undefined : event[fact];
}
