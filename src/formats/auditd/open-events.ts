/** Records of one event may lie apart; this many events stay open before the oldest is closed. */
const OPEN_LIMIT = 64;

interface Open<T> {
  readonly serial: number;
  readonly name: string;
  value: T;
}

/**
 * What is known of the events that are open, by serial number and name. A map would do the same, but the tables that it outgrows
 * hold on to each other, and to all that was ever in them, until all memory is searched.
 */
export class OpenEvents<T> {
  /** The oldest first, from `#first` on. */
  readonly #open: (Open<T> | undefined)[] = [];
  #first = 0;
  #highest = -1;

  get(serial: number, name: string): T | undefined {
    return this.#open[this.#placeOf(serial, name)]?.value;
  }

  /** Its place is that of the first time. Hands back the oldest when there are too many. */
  set(serial: number, name: string, value: T): T | undefined {
    const known = this.#open[this.#placeOf(serial, name)];
    if (known !== undefined) {
      known.value = value;
      return undefined;
    }
    this.#open.push({ serial, name, value });
    this.#highest = Math.max(this.#highest, serial);
    return this.#open.length - this.#first > OPEN_LIMIT ? this.#takeFirst() : undefined;
  }

  delete(serial: number, name: string): T | undefined {
    const at = this.#placeOf(serial, name);
    return at < 0 ? undefined : this.#open.splice(at, 1)[0]?.value;
  }

  /** All, the oldest first; none is open any more. */
  clear(): readonly T[] {
    const open = this.#open.splice(0);
    this.#first = 0;
    return open.flatMap((each) => (each === undefined ? [] : [each.value]));
  }

  #placeOf(serial: number, name: string): number {
    // Numbers go up: most are new, or those of the last.
    if (serial > this.#highest) return -1;
    for (let at = this.#open.length - 1; at >= this.#first; at--) {
      const open = this.#open[at];
      if (open?.serial === serial && open.name === name) return at;
    }
    return -1;
  }

  #takeFirst(): T | undefined {
    const oldest = this.#open[this.#first];
    this.#open[this.#first++] = undefined;
    if (this.#first > OPEN_LIMIT) {
      this.#open.splice(0, this.#first);
      this.#first = 0;
    }
    return oldest?.value;
  }
}
