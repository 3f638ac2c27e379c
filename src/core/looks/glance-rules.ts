import { type Cidr, inCidr, isPrivateIp } from '../network/ip.ts';

/** What decides about a look at a line, as plain values: it can be handed to another thread. */
export interface GlanceRules {
  /** Addresses and IPv4 networks that are ours. */
  readonly ips: ReadonlySet<string>;
  readonly nets: readonly Cidr[];
  /** What rules on plain traffic look for. */
  readonly urls: readonly RegExp[];
  readonly userAgents: readonly RegExp[];
}

/** Whether an address is ours: a private one, or one of those stated. */
export function isOurs({ ips, nets }: Pick<GlanceRules, 'ips' | 'nets'>, ip: string): boolean {
  return isPrivateIp(ip) || ips.has(ip) || nets.some((cidr) => inCidr(ip, cidr));
}

/** Whether a rule on traffic that no sensor ruled on looks for this address or program: a record with it must be read. */
export function suspects(rules: GlanceRules, url: string | undefined, userAgent: string | undefined): boolean {
  return (
    (url !== undefined && rules.urls.some((regex) => regex.test(url))) ||
    (userAgent !== undefined && rules.userAgents.some((regex) => regex.test(userAgent)))
  );
}
