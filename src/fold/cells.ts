import type { Kinds } from './kinds.ts';
import type { Windows } from './windows.ts';

/** Which stretch of time a moment lies in, both as written in the log. */
export type StretchAt = (at: number) => number;

/** Windows that are counted together: their kind, and between which stretches they lie. */
interface Cell {
  kind: number;
  from: number;
  to: number;
  /** Stretches are widths of time, as nothing tells when what may have caused these began and ended. */
  readonly isTimed: boolean;
}

export interface Cells {
  readonly kinds: readonly number[];
  /** For each window the number of its cell. */
  readonly cellOf: Uint32Array;
  /** How many there would be room for if none were of several stretches. */
  readonly apart: number;
}

const WIDEST_US = 3_600_000_000;

/**
 * Windows of one kind within one stretch of time become one cell. Where these are more than `room`, kinds become coarser, and then
 * neighbouring stretches are joined, two, four, eight: what is told apart last is what decides about the cause.
 */
export function cellsOf(
  { windows, kinds, room }: { readonly windows: Windows; readonly kinds: Kinds; readonly room: number },
  stretchOf: (kind: number) => StretchAt | undefined,
): Cells {
  const cells = new CellTable(windows, kinds, stretchOf);
  while (cells.count > room && cells.timed * 2 > cells.count && cells.widenTimed());
  while (cells.count > room && kinds.coarsen()) cells.join();
  const apart = cells.count;
  while (cells.count > room && cells.widen());
  return { kinds: cells.kinds, cellOf: cells.cellOf, apart };
}

class CellTable {
  readonly #kinds: Kinds;
  cellOf: Uint32Array;
  #cells: Cell[] = [];
  #timedUs: number;

  constructor(windows: Windows, kinds: Kinds, stretchOf: (kind: number) => StretchAt | undefined) {
    this.#kinds = kinds;
    this.#timedUs = windows.widthUs;
    this.cellOf = new Uint32Array(windows.count);
    const timed = { at: (time: number) => Math.floor(time / windows.widthUs), isTimed: true };
    const divided = (at: StretchAt | undefined) => (at === undefined ? timed : { at, isTimed: false });
    const byKind: { readonly at: StretchAt; readonly isTimed: boolean }[] = [];
    const index = new CellIndex();
    for (let window = 0; window < windows.count; window++) {
      const kind = kinds.now(windows.kind(window));
      byKind[kind] ??= divided(stretchOf(kind));
      const { at, isTimed } = byKind[kind] ?? timed;
      const { lo, hi } = windows.time(window);
      const from = at(lo);
      this.cellOf[window] = index.add({ kind, from, to: lo === hi ? from : at(hi), isTimed });
    }
    this.#cells = index.cells;
  }

  get kinds(): readonly number[] {
    return this.#cells.map(({ kind }) => kind);
  }

  get count(): number {
    return this.#cells.length;
  }

  get timed(): number {
    return this.#cells.reduce((sum, { isTimed }) => (isTimed ? sum + 1 : sum), 0);
  }

  widenTimed(): boolean {
    if (this.#timedUs >= WIDEST_US) return false;
    this.#timedUs *= 2;
    for (const cell of this.#cells) if (cell.isTimed) halve(cell);
    this.join();
    return true;
  }

  /** False where all of a kind are one cell. */
  widen(): boolean {
    if (this.#cells.every(({ from, to }) => isWidest(from) && isWidest(to))) return false;
    for (const cell of this.#cells) halve(cell);
    this.join();
    return true;
  }

  join(): void {
    const index = new CellIndex();
    const moved = this.#cells.map((cell) => index.add({ ...cell, kind: this.#kinds.now(cell.kind) }));
    this.#cells = index.cells;
    this.cellOf = this.cellOf.map((cell) => moved[cell] ?? 0);
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
  readonly #numbers = new Map<string, number>();
  /** Of each kind: what follows is mostly in the same. */
  readonly #last: number[] = [];

  add(cell: Cell): number {
    const last = this.#last[cell.kind] ?? -1;
    const before = this.cells[last];
    if (before !== undefined && before.from === cell.from && before.to === cell.to) return last;
    const key = `${cell.kind} ${cell.from} ${cell.to}`;
    const known = this.#numbers.get(key) ?? this.cells.push(cell) - 1;
    this.#numbers.set(key, known);
    this.#last[cell.kind] = known;
    return known;
  }
}
