import { forgetOldest } from '../../core/tools/tool-call.ts';
import type { ProcessEvent } from '../../model/event.ts';

/** What every event of a line has in common. */
export type Base = Omit<ProcessEvent, 'op'>;

const MOST = 100_000;

/** What earlier lines told: whose threads and children there are, which sockets they have, and which calls wait. */
export class Threads {
  readonly #processOf = new Map<string, number>();
  readonly #parentOf = new Map<string, number>();
  readonly #sockets = new Map<string, string | undefined>();
  readonly #ends = new Map<string, string>();
  readonly #waiting = new Map<string, { readonly text: string; readonly base: Base }>();

  /** The process of a thread. */
  of(tid: number): number {
    return this.#processOf.get(`${tid}`) ?? tid;
  }

  named(tid: number): { readonly pid: number; readonly tid?: number; readonly ppid?: number } {
    const pid = this.of(tid);
    const ppid = this.#parentOf.get(`${pid}`);
    return { pid, ...(pid === tid ? {} : { tid }), ...(ppid === undefined ? {} : { ppid }) };
  }

  begin(tid: number, by: number, isThread: boolean): void {
    this.#forget(tid);
    put(isThread ? this.#processOf : this.#parentOf, `${tid}`, this.of(by));
  }

  /** The process whose thread ended. */
  end(tid: number): number {
    const pid = this.of(tid);
    this.#forget(tid);
    return pid;
  }

  #forget(tid: number): void {
    for (const map of [this.#processOf, this.#parentOf, this.#waiting]) map.delete(`${tid}`);
  }

  openSocket(tid: number, fd: number, transport: string | undefined): void {
    put(this.#sockets, `${this.of(tid)}/${fd}`, transport);
  }

  transport(tid: number, fd: number): string | undefined {
    return this.#sockets.get(`${this.of(tid)}/${fd}`);
  }

  /** Whether a socket has these ends for the first time: a connected one tells them with every call. */
  connects(tid: number, fd: number, ends: string): boolean {
    const key = `${this.of(tid)}/${fd}`;
    if (this.#ends.get(key) === ends) return false;
    put(this.#ends, key, ends);
    return true;
  }

  waiting(): readonly { readonly tid: number; readonly text: string; readonly base: Base }[] {
    const rest = [...this.#waiting].map(([tid, call]) => ({ tid: Number(tid), ...call }));
    this.#waiting.clear();
    return rest;
  }

  /** The whole call that a line ends, and what its first line told; undefined while it waits, and for what is no call. */
  joined(tid: number, body: string, base: Base): { readonly text: string; readonly base: Base } | undefined {
    const begun = /^(.*?),? ?<unfinished \.\.\.>$/s.exec(body)?.[1];
    if (begun !== undefined) {
      put(this.#waiting, `${tid}`, { text: begun, base });
      return undefined;
    }
    if (/^(?:\+\+\+|---)/.test(body)) return undefined;
    const resumed = /^<\.\.\. \w+ resumed>\s?(.*)$/s.exec(body)?.[1];
    if (resumed === undefined) return { text: body, base };
    const waited = this.#waiting.get(`${tid}`);
    this.#waiting.delete(`${tid}`);
    return waited === undefined ? undefined : { text: waited.text + resumed, base: waited.base };
  }
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  forgetOldest(map, MOST);
}
