import type { DnsEvent, NetworkEvent } from '../../model/event.ts';

/** Lines of resolvers and proxies show a violation one hop earlier, whatever the order of the files. */
export function isContext(event: NetworkEvent | DnsEvent): boolean {
  if (event.kind === 'dns' || event.type === 'proxy') return true;
  // What goes to a proxy names the whole address, RFC 9112 section 3.2.2.
  return event.http?.url !== undefined && !event.http.url.startsWith('/');
}
