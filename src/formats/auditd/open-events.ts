/** Records of one event may lie apart; this many events stay open before the oldest is closed. */
const OPEN_LIMIT = 64;

/**
 * What is known of the events that are open, by serial number and name. A map would do the same, but the tables that it outgrows
 * hold on to each other, and to all that was ever in them, until all memory is searched.
 */
export class OpenEvents<T> {
  #serials: number[] = [];
  #names: string[] = [];
  #values: T[] = [];

  get(serial: number, name: string): T | undefined {
    return this.#values[this.#placeOf(serial, name)];
  }

  /** Its place is that of the first time. Hands back the oldest when there are too many. */
  set(serial: number, name: string, value: T): T | undefined {
    const known = this.#placeOf(serial, name);
    if (known >= 0) {
      this.#values[known] = value;
      return undefined;
    }
    this.#serials.push(serial);
    this.#names.push(name);
    this.#values.push(value);
    return this.#values.length > OPEN_LIMIT ? this.#take(0) : undefined;
  }

  delete(serial: number, name: string): T | undefined {
    const at = this.#placeOf(serial, name);
    return at < 0 ? undefined : this.#take(at);
  }

  /** All, the oldest first; none is open any more. */
  clear(): readonly T[] {
    const values = this.#values;
    this.#serials = [];
    this.#names = [];
    this.#values = [];
    return values;
  }

  #placeOf(serial: number, name: string): number {
    // The last is asked for most.
    for (let at = this.#serials.length - 1; at >= 0; at--)
      if (this.#serials[at] === serial && this.#names[at] === name) return at;
    return -1;
  }

  #take(at: number): T | undefined {
    this.#serials.splice(at, 1);
    this.#names.splice(at, 1);
    return this.#values.splice(at, 1)[0];
  }
}
