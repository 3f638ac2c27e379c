import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';

/** Formats whose records describe a rollout each, or a step of it. */
const ROWS: ReadonlySet<string> = new Set(['nemo-gym', 'roll-dump', 'tool-calls', 'training-dump', 'verifiers']);
/** Formats of these whose records describe the rollout whole: in two files, other facts are another rollout. */
const WHOLE: ReadonlySet<string> = new Set(['nemo-gym', 'training-dump', 'verifiers']);

type Fact = 'run' | 'step' | 'reward' | 'time' | 'calls';

type Said = Exclude<Fact, 'calls'>;

/** Where the records of a trainer do not agree about a name. */
interface Dispute {
  readonly facts: ReadonlySet<Fact>;
  /** Files that tell of it, sorted. */
  readonly sources: readonly string[];
}

/**
 * Names come round again: NeMo Gym counts tasks and rollouts anew in every file, AReaL its tasks in every run, and dumps of an agent's
 * steps number these. Then no record says which step used the rollout that is meant. `calls`: those of the name, asked for where
 * several files tell of it whole.
 */
export function disputeOf(
  events: readonly EpisodeEvent[],
  calls: () => Iterable<ToolCallEvent> = () => [],
): Dispute | undefined {
  if (events.length < 2) return undefined;
  const rows = events.filter(({ format }) => ROWS.has(format));
  const whole = rows.filter(({ format }) => WHOLE.has(format));
  const sources = [...new Set(rows.map(({ ref }) => ref.source))].sort();
  const differ = (list: readonly EpisodeEvent[], facts: readonly Said[]): readonly Fact[] =>
    facts.filter((fact) => doDiffer(list, fact));
  const files = filesOf(whole);
  const facts = new Set<Fact>([
    ...differ(rows, ['run', 'step']),
    ...(sources.length > 1 ? differ(whole, ['reward', 'time']) : []),
  ]);
  if (files.length > 1 && doCallsDiffer(calls(), files)) facts.add('calls');
  return facts.size === 0 ? undefined : { facts, sources };
}

/** Files of one format that describe the rollout whole. */
function filesOf([first, ...others]: readonly EpisodeEvent[]): readonly string[] {
  const alike = others.filter(({ format }) => format === first?.format);
  return first === undefined ? [] : [...new Set([first, ...alike].map(({ ref }) => ref.source))];
}

/** Whether what two files say was called goes apart: one may tell more of the same rollout than the other. */
function doCallsDiffer(calls: Iterable<ToolCallEvent>, files: readonly string[]): boolean {
  const told = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { ref, name, argumentsText, command } of calls)
    told.get(ref.source)?.push(`${name}\n${argumentsText ?? command ?? ''}`);
  const lists = [...told.values()].sort((a, b) => a.length - b.length);
  return lists.some((list, i) => list.some((call, n) => lists.slice(i + 1).some((longer) => longer[n] !== call)));
}

/** Formats name steps differently, so only records of one are compared. */
function doDiffer(events: readonly EpisodeEvent[], fact: Said): boolean {
  const first = new Map<string, string | number>();
  return events.some((event) => {
    const said = saidOf(event, fact);
    const before = first.get(event.format);
    if (said !== undefined && before === undefined) first.set(event.format, said);
    return said !== undefined && before !== undefined && said !== before;
  });
}

/** Of a time the stamp as it was written: none where only the file's own time is known. */
function saidOf(event: EpisodeEvent, fact: Said): string | number | undefined {
  return fact === 'time' ? event.time.raw || undefined : event[fact];
}
