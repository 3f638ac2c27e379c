import { isOurs } from '../core/looks/glance-rules.ts';
import { type Cidr, inCidr, parseCidr } from '../core/network/ip.ts';
import type { InventoryEvent } from '../model/event.ts';

/** What is ours and what the operator approved, as the inventory and the leases tell. */
export interface Network {
  /** Addresses and networks that the inventory and the leases state as ours. */
  readonly own: AddressBook;
  isInternal(ip: string): boolean;
  /** Undefined when the inventory has nothing to compare with. */
  isApproved(ip: string | undefined, domain: string | undefined): boolean | undefined;
}

/** Addresses and IPv4 networks. */
interface AddressBook {
  readonly ips: Set<string>;
  readonly nets: Cidr[];
}

function addTo(book: AddressBook, text: string): void {
  const cidr = parseCidr(text);
  if (cidr === undefined) book.ips.add(text);
  else book.nets.push(cidr);
}

function holds({ ips, nets }: AddressBook, ip: string): boolean {
  return ips.has(ip) || nets.some((cidr) => inCidr(ip, cidr));
}

/** Addresses whose side is kept, not worked out again. */
const REMEMBERED = 10_000;

export function describeNetwork(inventory: readonly InventoryEvent[], leased: Iterable<string>): Network {
  const own: AddressBook = { ips: new Set(), nets: [] };
  const approved: AddressBook = { ips: new Set(), nets: [] };
  const domains = new Set<string>();
  for (const item of inventory) {
    for (const ip of item.ips ?? []) addTo(item.role === 'approved' ? approved : own, ip);
    if (item.sandboxNet !== undefined) addTo(own, item.sandboxNet);
    const domain = item.domain ?? (item.name?.includes('.') === true ? item.name : undefined);
    if (item.role === 'approved' && domain !== undefined) domains.add(domain.toLowerCase().replace(/^\*?\./, ''));
  }
  for (const ip of leased) own.ips.add(ip);
  const seen = new Map<string, boolean>();
  return {
    own,
    isInternal(ip) {
      const known = seen.get(ip);
      if (known !== undefined) return known;
      const answer = isOurs(own, ip);
      if (seen.size < REMEMBERED) seen.set(ip, answer);
      return answer;
    },
    isApproved(ip, domain) {
      if (domain !== undefined && underAny(domain, domains)) return true;
      if (ip !== undefined && holds(approved, ip)) return true;
      if (domain !== undefined) return domains.size > 0 ? false : undefined;
      // An address alone can only be judged when approval is given by address.
      const byAddress = domains.size === 0 && approved.ips.size + approved.nets.length > 0;
      return ip !== undefined && byAddress ? false : undefined;
    },
  };
}

function underAny(domain: string, parents: ReadonlySet<string>): boolean {
  for (let rest = domain; ; ) {
    if (parents.has(rest)) return true;
    const dot = rest.indexOf('.');
    if (dot < 0) return false;
    rest = rest.slice(dot + 1);
  }
}
