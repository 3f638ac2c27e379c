/** Lineage and argument proof look at what was started shortly before a connection, and at what is logged just after it. */
const BEFORE_US = 32_000_000;
const AFTER_US = 3_000_000;

type Spans = readonly (readonly [number, number])[];

/**
 * Stretches of one log's own time around the records that matter, each for the container that the record names. `group`: the mark
 * of a container, 0 where the record names none: it may be any.
 */
export class Moments {
  readonly #times = new Map<string, Map<number, number[]>>();
  readonly #spans = new Map<string, ReadonlyMap<number, Spans>>();

  add(source: string, group: number, at: number): void {
    const groups = this.#times.get(source) ?? new Map<number, number[]>();
    this.#times.set(source, groups);
    const list = groups.get(group);
    if (list === undefined) groups.set(group, [at]);
    else list.push(at);
  }

  /** No more is added from here on. */
  close(): void {
    for (const [source, groups] of this.#times) {
      const spans = new Map([...groups].map(([group, times]) => [group, spansAround(times)] as const));
      const all = spansAround([...groups.values()].flat());
      this.#spans.set(source, spans.set(ALL, all));
    }
    this.#times.clear();
  }

  holds(source: string, group: number, at: number): boolean {
    const spans = this.#spans.get(source);
    if (spans === undefined) return false;
    if (group === NO_CONTAINER) return isWithin(spans.get(ALL), at);
    return isWithin(spans.get(group), at) || isWithin(spans.get(NO_CONTAINER), at);
  }
}

const NO_CONTAINER = 0;
/** No mark of a container: those are not negative. */
const ALL = -1;

function isWithin(spans: Spans | undefined, at: number): boolean {
  if (spans === undefined) return false;
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = spans[middle] ?? [0, 0];
    if (at < from) high = middle - 1;
    else if (at > to) low = middle + 1;
    else return true;
  }
  return false;
}

function spansAround(times: number[]): Spans {
  times.sort((a, b) => a - b);
  const out: [number, number][] = [];
  for (const at of times) {
    const last = out.at(-1);
    if (last !== undefined && at - BEFORE_US <= last[1]) last[1] = at + AFTER_US;
    else out.push([at - BEFORE_US, at + AFTER_US]);
  }
  return out;
}
