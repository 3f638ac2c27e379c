import type { Endpoint } from '../../model/event.ts';
import { compact } from '../json/json.ts';
import { formatIpv6, parseIp } from './ip.ts';
import { servicePort } from './services.ts';

/** IPv4 or IPv6 end of a `struct sockaddr` in hex. The family is in host byte order, port and address in network order. */
export function sockaddrHex(hex: string): Endpoint | undefined {
  return ipv4Hex(hex) ?? anyHex(hex);
}

/** Most are IPv4: `02`, `00`, two bytes of the port, four of the address, and what may follow. */
function ipv4Hex(hex: string): Endpoint | undefined {
  if (!hex.startsWith('0200') || hex.length < 16 || hex.length > 32) return undefined;
  let bad = 0;
  for (let at = 4; at < hex.length; at++) bad |= digitAt(hex, at);
  if (bad < 0) return undefined;
  const port = byteAt(hex, 4) * 256 + byteAt(hex, 6);
  return { ip: `${byteAt(hex, 8)}.${byteAt(hex, 10)}.${byteAt(hex, 12)}.${byteAt(hex, 14)}`, port };
}

function byteAt(hex: string, at: number): number {
  return digitAt(hex, at) * 16 + digitAt(hex, at + 1);
}

/** -1 where it is no digit of hex. */
function digitAt(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  return code >= 97 && code <= 102 ? code - 87 : -1;
}

function anyHex(hex: string): Endpoint | undefined {
  if (!/^[0-9A-Fa-f]{8,}$/.test(hex)) return undefined;
  const bytes = Buffer.from(hex, 'hex');
  const little = bytes.readUInt16LE(0);
  const family = little > 255 ? bytes.readUInt16BE(0) : little;
  const port = bytes.readUInt16BE(2);
  if (family === 2 && bytes.length >= 8) return { ip: Array.from(bytes.subarray(4, 8)).join('.'), port };
  if (family !== 10 || bytes.length < 24) return undefined;
  const groups: number[] = [];
  for (let i = 8; i < 24; i += 2) groups.push(bytes.readUInt16BE(i));
  return { ip: formatIpv6(groups), port };
}

/** Socket end as tools print it: `a:p`, `[v6]:p`, `v6:p`, `a%if:p`, `*:p`, `a:*`; wildcards are left out. A port may be the name of its service. */
export function printedEndpoint(text: string): Endpoint | undefined {
  const colon = text.lastIndexOf(':');
  if (colon < 0) return undefined;
  const name = text.slice(colon + 1);
  const port = name === '*' ? undefined : (servicePort(name) ?? (/^\d{1,5}$/.test(name) ? Number(name) : Number.NaN));
  if (Number.isNaN(port)) return undefined;
  const host = text
    .slice(0, colon)
    .replace(/%[^\]]*/, '')
    .replace(/^\[|\]$/g, '');
  const ip = host === '*' ? undefined : parseIp(host);
  if (ip === undefined && host !== '*') return undefined;
  return compact({ ip, port });
}
