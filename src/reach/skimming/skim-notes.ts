import { Uint32List } from '../../core/packed/uint32-list.ts';
import { ownText } from '../../core/text/own-text.ts';
import type { Skimmed } from '../../model/skimmed.ts';
import { lifeKey, MOST_HOSTS, MOST_PIDS } from '../keeping/deferred.ts';
import { MOST_LINES } from '../moments/places.ts';

/** A process record that was left. */
export interface Life {
  readonly host: string | undefined;
  readonly pid: number;
  readonly ppid: number;
  /** Seconds since the epoch. */
  readonly second: number;
  /** See `containerMark`. */
  readonly group: number;
}

/** Seconds since the epoch, and microseconds within that one. */
export interface Moment {
  readonly second: number;
  readonly micros: number;
}

/** What is noted of the lines of one chunk, in their order. Places are bytes from the start of the chunk. */
export class SkimNotes {
  readonly #read = new Uint32List();
  readonly #later = new Uint32List();
  readonly #counted = new Uint32List();
  readonly #lives = new Uint32List();
  readonly #hosts: (string | undefined)[] = [];
  #line = 0;

  /** The number of the next line. */
  get line(): number {
    return this.#line;
  }

  clear(): void {
    for (const list of [this.#read, this.#later, this.#counted, this.#lives]) list.clear();
    this.#line = 0;
  }

  taken(): Pick<Skimmed, 'lines' | 'read' | 'later' | 'counted' | 'lives' | 'hosts'> {
    return {
      lines: this.#line,
      read: this.#read.toArray().slice(),
      later: this.#later.toArray().slice(),
      counted: this.#counted.toArray().slice(),
      lives: this.#lives.toArray().slice(),
      hosts: [...this.#hosts],
    };
  }

  /** The next line is to be read. */
  read(from: number, to: number): void {
    this.#read.push(this.#line++);
    this.#read.push(from);
    this.#read.push(to);
  }

  /** The next lines are left. */
  left(lines = 1): void {
    this.#line += lines;
  }

  /** The next line is a violation that is counted under a number. */
  counted({ from, to }: { readonly from: number; readonly to: number }, number: number, at: Moment): void {
    const counted = this.#counted;
    counted.push(this.#line++);
    counted.push(from);
    counted.push(to);
    counted.push(number);
    counted.push(at.second);
    counted.push(at.micros);
  }

  /** The next lines are left under a key; lines next to each other that are alike in all of this are one place: the records of one event. */
  later(from: number, key: number, mark: number, group = 0, lines = 1): void {
    const later = this.#later;
    const isNext = later.length > 0 && (later.last(5) ?? 0) + (later.last(0) ?? 0) === this.#line;
    if (
      isNext &&
      (later.last(0) ?? 0) + lines <= MOST_LINES &&
      later.last(3) === key &&
      later.last(2) === mark &&
      later.last(1) === group
    )
      later.countUp(lines);
    else {
      later.push(this.#line);
      later.push(from);
      later.push(key);
      later.push(mark);
      later.push(group);
      later.push(lines);
    }
    this.#line += lines;
  }

  /** The next lines are left, but who started whom is noted. False, and nothing is noted, where there are too many hosts or no such pid. */
  life(from: number, life: Life, lines = 1): boolean {
    const number = this.#family(life);
    if (number < 0 || lines > MOST_LINES) return false;
    this.later(from, lifeKey(number, life.pid), life.second, life.group, lines);
    return true;
  }

  /** Like `life`, but there is nothing to come back for. */
  socket(process: Pick<Life, 'host' | 'pid' | 'ppid'>, lines: number): boolean {
    if (this.#family(process) < 0) return false;
    this.left(lines);
    return true;
  }

  /** Notes who started whom; the number of the host, or -1. */
  #family({ host, pid, ppid }: Pick<Life, 'host' | 'pid' | 'ppid'>): number {
    const number = this.#hostOf(host);
    if (number >= MOST_HOSTS || pid >= MOST_PIDS) return -1;
    const lives = this.#lives;
    // Most follow a record of the same process.
    if (lives.length === 0 || lives.last(0) !== ppid || lives.last(1) !== pid || lives.last(2) !== number) {
      lives.push(number);
      lives.push(pid);
      lives.push(ppid);
    }
    return number;
  }

  #hostOf(host: string | undefined): number {
    const known = this.#hosts.indexOf(host);
    if (known >= 0) return known;
    return this.#hosts.length < MOST_HOSTS
      ? this.#hosts.push(host === undefined ? host : ownText(host)) - 1
      : MOST_HOSTS;
  }
}
