import { findMentions, type Mention } from '../../core/network/decode-text.ts';
import { inCidr, parseCidr } from '../../core/network/ip.ts';
import { remembered } from '../../core/text/remembered.ts';
import type { HostTable } from '../hosts.ts';
import type { QueryTable } from '../trail/queries.ts';
import type { Trail } from '../trail/walk.ts';

/** Whether a command names places, and none of them can be where the flow went: that it is of the same kind ties it to nothing. */
export type GoesElsewhere = (command: string, trail: Pick<Trail, 'dstIps' | 'dstPort' | 'domains'>) => boolean;

/** Many calls say the same. */
const placesIn = remembered((text: string) => {
  const remote = findMentions(text).filter(isRemote);
  const names = remote.length === 0 ? undefined : new Set(namesAlone(text));
  return remote.filter(({ kind, value, encoding }) => kind !== 'domain' || encoding !== 'literal' || names?.has(value));
});

const RESOLVER_PORT = 53;
/** `10.20.8.0/24`. */
const CIDR = /(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}(?![\w.])/g;

export function openElsewhere(
  queries: Pick<QueryTable, 'addressesOf'>,
  hosts: Pick<HostTable, 'isProxy'>,
): GoesElsewhere {
  const isOther = ({ kind, value }: Mention, ips: ReadonlySet<string>, domains: ReadonlySet<string>): boolean => {
    if (kind === 'ip') return !ips.has(value) && !hosts.isProxy(value);
    const addresses = queries.addressesOf(value);
    return addresses.size > 0 && !domains.has(value) && ![...addresses].some((ip) => ips.has(ip));
  };
  return (command, { dstIps, dstPort, domains }) => {
    const places = placesIn(command);
    if (places.length === 0 || dstIps.size === 0 || dstPort === RESOLVER_PORT) return false;
    // What a command names is asked of proxies and resolvers, wherever they are.
    if ([...dstIps].some((ip) => ip === '' || hosts.isProxy(ip) || mayCount(command, ip))) return false;
    return places.every((place) => isOther(place, dstIps, domains));
  };
}

function isRemote({ kind, value }: Mention): boolean {
  return kind === 'domain' || !/^(?:127|0)\./.test(value);
}

const IMPORTS = /\b(?:import|from)\s+[\w.]+/g;

const ALONE = /(?<=^|[\s'"=@]|\/\/)[^\s'"=@:/;|&)]+(?=[\s'":/;|&)]|$)/g;

/** What stands where a host would: no file on one, no module, no member, as in `/x.git`, `import urllib.request`, `sys.argv[1]`. */
function namesAlone(text: string): readonly string[] {
  return text.replace(IMPORTS, '').toLowerCase().match(ALONE) ?? [];
}

/** Whether the text names a range with the address, or a part of it that a program may go on from: `10.20.8.$i`, `10.20.8.1-20`. */
function mayCount(text: string, ip: string): boolean {
  const ranges = [...text.matchAll(CIDR)].flatMap(([range]) => parseCidr(range) ?? []);
  if (ranges.some((range) => inCidr(ip, range))) return true;
  const [a, b, c] = ip.split('.');
  return new RegExp(`(?<![\\d.])${a}\\.${b}\\.(?:(?!\\d)|${c}\\.(?:(?!\\d)|\\d+-\\d))`).test(text);
}
