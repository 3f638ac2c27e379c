import type { Micros } from '../../model/time.ts';

/** A log is silent where it lacks records for so many times its next longest pause. */
const SILENT = 2;

/** What the log of a host's translations holds. */
export class Logged {
  /** Flows that were not translated as well. */
  untranslated = false;
  #from: Micros;
  #to: Micros;
  /** The longest pause between its records, and how long the next longest is, microseconds. */
  #pause = { from: 0, to: 0 };
  #next = 0;

  constructor(first: Micros) {
    this.#from = first;
    this.#to = first;
  }

  /** A record, which may be of a stretch of time; in the order of time, as far as clocks tell. */
  add(from: Micros, to: Micros): void {
    if (from < this.#from) this.#from = from;
    const pause = from - this.#to;
    const longest = this.#pause.to - this.#pause.from;
    if (pause > longest) {
      this.#next = longest;
      this.#pause = { from: this.#to, to: from };
    } else if (pause > this.#next) this.#next = pause;
    if (to > this.#to) this.#to = to;
  }

  /** Whether it would hold a record of then: it had begun and not ended, for sure, and was not silent. */
  covers(at: Micros, slackUs: number): boolean {
    if (at < this.#from + slackUs || at > this.#to - slackUs) return false;
    const { from, to } = this.#pause;
    const isSilent = this.#next > 0 && to - from > SILENT * this.#next;
    return !isSilent || at <= from || at >= to;
  }
}
