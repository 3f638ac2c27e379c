import { ParentTable } from '../../core/packed/parent-table.ts';
import { Slabs } from '../../core/packed/slabs.ts';
import { Uint32List } from '../../core/packed/uint32-list.ts';
import type { ProcessEvent } from '../../model/event.ts';
import type { Overflow } from '../../model/overflow.ts';
import { type Kin, kinOf } from './kin.ts';

/** Numbers that wait until they are asked for: 4 MB. */
const MOST_WAITING = 1_000_000;

interface Waiting {
  readonly lives: Uint32Array;
  readonly hosts: readonly string[];
}

/**
 * Which pids can belong to the families of the processes that were seen with a violation's connection. Pids are reused: the
 * answer may hold too many, never too few.
 */
export class Families {
  readonly #roots: ReadonlySet<number>;
  readonly #logOf: (source: string) => string;
  readonly #overflow: Overflow | undefined;
  readonly #slabs = new Slabs();
  readonly #parents = new Map<string, ParentTable>();
  /** Of each host, and the second of the last record for which it is one. */
  readonly #seeds = new Map<string, Map<number, number>>();
  /** Those that were told one by one: `host, pid, ppid` of each, its host by its place in `#hosts`. */
  #single = new Uint32List();
  readonly #hosts: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Those that were told many at a time. */
  #waiting: Waiting[] = [];
  #waitingNumbers = 0;

  /**
   * `roots`: pids of the processes that start what runs in a sandbox, as leases state them: nobody above them matters. `logOf`: the log
   * that a file is a piece of. `overflow`: takes what memory has no room for.
   */
  constructor(roots: ReadonlySet<number>, logOf: (source: string) => string, overflow?: Overflow) {
    this.#roots = roots;
    this.#logOf = logOf;
    this.#overflow = overflow;
  }

  /** Notes who started whom on a host, or in a log whose host is not known yet. */
  addPair(host: string, pid: number | undefined, ppid: number | undefined): void {
    if (pid === undefined || ppid === undefined) return;
    const number = this.#numbers.get(host) ?? this.#hosts.push(host) - 1;
    this.#numbers.set(host, number);
    this.#single.push(number);
    this.#single.push(pid >>> 0);
    this.#single.push(ppid >>> 0);
    if (this.#single.length > MOST_WAITING) this.#settle();
  }

  /** Notes `host, pid, ppid` of each: its host by its place in `hosts`. Of a short log nobody may ever ask. */
  addPairs(lives: Uint32Array, hosts: readonly string[]): void {
    if (lives.length === 0) return;
    this.#waiting.push({ lives, hosts: hosts.map((host) => this.#logOf(host)) });
    this.#waitingNumbers += lives.length;
    if (this.#waitingNumbers > MOST_WAITING) this.#settle();
  }

  #settle(): void {
    for (const { lives, hosts } of this.#waiting) this.#notePairs(lives, hosts);
    this.#notePairs(this.#single.toArray(), this.#hosts);
    this.#waiting = [];
    this.#waitingNumbers = 0;
    this.#single.clear();
  }

  #notePairs(lives: Uint32Array, hosts: readonly string[]): void {
    const tables: ParentTable[] = [];
    for (let i = 0; i < lives.length; i += 3) {
      const host = lives[i] ?? 0;
      const known = tables[host] ?? this.#parentsOn(hosts[host] ?? '');
      tables[host] = known;
      known.add(lives[i + 1] ?? 0, lives[i + 2] ?? 0);
    }
  }

  addEvent(event: ProcessEvent): void {
    const where = this.whereOf(event);
    this.addPair(where, event.pid, event.ppid);
    this.addPair(where, event.childPid, event.pid);
  }

  addSeed(event: ProcessEvent): void {
    const where = this.whereOf(event);
    const seeds = this.#seeds.get(where) ?? new Map<number, number>();
    this.#seeds.set(where, seeds);
    const second = Math.floor(event.time.at / 1e6);
    for (const pid of [event.pid, event.ppid, ...(event.sharers ?? []).map((sharer) => sharer.pid)])
      if (pid !== undefined && pid > 0) seeds.set(pid, Math.max(second, seeds.get(pid) ?? 0));
  }

  /** The clock-free place of a pid: the host, or the log where the record states none. */
  whereOf({ host, ref }: ProcessEvent): string {
    return host ?? this.#logOf(ref.source);
  }

  /** Of each host. */
  members(): ReadonlyMap<string, Kin> {
    if (this.#seeds.size > 0) this.#settle();
    const roots = this.#roots;
    return new Map(
      [...this.#seeds].map(([host, seeds]) => [host, kinOf(seeds, { parents: this.#parentsOn(host), roots })]),
    );
  }

  /** To be told when nobody asks any more: a night's processes take tens of megabytes. */
  forget(): void {
    for (const map of [this.#parents, this.#seeds]) map.clear();
    this.#slabs.free();
    this.#single = new Uint32List();
    this.#waiting = [];
    this.#waitingNumbers = 0;
  }

  #parentsOn(host: string): ParentTable {
    const known = this.#parents.get(host);
    if (known !== undefined) return known;
    const fresh = new ParentTable(this.#slabs, this.#overflow);
    this.#parents.set(host, fresh);
    return fresh;
  }
}
