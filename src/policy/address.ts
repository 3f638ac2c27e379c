import { parseIp } from '../core/network/ip.ts';

/** A network of either family. `value` holds the bits of the address, host bits zero. */
export interface Network {
  readonly bits: 32 | 128;
  readonly length: number;
  readonly value: bigint;
}

/** Reads an address or a CIDR; undefined for anything else. A bare address is its own network. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const ip = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (ip === undefined) return undefined;
  const bits = ip.includes(':') ? 128 : 32;
  const digits = slash < 0 ? String(bits) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits) || Number(digits) > bits) return undefined;
  return networkOf(ip, Number(digits));
}

/** The network of `length` bits that holds a canonical address. */
function networkOf(ip: string, length: number): Network {
  const bits = ip.includes(':') ? 128 : 32;
  const host = BigInt(bits - length);
  return { bits, length, value: (bitsOf(ip) >> host) << host };
}

function bitsOf(ip: string): bigint {
  if (!ip.includes(':')) return ip.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [left = '', right = ''] = ip.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const head = groups(left);
  const tail = groups(right);
  const zeros = ip.includes('::') ? Array.from({ length: 8 - head.length - tail.length }, () => '0') : [];
  return [...head, ...zeros, ...tail].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

export function holds(network: Network, ip: string): boolean {
  const bits = ip.includes(':') ? 128 : 32;
  if (bits !== network.bits) return false;
  return (bitsOf(ip) ^ network.value) >> BigInt(network.bits - network.length) === 0n;
}

/** Whether all addresses of a network are in another. */
export function contains(outer: Network, inner: Network): boolean {
  if (outer.bits !== inner.bits || inner.length < outer.length) return false;
  return (outer.value ^ inner.value) >> BigInt(outer.bits - outer.length) === 0n;
}

/** CIDR that holds `ip`, as text; the bare address when it is the whole network. */
export function cidrText(ip: string, length: number): string {
  const network = networkOf(ip, length);
  if (network.length === network.bits) return ip;
  if (network.bits === 32) {
    const parts = [24n, 16n, 8n, 0n].map((shift) => (network.value >> shift) & 255n);
    return `${parts.join('.')}/${length}`;
  }
  const groups = Array.from({ length: 8 }, (_, i) => ((network.value >> BigInt(112 - 16 * i)) & 65535n).toString(16));
  return `${parseIp(groups.join(':')) ?? groups.join(':')}/${length}`;
}
