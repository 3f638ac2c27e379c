import type { LeaseColumns } from '../../core/leases/columns.ts';
import { NO_NAME, type PlainLeases } from '../../core/leases/plain.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { byStart, compareRef, type Lease, toLease } from './lease.ts';

/** Where leases come from, and what corrects them. */
export interface LeaseSource {
  readonly leases: LeaseColumns;
  readonly correct: (event: LeaseEvent) => Timed<LeaseEvent>;
  /** Applies the clock correction of an event's domain to another stamp of the same event. */
  readonly shift: (timed: Timed<LeaseEvent>, at: Micros) => Micros;
}

const NO_ROW = -1;
/** Of a host that no lease names. */
const NO_HOST = -1;
const NOTHING: readonly Lease[] = [];

/** Leases that are kept in columns: of hundreds of thousands only those are made that a question asks for. */
export class PlainTable {
  readonly #source: LeaseSource;
  readonly #rows: PlainLeases;
  readonly #made = new Map<number, Lease>();
  readonly #ofSandbox = new Map<number, readonly Lease[]>();
  readonly #ofIp = new Map<number, readonly Lease[]>();
  #bySandbox: Index | undefined;
  #byIp: Index | undefined;
  #sorted: Sorted | undefined;

  constructor(source: LeaseSource) {
    this.#source = source;
    this.#rows = source.leases.plain;
  }

  get statesIps(): boolean {
    return this.#rows.ips.length > 0;
  }

  /** Hosts on which they name addresses of sandboxes. */
  ipHosts(): Set<string | undefined> {
    const numbers = new Set<number>();
    for (let row = 0; row < this.#rows.length; row++)
      if (this.#rows.ip(row) !== NO_NAME && !this.#rows.isSharedIp(row)) numbers.add(this.#rows.host(row));
    return new Set([...numbers].map((host) => this.#source.leases.hosts.texts[host]));
  }

  ofSandbox(sandboxId: string): readonly Lease[] {
    const { sandboxes } = this.#source.leases;
    const number = sandboxes.numberOf(sandboxId);
    if (number === undefined || this.#rows.length === 0) return NOTHING;
    this.#bySandbox ??= indexOf(this.#rows.length, sandboxes.length, (row) => this.#rows.sandbox(row));
    return this.#leases(this.#ofSandbox, this.#bySandbox, number);
  }

  ofIp(ip: string): readonly Lease[] {
    const { ips } = this.#rows;
    const number = ips.numberOf(ip);
    if (number === undefined) return NOTHING;
    this.#byIp ??= indexOf(this.#rows.length, ips.length, (row) => this.#rows.ip(row));
    return this.#leases(this.#ofIp, this.#byIp, number);
  }

  /** Sandboxes on a host, on any where it is undefined: these and those of `whole`, by the beginning of their leases. */
  sandboxesOn(host: string | undefined, whole: readonly Lease[]): ReadonlySet<string> {
    const { sandboxes, hosts } = this.#source.leases;
    const number = host === undefined ? undefined : (hosts.numberOf(host) ?? NO_HOST);
    const sorted = this.#inOrder();
    const rows = sorted.rows.filter((row) => number === undefined || this.#rows.host(row) === number);
    const out = new Set<string>();
    let next = 0;
    const takeUntil = (isNext: (row: number) => boolean): void => {
      for (let row = rows[next]; row !== undefined && isNext(row); row = rows[++next])
        out.add(sandboxes.texts[this.#rows.sandbox(row)] ?? '');
    };
    for (const lease of whole) {
      if (host !== undefined && lease.host !== host) continue;
      takeUntil((row) => sorted.isBefore(row, lease));
      out.add(lease.sandboxId);
    }
    takeUntil(() => true);
    return out;
  }

  #leases(known: Map<number, readonly Lease[]>, index: Index, number: number): readonly Lease[] {
    const before = known.get(number);
    if (before !== undefined) return before;
    const leases: Lease[] = [];
    for (let row = index.first[number] ?? NO_ROW; row !== NO_ROW; row = index.next[row] ?? NO_ROW)
      leases.push(this.#at(row));
    leases.sort(byStart);
    known.set(number, leases);
    return leases;
  }

  #at(row: number): Lease {
    const known = this.#made.get(row);
    if (known !== undefined) return known;
    const { correct, shift } = this.#source;
    const lease = toLease(correct(this.#rows.at(row)), shift, this.#rows.nth(row));
    this.#made.set(row, lease);
    return lease;
  }

  #inOrder(): Sorted {
    this.#sorted ??= sortedRows(this.#source);
    return this.#sorted;
  }
}

/** Rows in the order of time. */
interface Sorted {
  readonly rows: readonly number[];
  isBefore(row: number, lease: Lease): boolean;
}

function sortedRows({ leases: { plain }, correct, shift }: LeaseSource): Sorted {
  const starts = new Float64Array(plain.length);
  for (let row = 0; row < plain.length; row++) starts[row] = shift(correct(plain.glance(row)), plain.start(row));
  const start = (row: number): number => starts[row] ?? 0;
  const refOf = (row: number): SourceRef => plain.glance(row).ref;
  return {
    rows: Array.from(starts, (_, row) => row).sort(
      (a, b) => start(a) - start(b) || compareRef({ ...refOf(a) }, refOf(b)) || a - b,
    ),
    isBefore: (row, lease) =>
      (start(row) - lease.start || compareRef(refOf(row), lease.ref) || plain.nth(row) - lease.nth) < 0,
  };
}

/** Rows with one number: the first, and the next after each. */
interface Index {
  readonly first: Int32Array;
  readonly next: Int32Array;
}

function indexOf(rows: number, numbers: number, numberOf: (row: number) => number): Index {
  const first = new Int32Array(numbers).fill(NO_ROW);
  const next = new Int32Array(rows).fill(NO_ROW);
  for (let row = rows - 1; row >= 0; row--) {
    const number = numberOf(row);
    next[row] = first[number] ?? NO_ROW;
    first[number] = row;
  }
  return { first, next };
}
