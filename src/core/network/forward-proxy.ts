import type { Endpoint } from '../../model/event.ts';
import { compact } from '../json/json.ts';
import { wordTable } from '../word-table.ts';
import { domainName, parseIp, splitHostPort } from './ip.ts';

const PORTS = wordTable<number>({ http: 80, https: 443, ftp: 21, ws: 80, wss: 443 });

/** Where a proxied request wants to go: `host:port` of CONNECT, or the authority of an absolute URL. */
export function targetOf(method: string, url: string): Endpoint {
  if (method === 'CONNECT' && !url.includes('://')) return authorityOf(url.replace(/\/$/, ''));
  const match = /^([a-z]+):\/\/(?:[^@/]*@)?([^/?#]+)/i.exec(url);
  if (match === null) return {};
  const host = authorityOf(match[2] ?? '');
  return compact({ ...host, port: host.port ?? PORTS[(match[1] ?? '').toLowerCase()] });
}

/** `host[:port]`; `-` and `-:-` are none. */
export function authorityOf(text: string): Endpoint {
  const { host, port } = splitHostPort(text);
  return compact({ ip: parseIp(host), domain: host.includes(':') ? undefined : domainName(host), port });
}
