import { owningRecords } from '../core/own-records.ts';
import { Uint32List } from '../core/packed/uint32-list.ts';
import type { Finding, ViolatingEvent } from '../model/violation.ts';
import { COARSEST, commonOf, kindOf, type Level } from './alike.ts';

/** A record of a kind. */
interface Example {
  readonly event: ViolatingEvent;
  readonly finding: Finding;
}

/** The kinds of records that are counted, by number. A number stays true when kinds become coarser: it leads to the kind that took its own in. */
export class Kinds {
  readonly #own = owningRecords();
  /** Nothing for kinds that others took in. */
  readonly #examples: (Example | undefined)[] = [];
  readonly #takenInBy = new Uint32List();
  #numbers = new Map<string, number>();
  #level: Level = 0;

  get count(): number {
    return this.#numbers.size;
  }

  /** The number of a record's kind. The first record of a kind is kept, and changed: see `owningRecords`. */
  of(event: ViolatingEvent, finding: Finding): number {
    const key = kindOf(event, finding, this.#level);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#own(event);
    const number = this.#examples.push({ event, finding }) - 1;
    this.#takenInBy.push(number);
    this.#numbers.set(key, number);
    return number;
  }

  /** The kind that a number stands for now. */
  now(number: number): number {
    let kind = number;
    for (let next = this.#takenInBy.at(kind); next !== kind; next = this.#takenInBy.at(kind)) kind = next;
    return kind;
  }

  example(kind: number): Example {
    const example = this.#examples[kind];
    if (example === undefined) throw new Error(`${kind} is no kind any more`);
    return example;
  }

  /** What is true of all records of a kind. */
  common(kind: number): ViolatingEvent {
    return commonOf(this.example(kind).event, this.#level);
  }

  /** Counts more records together. False when nothing coarser is left. */
  coarsen(): boolean {
    if (this.#level === COARSEST) return false;
    this.#level = this.#level === 0 ? 1 : 2;
    const before = this.#numbers.values();
    this.#numbers = new Map();
    for (const number of before) {
      const { event, finding } = this.example(number);
      const key = kindOf(event, finding, this.#level);
      const taker = this.#numbers.get(key);
      if (taker === undefined) this.#numbers.set(key, number);
      else {
        this.#takenInBy.put(number, taker);
        this.#examples[number] = undefined;
      }
    }
    return true;
  }
}
