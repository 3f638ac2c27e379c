import { Uint32List } from '../../core/packed/uint32-list.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import { NUMBERS } from '../moments/places.ts';
import { hostOf, isLifeKey, pidOf } from './deferred.ts';

/** One record in so many is noted. */
const STRIDE = 256;

/** A process record that was noted. */
interface Sampled {
  readonly source: string;
  /** The mark of its container. */
  readonly group: number;
  /** Its second, in microseconds. */
  readonly at: number;
  /** Its host, or the log where it states none. */
  readonly where: string;
  readonly pid: number;
}

/** Of a record, texts by their place in `#texts`. */
type Noted = readonly [source: number, second: number, group: number, where: number, pid: number];
const NUMBERS_NOTED = 5 satisfies Noted['length'];

/** Each so-manieth process record of the long logs: tells about how many would be taken, before they are read again. */
export class LifeSample {
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();
  /** What is `Noted` of each. */
  readonly #noted = new Uint32List();
  #seen = 0;

  add({ source, group, at, where, pid }: Sampled): void {
    for (let count = this.#count(1); count > 0; count--)
      this.#note([this.#placeOf(source), Math.floor(at / 1e6), group, this.#placeOf(where), pid]);
  }

  /** `named`: the hosts by their numbers, the log itself where it states none. */
  addSkimmed({ later }: Pick<Skimmed, 'later'>, source: string, named: readonly string[]): void {
    for (let i = 0; i < later.length; i += NUMBERS) {
      const key = later[i + 2] ?? 0;
      if (!isLifeKey(key)) continue;
      for (let count = this.#count(later[i + 5] ?? 1); count > 0; count--)
        this.#note([
          this.#placeOf(source),
          later[i + 3] ?? 0,
          later[i + 4] ?? 0,
          this.#placeOf(named[hostOf(key)] ?? source),
          pidOf(key),
        ]);
    }
  }

  /** About how many of all records are taken. */
  estimate(takes: (record: Sampled) => boolean): number {
    const noted = this.#noted.toArray();
    let taken = 0;
    for (let i = 0; i < noted.length; i += NUMBERS_NOTED) {
      const record = {
        source: this.#texts[noted[i] ?? 0] ?? '',
        at: (noted[i + 1] ?? 0) * 1e6,
        group: noted[i + 2] ?? 0,
        where: this.#texts[noted[i + 3] ?? 0] ?? '',
        pid: noted[i + 4] ?? 0,
      };
      if (takes(record)) taken++;
    }
    return taken * STRIDE;
  }

  /** How many of the next records are noted. */
  #count(records: number): number {
    const before = Math.ceil(this.#seen / STRIDE);
    this.#seen += records;
    return Math.ceil(this.#seen / STRIDE) - before;
  }

  #note(numbers: Noted): void {
    for (const number of numbers) this.#noted.push(number);
  }

  #placeOf(text: string): number {
    const place = this.#places.get(text) ?? this.#texts.push(text) - 1;
    this.#places.set(text, place);
    return place;
  }
}
