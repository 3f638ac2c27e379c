import { Uint32List } from '../core/packed/uint32-list.ts';
import type { Skimmed } from '../model/skimmed.ts';
import { isLifeKey } from './deferred.ts';
import { NUMBERS } from './places.ts';

/** One record in so many is noted. */
const STRIDE = 256;

/** Whether process records of a container in a log at a time, in microseconds, are taken. */
export type Takes = (source: string, group: number, at: number) => boolean;

/** Each so-manieth process record of the long logs: tells about how many would be taken, before they are read again. */
export class LifeSample {
  readonly #sources: string[] = [];
  /** `source, second, group` of each, its source by its place in `#sources`. */
  readonly #noted = new Uint32List();
  #seen = 0;

  add(source: string, group: number, second: number, records = 1): void {
    const before = Math.ceil(this.#seen / STRIDE);
    this.#seen += records;
    const count = Math.ceil(this.#seen / STRIDE) - before;
    if (count > 0 && this.#sources.at(-1) !== source) this.#sources.push(source);
    for (let i = 0; i < count; i++)
      for (const number of [this.#sources.length - 1, second, group]) this.#noted.push(number);
  }

  addSkimmed({ later }: Pick<Skimmed, 'later'>, source: string): void {
    for (let i = 0; i < later.length; i += NUMBERS)
      if (isLifeKey(later[i + 2] ?? 0)) this.add(source, later[i + 4] ?? 0, later[i + 3] ?? 0, later[i + 5] ?? 1);
  }

  /** About how many of all records are taken. */
  estimate(takes: Takes): number {
    const noted = this.#noted.toArray();
    let taken = 0;
    for (let i = 0; i < noted.length; i += 3)
      if (takes(this.#sources[noted[i] ?? 0] ?? '', noted[i + 2] ?? 0, (noted[i + 1] ?? 0) * 1e6)) taken++;
    return taken * STRIDE;
  }
}
