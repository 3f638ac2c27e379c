import type { Micros } from '../../model/time.ts';

/** A log is silent where it lacks records for so many times its longest usual pause. */
const SILENT = 2;
/** So many of its pauses may be silences. */
const MOST_SILENCES = 4;
/** More than one are told by so many usual pauses for each. */
const USUAL = 10;

interface Pause {
  readonly from: Micros;
  readonly to: Micros;
}

/** What the log of a host's translations holds. */
export class Logged {
  /** Flows that were not translated as well. */
  untranslated = false;
  #from: Micros;
  #to: Micros;
  /** The longest pauses between its records, the longest first. */
  readonly #pauses: Pause[] = [];
  #pauseCount = 0;

  constructor(first: Micros) {
    this.#from = first;
    this.#to = first;
  }

  /** A record, which may be of a stretch of time; in the order of time, as far as clocks tell. */
  add(from: Micros, to: Micros): void {
    if (from < this.#from) this.#from = from;
    if (from > this.#to) this.#pause({ from: this.#to, to: from });
    if (to > this.#to) this.#to = to;
  }

  #pause(pause: Pause): void {
    this.#pauseCount++;
    const pauses = this.#pauses;
    const place = pauses.findIndex((other) => lengthOf(other) < lengthOf(pause));
    if (place < 0 && pauses.length > MOST_SILENCES) return;
    pauses.splice(place < 0 ? pauses.length : place, 0, pause);
    if (pauses.length > MOST_SILENCES + 1) pauses.pop();
  }

  /** Whether it would hold a record of then: it had begun and not ended, for sure, and was not silent. */
  covers(at: Micros, slackUs: number): boolean {
    if (at < this.#from + slackUs || at > this.#to - slackUs) return false;
    return this.#silences().every(({ from, to }) => at <= from || at >= to);
  }

  /** When it fell silent after a time. */
  silentAfter(at: Micros): Micros | undefined {
    const later = this.#silences().filter(({ to }) => to > at);
    return later.length === 0 ? undefined : (Math.min(...later.map(({ from }) => Math.max(from, at))) as Micros);
  }

  /** Pauses that are far longer than the next ones. */
  #silences(): readonly Pause[] {
    const pauses = this.#pauses;
    for (let count = pauses.length - 1; count > 0; count--) {
      if (count > 1 && this.#pauseCount < count * USUAL) continue;
      const [last, next] = [pauses[count - 1], pauses[count]];
      if (last !== undefined && next !== undefined && lengthOf(last) > SILENT * lengthOf(next))
        return pauses.slice(0, count);
    }
    return [];
  }
}

function lengthOf({ from, to }: Pause): number {
  return to - from;
}
