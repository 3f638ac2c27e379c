import type { Endpoint, Event, NetworkEvent } from '../../model/event.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import { clientMark } from '../moments/marks.ts';
import { Flows } from './flows.ts';

/** What was added, and at which version it was first there. */
type Added = Map<string, number>;

/** The first and the last version that something made. */
interface Versions {
  readonly first: number;
  last: number;
}

/** What the violations found so far make worth keeping: their far ends, names and askers. It only grows. */
export class Interest {
  readonly flows = new Flows();
  readonly #ips: Added = new Map();
  readonly #endpoints: Added = new Map();
  readonly #names: Added = new Map();
  readonly #clients: Added = new Map();
  /** The clients' places in all violations of the network. */
  readonly #askers: Added = new Map();
  readonly #marks = new Set<number>();
  /** Since which version connections to any resolver are wanted. */
  #resolvers = Infinity;
  /** By the file in which violations stand. */
  readonly bySource = new Map<string, Versions>();
  /** Counts what was added: what was not wanted at an older version may be wanted now. */
  version = 0;

  /** Adds everything by which other records can be tied to this violation. */
  addViolation(event: ViolatingEvent): void {
    this.flows.add(event);
    if (event.kind === 'network') {
      const [client, server] = event.initiator === 'dst' ? [event.dst, event.src] : [event.src, event.dst];
      this.addEndpoint(server);
      if (event.upstream !== undefined) this.addEndpoint(event.upstream);
      if (event.nat?.dstIp !== undefined) this.addEndpoint({ ip: event.nat.dstIp, ...portOf(event.nat.dstPort) });
      this.#add(this.#names, event.dns?.name);
      this.#add(this.#names, hostOf(event));
      if (server.port === 53) this.#addClient(client);
      this.#add(this.#askers, placeOf(client));
    } else if (event.kind === 'dns') {
      this.#add(this.#names, event.name);
      if (this.#resolvers === Infinity) this.#resolvers = ++this.version;
    } else if (event.socket !== undefined) this.addEndpoint(event.socket.remote);
    this.#note(event.ref.source);
  }

  #note(source: string): void {
    const known = this.bySource.get(source);
    if (known === undefined) this.bySource.set(source, { first: this.version, last: this.version });
    else known.last = this.version;
  }

  /** Also for the proxies of an inventory: what went through them ends there first. */
  addEndpoint({ ip, port, domain }: Endpoint): void {
    this.#add(this.#names, domain);
    if (ip === undefined) return;
    this.#add(this.#ips, ip);
    this.#add(this.#endpoints, `${ip}|${port ?? 0}`);
  }

  /**
   * Whether a connection to this far end can be one of a violation's. A side without a port matches any.
   * `asOf`: the version that is asked about.
   */
  wantsEndpoint({ ip, port }: Endpoint, asOf = Infinity): boolean {
    if (port === 53 && this.#resolvers <= asOf) return true;
    if (ip === undefined || !isIn(this.#ips, ip, asOf)) return false;
    if (port === undefined || port === 0) return true;
    return isIn(this.#endpoints, `${ip}|${port}`, asOf) || isIn(this.#endpoints, `${ip}|0`, asOf);
  }

  /** Whether a connection or translation is to a far end of a violation. */
  wantsEnds(event: Event, asOf?: number): boolean {
    if (event.kind === 'nat')
      return event.dst.ip === undefined && event.replySrc.ip === undefined
        ? this.#wantsSlot(event.replyDst, asOf)
        : this.wantsEndpoint(event.dst, asOf) || this.wantsEndpoint(event.replySrc, asOf);
    return event.kind === 'process' && event.socket !== undefined && this.wantsEndpoint(event.socket.remote, asOf);
  }

  /** Whether a translation for any far end may be a violation's: by the client's place there. */
  #wantsSlot(outside: Endpoint, asOf = Infinity): boolean {
    return outside.port === undefined || isIn(this.#askers, placeOf(outside), asOf);
  }

  /** Whether a request is to a far end of a violation. */
  wantsRequest({ upstream, dst, http }: NetworkEvent): boolean {
    const far = upstream ?? dst;
    return this.wantsIp(far.ip) || [far.domain, dst.domain, http?.host].some((name) => this.wantsName(name));
  }

  wantsIp(ip: string | undefined): boolean {
    return ip !== undefined && this.#ips.has(ip);
  }

  wantsName(name: string | undefined): boolean {
    return name !== undefined && this.#names.has(name);
  }

  wantsClient(client: Endpoint): boolean {
    return this.#clients.has(placeOf(client));
  }

  /** Whether it may be the mark of such a client, see `clientMark`. */
  wantsMark(mark: number): boolean {
    return this.#marks.has(mark);
  }

  #addClient({ ip = '', port }: Endpoint): void {
    this.#add(this.#clients, placeOf({ ip, ...portOf(port) }));
    this.#marks.add(clientMark(ip, port ?? 0));
  }

  #add(added: Added, value: string | undefined): void {
    if (value === undefined || value === '' || added.has(value)) return;
    added.set(value, ++this.version);
  }
}

function isIn(added: Added, value: string, asOf: number): boolean {
  const since = added.get(value);
  return since !== undefined && since <= asOf;
}

function placeOf({ ip, port }: Endpoint): string {
  return `${ip ?? ''}|${port ?? ''}`;
}

function portOf(port: number | undefined): Endpoint {
  return port === undefined ? {} : { port };
}

function hostOf(event: NetworkEvent): string | undefined {
  return event.http?.host;
}
