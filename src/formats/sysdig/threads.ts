import { forgetOldest } from '../../core/tools/tool-call.ts';

const MOST = 100_000;

/** What a connect that began was about. */
export interface Begun {
  readonly fd: string | undefined;
  readonly addr: string | undefined;
}

/** What earlier lines told of threads and sockets. */
export class Threads {
  readonly #processOf = new Map<string, number>();
  readonly #begun = new Map<string, Begun>();
  readonly #asked = new Map<string, string>();
  readonly #transports = new Map<string, string>();

  begin(tid: number, pid: number): void {
    if (tid === pid) this.#processOf.delete(`${tid}`);
    else put(this.#processOf, `${tid}`, pid);
  }

  /** The process of a thread. */
  of(tid: number): number {
    return this.#processOf.get(`${tid}`) ?? tid;
  }

  end(tid: number): void {
    for (const map of [this.#processOf, this.#begun, this.#asked]) map.delete(`${tid}`);
  }

  /** A connect of the thread begins. */
  connects(tid: number, begun: Begun): void {
    put(this.#begun, `${tid}`, begun);
  }

  connected(tid: number): Begun | undefined {
    const begun = this.#begun.get(`${tid}`);
    this.#begun.delete(`${tid}`);
    return begun;
  }

  /** The thread asks for a socket. */
  asks(tid: number, transport: string): void {
    put(this.#asked, `${tid}`, transport);
  }

  opens(tid: number, pid: number, fd: string, stated: string | undefined): void {
    const transport = stated ?? this.#asked.get(`${tid}`);
    this.#asked.delete(`${tid}`);
    if (transport === undefined) this.#transports.delete(`${pid}/${fd}`);
    else put(this.#transports, `${pid}/${fd}`, transport);
  }

  transport(pid: number, fd: string | undefined): string | undefined {
    return fd === undefined ? undefined : this.#transports.get(`${pid}/${fd}`);
  }
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  forgetOldest(map, MOST);
}
