import { wordTable } from '../word-table.ts';
/** Canonical text of an address, or undefined when the text is not one. IPv6 is compressed, zone ids dropped, v4-mapped becomes v4. */
export function parseIp(text: string): string | undefined {
  if (isIpv4(text)) return text;
  if (!text.includes(':')) return undefined;
  return parseIpv6(text);
}

/** Strict dotted quad without leading zeros. */
export function isIpv4(text: string): boolean {
  if (text.length < 7 || text.length > 15) return false;
  return ipv4Number(text) !== undefined;
}

/** Dotted quad as an unsigned 32-bit number. */
function ipv4Number(text: string): number | undefined {
  let value = 0;
  let part = -1;
  let parts = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i === text.length ? 46 : text.charCodeAt(i);
    if (c === 46) {
      if (part < 0 || part > 255) return undefined;
      value = value * 256 + part;
      parts++;
      part = -1;
    } else if (c >= 48 && c <= 57) {
      if (part === 0) return undefined;
      part = (part < 0 ? 0 : part * 10) + (c - 48);
    } else return undefined;
  }
  return parts === 4 ? value : undefined;
}

function parseIpv6(input: string): string | undefined {
  let text = input.toLowerCase();
  const percent = text.indexOf('%');
  if (percent >= 0) text = text.slice(0, percent);
  const lastColon = text.lastIndexOf(':');
  const tail = text.slice(lastColon + 1);
  if (tail.includes('.')) {
    const v4 = ipv4Number(tail);
    if (v4 === undefined) return undefined;
    text = `${text.slice(0, lastColon + 1)}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const left = halves[0] === '' || halves[0] === undefined ? [] : halves[0].split(':');
  const right = halves[1] === '' || halves[1] === undefined ? [] : halves[1].split(':');
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 0) return undefined;
  const groups = [...left, ...Array.from({ length: halves.length === 2 ? missing : 0 }, () => '0'), ...right];
  const numbers: number[] = [];
  for (const group of groups) {
    if (!/^[0-9a-f]{1,4}$/.test(group)) return undefined;
    numbers.push(Number.parseInt(group, 16));
  }
  return formatIpv6(numbers);
}

/** RFC 5952 text of eight 16-bit groups; ::ffff:a.b.c.d becomes a.b.c.d. */
export function formatIpv6(groups: readonly number[]): string {
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) {
    const [hi = 0, lo = 0] = groups.slice(6);
    return `${hi >> 8}.${hi & 255}.${lo >> 8}.${lo & 255}`;
  }
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
  }
  const hex = groups.map((g) => g.toString(16));
  if (best < 0) return hex.join(':');
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`;
}

/** `a.b.c.d:port`, `[v6]:port`, `v6.port`-free forms; port absent when not numeric. */
export function splitHostPort(text: string): { host: string; port?: number } {
  const bracket = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
  if (bracket?.[1] !== undefined) return withPort(bracket[1], bracket[2]);
  const colon = text.lastIndexOf(':');
  if (colon < 0) return { host: text };
  if (text.indexOf(':') !== colon) {
    const whole = parseIp(text);
    if (whole !== undefined) return { host: text };
  }
  return withPort(text.slice(0, colon), text.slice(colon + 1));
}

function withPort(host: string, port: string | undefined): { host: string; port?: number } {
  const value = parsePort(port);
  return value === undefined ? { host } : { host, port: value };
}

/** Integer 0..65535 from text or number; undefined otherwise. */
export function parsePort(value: unknown): number | undefined {
  const number =
    typeof value === 'string' ? (/^\d{1,5}(\.0+)?$/.test(value.trim()) ? Number(value) : Number.NaN) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 65535) return undefined;
  return number;
}

export interface Cidr {
  readonly base: number;
  readonly mask: number;
}

/** IPv4 network; undefined for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const address = ipv4Number(text.slice(0, slash));
  const bits = Number(text.slice(slash + 1));
  if (address === undefined || !Number.isInteger(bits) || bits < 0 || bits > 32) return undefined;
  const mask = bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
  return { base: (address & mask) >>> 0, mask };
}

export function inCidr(ip: string, cidr: Cidr): boolean {
  const value = ipv4Number(ip);
  return value !== undefined && (value & cidr.mask) >>> 0 === cidr.base;
}

/** IPv4 networks that are not routed on the Internet: RFC 1918, RFC 6598, link-local and loopback. */
export const PRIVATE_NETWORKS: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
];
const PRIVATE = PRIVATE_NETWORKS.map((text) => parseCidr(text) ?? { base: 0, mask: 0xffffffff });

/** RFC 1918, RFC 6598, link-local and loopback (and their IPv6 relatives). */
export function isPrivateIp(ip: string): boolean {
  if (ip.includes(':')) return /^(f[cd]|fe[89ab]|::1$)/.test(ip);
  return PRIVATE.some((cidr) => inCidr(ip, cidr));
}

const PROTOCOLS = wordTable<string>({
  '1': 'icmp',
  '2': 'igmp',
  '4': 'ipip',
  '6': 'tcp',
  '17': 'udp',
  '41': 'ipv6',
  '47': 'gre',
  '50': 'esp',
  '51': 'ah',
  '58': 'icmp6',
  '88': 'eigrp',
  '89': 'ospf',
  '103': 'pim',
  '112': 'vrrp',
  '132': 'sctp',
  icmpv6: 'icmp6',
  'ipv6-icmp': 'icmp6',
  'icmp-v6': 'icmp6',
  icmpv4: 'icmp',
});

/** Lower-case transport name from an IANA number or any usual spelling. */
export function transportName(value: string | number | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  const text = String(value).trim().toLowerCase();
  return PROTOCOLS[text] ?? (text === '' ? undefined : text);
}

/** Lower case, no final dot; undefined for empty text, `-`, addresses and what is left of one in a line that was cut. */
export function domainName(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = value.trim().toLowerCase().replace(/\.$/, '');
  if (text === '' || text === '-' || /^[\d."]+$/.test(text) || parseIp(text) !== undefined) return undefined;
  return text;
}

/** Host of a URL with or without its scheme; a bare path has none. */
export function urlHost(url: string | undefined): string | undefined {
  return /^(?:[a-z]+:\/\/)?(?:[^/@\s]*@)?([\w.-]+\.[\w-]+)(?:[:/?#]|$)/i.exec(url ?? '')?.[1];
}
