/** Lineage and argument proof look at what was started shortly before a connection, and at what is logged just after it. */
const BEFORE_US = 32_000_000;
const AFTER_US = 3_000_000;

/** Stretches of one log's own time around the records that matter. */
export class Moments {
  readonly #times = new Map<string, number[]>();
  readonly #spans = new Map<string, readonly (readonly [number, number])[]>();

  add(source: string, at: number): void {
    const list = this.#times.get(source);
    if (list === undefined) this.#times.set(source, [at]);
    else list.push(at);
  }

  /** No more is added from here on. */
  close(): void {
    for (const [source, times] of this.#times) this.#spans.set(source, spansAround(times));
    this.#times.clear();
  }

  holds(source: string, at: number): boolean {
    const spans = this.#spans.get(source) ?? [];
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
}

function spansAround(times: number[]): readonly (readonly [number, number])[] {
  times.sort((a, b) => a - b);
  const out: [number, number][] = [];
  for (const at of times) {
    const last = out.at(-1);
    if (last !== undefined && at - BEFORE_US <= last[1]) last[1] = at + AFTER_US;
    else out.push([at - BEFORE_US, at + AFTER_US]);
  }
  return out;
}
