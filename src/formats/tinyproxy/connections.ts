import type { Endpoint } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/** A request whose outcome has not been logged yet. */
export interface Request {
  readonly base: {
    readonly record: RawRecord;
    readonly time: EventTime;
    readonly host?: string;
    readonly src?: Endpoint;
    readonly dst: Endpoint;
  };
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly client?: string | undefined;
}

interface Connection {
  readonly client: string | undefined;
  readonly request?: Request;
}

/** Connections from clients, by the process and descriptor that serve them. */
export class Connections {
  readonly byPlace: Map<string, Connection>;

  constructor(held: unknown) {
    this.byPlace = new Map(held instanceof Map ? held : []);
  }

  /** One more client; the request of the one before, where it never had an answer. */
  open(pid: string, fd: string, client: string | undefined): Request | undefined {
    const key = `${pid}|${fd}`;
    const left = this.byPlace.get(key)?.request;
    // Deleted first: the order of the map is that of the requests.
    this.byPlace.delete(key);
    this.byPlace.set(key, { client });
    return left;
  }

  ask(pid: string, fd: string, request: Request): void {
    const key = `${pid}|${fd}`;
    const client = this.byPlace.get(key)?.client;
    this.byPlace.delete(key);
    this.byPlace.set(key, { client, request: { ...request, client } });
  }

  /**
   * The request that an answer of this process about a host belongs to. Where several clients wait for one host it is not known whose
   * it is: none of these requests names its client any more.
   */
  answer(pid: string, host: string): Request | undefined {
    return this.#take(this.#waiting(pid, (request) => request.host === host));
  }

  answerPort(pid: string, port: number): Request | undefined {
    return this.#take(this.#waiting(pid, ({ method, base }) => method === 'CONNECT' && base.dst.port === port));
  }

  rest(): readonly Request[] {
    return [...this.byPlace.values()].flatMap(({ request }) => request ?? []);
  }

  #waiting(pid: string, isMeant: (request: Request) => boolean): readonly (readonly [string, Request])[] {
    const all: (readonly [string, Request])[] = [];
    for (const [key, { request }] of this.byPlace)
      if (request !== undefined && key.startsWith(`${pid}|`) && isMeant(request)) all.push([key, request]);
    return all;
  }

  #take(waiting: readonly (readonly [string, Request])[]): Request | undefined {
    const [first] = waiting;
    if (first === undefined) return undefined;
    const isOnes = waiting.every(([, { client }]) => client === first[1].client);
    for (const [key, request] of waiting) {
      const connection = this.byPlace.get(key);
      if (key === first[0]) this.byPlace.set(key, { client: connection?.client });
      else if (!isOnes)
        this.byPlace.set(key, { client: connection?.client, request: { ...request, client: undefined } });
    }
    return isOnes ? first[1] : { ...first[1], client: undefined };
  }
}
