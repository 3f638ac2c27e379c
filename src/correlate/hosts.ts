import { inCidr, parseCidr } from '../core/network/ip.ts';
import type { Event, InventoryEvent } from '../model/event.ts';

/** What is known of hosts: names, addresses, and which file belongs to which host. */
export class HostTable {
  readonly names: ReadonlySet<string>;
  readonly #byIp = new Map<string, string>();
  readonly #infraUids = new Map<string, ReadonlySet<number>>();
  readonly #proxies = new Map<string, number | undefined>();
  readonly nets: readonly { host: string; inside: (ip: string) => boolean }[];

  constructor(inventory: readonly InventoryEvent[], statedHosts: Iterable<string>) {
    const names = new Set(statedHosts);
    const nets: { host: string; inside: (ip: string) => boolean }[] = [];
    for (const event of inventory) {
      const name = event.name ?? event.host;
      if (name !== undefined && (event.role === 'host' || event.role === 'firewall')) names.add(name);
      if (event.role === 'host' && name !== undefined) {
        for (const ip of event.ips ?? []) this.#byIp.set(ip, name);
        if (event.infraUids !== undefined) this.#infraUids.set(name, new Set(event.infraUids));
        const cidr = event.sandboxNet === undefined ? undefined : parseCidr(event.sandboxNet);
        if (cidr !== undefined) nets.push({ host: name, inside: (ip) => inCidr(ip, cidr) });
      }
      for (const ip of event.ips ?? []) {
        if (event.role === 'proxy') this.#proxies.set(ip, event.port);
      }
    }
    this.names = names;
    this.nets = nets;
  }

  hostOfIp(ip: string): string | undefined {
    return this.#byIp.get(ip);
  }

  /** Uids of the platform's own daemons on a host, as the inventory states them. */
  isInfraUid(host: string | undefined, uid: number): boolean {
    return host !== undefined && (this.#infraUids.get(host)?.has(uid) ?? false);
  }

  /** Whether the inventory states any such uids of a host: others are not the platform's. */
  statesInfraUids(host: string | undefined): boolean {
    return host !== undefined && this.#infraUids.has(host);
  }

  isProxy(ip: string): boolean {
    return this.#proxies.has(ip);
  }

  proxies(): readonly { ip: string; port: number | undefined }[] {
    return [...this.#proxies].map(([ip, port]) => ({ ip, port }));
  }

  /** Host named by a path: the longest known name that stands in it as a word. */
  hostOfPath(path: string): string | undefined {
    let best: string | undefined;
    for (const name of this.names) {
      if (!hasWord(path, name)) continue;
      if (best === undefined || name.length > best.length || (name.length === best.length && name < best)) best = name;
    }
    return best;
  }
}

function hasWord(path: string, name: string): boolean {
  for (let at = path.indexOf(name); at >= 0; at = path.indexOf(name, at + 1))
    if (!isWord(path[at - 1]) && !isWord(path[at + name.length])) return true;
  return false;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9]/.test(character);
}

/** Names of hosts that records state. */
export function statedHost(event: Event): string | undefined {
  return event.kind === 'inventory' && event.role !== 'host' ? undefined : event.host;
}
