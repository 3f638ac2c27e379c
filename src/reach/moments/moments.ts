import { push } from '../../core/push.ts';

/** Lineage and argument proof look at what was started shortly before a connection, and at what is logged just after it. */
export const BEFORE_US = 32_000_000;
const AFTER_US = 3_000_000;

/** `from, to` of each, in their order, with gaps between them. */
type Spans = Float64Array;

/** When the records were that matter, in order: by the mark of their container, and of all. */
interface Times {
  readonly byGroup: ReadonlyMap<number, Float64Array>;
  readonly all: Float64Array;
}

/** The spans of one container, for questions about one second after the other. */
interface Own {
  readonly spans: Spans;
  /** The first that had not ended at the second that was asked for last. */
  next: number;
}

/** Stretches of one log's own time around the records that matter, each for the container that the record names. */
export class MomentsOf {
  /** By the mark, as a number with a sign: V8 looks up others far more slowly. */
  readonly #own = new Map<number, Own>();
  readonly #anybody: Own;
  readonly #all: Own;
  /** The second that was asked for last, and whether any container has a moment in it, and one that is all containers'. */
  #second = -1;
  #isNear = false;
  #isAnybody = false;

  constructor({ byGroup, all }: Times, beforeUs: number) {
    for (const [group, times] of byGroup) this.#own.set(group | 0, ownOf(times, beforeUs));
    this.#anybody = this.#own.get(NO_CONTAINER) ?? ownOf(NO_TIMES, beforeUs);
    this.#all = ownOf(all, beforeUs);
  }

  /** `group`: the mark of a container, 0 where the record names none: it may be any. */
  holds(group: number, at: number): boolean {
    if (!isWithin(this.#all.spans, at)) return false;
    if (group === NO_CONTAINER) return true;
    return isWithin(this.#own.get(group | 0)?.spans, at) || isWithin(this.#anybody.spans, at);
  }

  /** The same of what was at some time in a second. Quick for many records of one second. */
  holdsIn(group: number, second: number): boolean {
    if (second !== this.#second) {
      this.#second = second;
      this.#isNear = touches(this.#all, second);
      this.#isAnybody = touches(this.#anybody, second);
    }
    if (!this.#isNear || this.#isAnybody || group === NO_CONTAINER) return this.#isNear;
    const own = this.#own.get(group | 0);
    return own !== undefined && touches(own, second);
  }
}

/** The moments of all logs. */
export class Moments {
  readonly #logOf: (source: string) => string;
  readonly #times = new Map<string, Map<number, number[]>>();
  /** Of each log, once all are there. */
  #sorted: ReadonlyMap<string, Times> | undefined;
  readonly #closed = new Map<string, MomentsOf>();

  /** `logOf`: the log that a file is a piece of. */
  constructor(logOf: (source: string) => string) {
    this.#logOf = logOf;
  }

  add(source: string, group: number, at: number): void {
    const log = this.#logOf(source);
    const groups = this.#times.get(log) ?? new Map<number, number[]>();
    this.#times.set(log, groups);
    push(groups, group, at);
    this.#sorted = undefined;
  }

  /** Of all that was added. `beforeUs`: how far they reach back; as much shorter than usual they reach forward. */
  close(beforeUs: number = BEFORE_US): void {
    this.#sorted ??= new Map([...this.#times].map(([log, groups]) => [log, sorted(groups)]));
    for (const [log, times] of this.#sorted) this.#closed.set(log, new MomentsOf(times, beforeUs));
  }

  of(source: string): MomentsOf {
    return this.#closed.get(this.#logOf(source)) ?? NEVER;
  }
}

const NO_CONTAINER = 0;
const NO_TIMES = new Float64Array(0);
const NEVER = new MomentsOf({ byGroup: new Map(), all: NO_TIMES }, BEFORE_US);

function sorted(groups: ReadonlyMap<number, readonly number[]>): Times {
  const byGroup = new Map([...groups].map(([group, times]) => [group, Float64Array.from(times).sort()]));
  return { byGroup, all: Float64Array.from([...groups.values()].flat()).sort() };
}

/** Whether one of them has a part of a second. */
function touches(own: Own, second: number): boolean {
  const { spans } = own;
  const from = second * 1e6;
  const count = spans.length / 2;
  // Most questions come in the order of time. Nothing is read beside the spans: V8 makes an object of each number where that happens.
  const isBefore = own.next > 0 && (spans[own.next * 2 - 1] ?? 0) >= from;
  const isNext = !isBefore && (own.next === count || (spans[own.next * 2 + 1] ?? 0) >= from);
  if (!isNext) own.next = firstEndingFrom(spans, from);
  return own.next < count && (spans[own.next * 2] ?? 0) <= from + 1e6;
}

function firstEndingFrom(spans: Spans, at: number): number {
  let low = 0;
  let high = spans.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle * 2 + 1] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isWithin(spans: Spans | undefined, at: number): boolean {
  if (spans === undefined) return false;
  let low = 0;
  let high = spans.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (at < (spans[middle * 2] ?? 0)) high = middle - 1;
    else if (at > (spans[middle * 2 + 1] ?? 0)) low = middle + 1;
    else return true;
  }
  return false;
}

function ownOf(times: Float64Array, beforeUs: number): Own {
  return { spans: spansAround(times, beforeUs), next: 0 };
}

function spansAround(times: Float64Array, beforeUs: number): Spans {
  const afterUs = (AFTER_US * beforeUs) / BEFORE_US;
  const out = new Float64Array(2 * times.length);
  let length = 0;
  for (const at of times) {
    const isNear = length > 0 && at - beforeUs <= (out[length - 1] ?? 0);
    if (!isNear) {
      out[length] = at - beforeUs;
      length += 2;
    }
    out[length - 1] = at + afterUs;
  }
  return out.slice(0, length);
}
