import { Divisions, type StretchAt } from './divisions.ts';
import type { Kinds } from './kinds.ts';
import type { CountedOf } from './records.ts';

/** Records that are counted together: all of one kind and between the same stretches of time. */
export interface Cell {
  /** Its place among all, once all records were taken. */
  number: number;
  kind: number;
  from: number;
  to: number;
  readonly isTimed: boolean;
  /** How many records. */
  count: number;
}

interface CellsContext {
  readonly kinds: Pick<Kinds, 'now' | 'coarsen'>;
  /** How many cells there may be. */
  readonly room: number;
  /** See `Divisions`. */
  readonly stretchesOf: (kind: number) => StretchAt | undefined;
}

/**
 * Records of one kind within one stretch of time become one cell. Where these are more than there is room for, kinds become coarser,
 * and then neighbouring stretches are joined, two, four, eight: what is told apart last is what decides about the cause. That happens
 * as soon as there is one too many, since what does not fit for some of the records does not fit for all.
 */
export class Cells {
  readonly #kinds: CellsContext['kinds'];
  readonly #room: number;
  readonly #divisions: Divisions;
  readonly #changes = new Changes();
  #index = new CellIndex();
  /** So many stretches are taken for one. */
  #joined = 1;

  constructor({ kinds, room, stretchesOf }: CellsContext) {
    this.#kinds = kinds;
    this.#room = room;
    this.#divisions = new Divisions(stretchesOf);
  }

  /** In the order of their first records. */
  get all(): readonly Cell[] {
    return this.#index.cells;
  }

  /** How many there would be of a log in order, if no stretches had been joined; 0 where none were. Known when `cellOf` was asked for each record. */
  get apart(): number {
    return this.#changes.count;
  }

  take(record: CountedOf): void {
    const kind = this.#kinds.now(record.kind);
    const division = this.#divisions.divide(kind, record);
    const [from, to] = [this.#nth(division.from), this.#nth(division.to)];
    const known = this.#index.find(kind, from, to);
    if (known !== undefined) {
      known.count++;
      return;
    }
    this.#index.add({ number: this.all.length, kind, from, to, isTimed: division.isTimed, count: 1 });
    while (this.all.length > this.#room && this.#coarsen());
  }

  /** The cell of a record, when all were taken. */
  cellOf(record: CountedOf): Cell {
    const kind = this.#kinds.now(record.kind);
    const { from, to } = this.#divisions.divide(kind, record);
    if (this.#joined > 1) this.#changes.see(kind, from, to);
    const cell = this.#index.find(kind, this.#nth(from), this.#nth(to));
    if (cell === undefined) throw new Error('a record was not taken');
    return cell;
  }

  #nth(stretch: number): number {
    return this.#joined === 1 ? stretch : Math.floor(stretch / this.#joined);
  }

  #coarsen(): boolean {
    const cells = this.all;
    const timed = cells.filter(({ isTimed }) => isTimed);
    if (timed.length * 2 > cells.length && this.#divisions.widen()) timed.forEach(halve);
    else if (!this.#kinds.coarsen()) {
      if (cells.every(({ from, to }) => isWidest(from) && isWidest(to))) return false;
      this.#joined *= 2;
      cells.forEach(halve);
    }
    this.#join();
    return true;
  }

  /** Those that are one by now become one. */
  #join(): void {
    const index = new CellIndex();
    for (const cell of this.all) {
      cell.kind = this.#kinds.now(cell.kind);
      const first = index.find(cell.kind, cell.from, cell.to);
      if (first !== undefined) first.count += cell.count;
      else {
        cell.number = index.cells.length;
        index.add(cell);
      }
    }
    this.#index = index;
  }
}

function isWidest(stretch: number): boolean {
  return stretch === 0 || stretch === -1;
}

function halve(cell: Cell): void {
  cell.from = Math.floor(cell.from / 2);
  cell.to = Math.floor(cell.to / 2);
}

class CellIndex {
  readonly cells: Cell[] = [];
  readonly #byKey = new Map<string, Cell>();
  /** Of each kind: what follows is mostly in the same. */
  readonly #last: (Cell | undefined)[] = [];

  find(kind: number, from: number, to: number): Cell | undefined {
    const last = this.#last[kind];
    if (last !== undefined && last.from === from && last.to === to) return last;
    const cell = this.#byKey.get(keyOf(kind, from, to));
    this.#last[kind] = cell;
    return cell;
  }

  add(cell: Cell): void {
    this.cells.push(cell);
    this.#byKey.set(keyOf(cell.kind, cell.from, cell.to), cell);
    this.#last[cell.kind] = cell;
  }
}

function keyOf(kind: number, from: number, to: number): string {
  return `${kind} ${from} ${to}`;
}

/** How often records of a kind lie between other stretches than the one before. */
class Changes {
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  see(kind: number, from: number, to: number): void {
    if (this.#from[kind] === from && this.#to[kind] === to) return;
    this.#from[kind] = from;
    this.#to[kind] = to;
    this.#count++;
  }
}
