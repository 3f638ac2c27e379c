import { type Cidr, inCidr, isPrivateIp, parseCidr } from '../core/ip.ts';
import type { InventoryEvent, LeaseEvent } from '../model/event.ts';

/** What is ours and what the operator approved, as the inventory and the leases tell. */
export interface Network {
  isInternal(ip: string): boolean;
  /** Undefined when the inventory has nothing to compare with. */
  isApproved(ip: string | undefined, domain: string | undefined): boolean | undefined;
}

/** Addresses whose side is kept, not worked out again. */
const REMEMBERED = 10_000;

export function describeNetwork(inventory: readonly InventoryEvent[], leases: readonly LeaseEvent[]): Network {
  const own = new Set<string>();
  const nets: Cidr[] = [];
  const approvedIps = new Set<string>();
  const approvedNets: Cidr[] = [];
  const approvedDomains = new Set<string>();
  for (const item of inventory) {
    const approved = item.role === 'approved';
    for (const ip of item.ips ?? []) {
      const cidr = parseCidr(ip);
      if (cidr !== undefined) (approved ? approvedNets : nets).push(cidr);
      else (approved ? approvedIps : own).add(ip);
    }
    const net = item.sandboxNet === undefined ? undefined : parseCidr(item.sandboxNet);
    if (net !== undefined) nets.push(net);
    const domain = item.domain ?? (item.name?.includes('.') === true ? item.name : undefined);
    if (approved && domain !== undefined) approvedDomains.add(domain.toLowerCase().replace(/^\*?\./, ''));
  }
  for (const lease of leases) if (lease.ip !== undefined) own.add(lease.ip);
  const internal = new Map<string, boolean>();
  const hasIps = approvedIps.size + approvedNets.length > 0;
  return {
    isInternal(ip) {
      const known = internal.get(ip);
      if (known !== undefined) return known;
      const answer = isPrivateIp(ip) || own.has(ip) || nets.some((cidr) => inCidr(ip, cidr));
      if (internal.size < REMEMBERED) internal.set(ip, answer);
      return answer;
    },
    isApproved(ip, domain) {
      if (domain !== undefined && underAny(domain, approvedDomains)) return true;
      if (ip !== undefined && (approvedIps.has(ip) || approvedNets.some((cidr) => inCidr(ip, cidr)))) return true;
      if (domain !== undefined) return approvedDomains.size > 0 ? false : undefined;
      // An address alone can only be judged when approval is given by address.
      return ip !== undefined && hasIps && approvedDomains.size === 0 ? false : undefined;
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
