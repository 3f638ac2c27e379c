import type { Event } from '../../model/event.ts';
import { requestMark } from '../moments/marks.ts';

/** Ports that clients are given, IANA dynamic range and Linux's default together. */
const CLIENT_PORTS = 32768;
const FIRST_CLIENT_PORT = 32768;
/** Records of one file that are kept for its clock at most, about: twice as many as a fit takes pairs. */
const RECORDS_PER_FILE = 8_000;
/** Of a few requests one may be asked for all night: no more of a file are kept, always the first. */
export const MOST_REQUESTS = 2 * RECORDS_PER_FILE;
/** Requests are told apart by so many marks. */
const REQUESTS = 65_536;

/**
 * The same few connections in every log: those of some client ports. Clocks are compared by connections that two logs saw, so
 * the choice must not depend on the log. Ports that short files hold are chosen first: those have few connections to share.
 * Logs of proxies name no client port: of them, and of who saw what went to them, the same few requests are kept as well.
 */
export class ClockSample {
  /** 1 for each port whose records are kept. */
  readonly ports = new Uint8Array(65536);
  /** 1 for each mark of requests that are kept. */
  readonly #requests = new Uint8Array(REQUESTS);

  /** `records`: about how many the longest file holds. `eachShort`: passes the events of short files. */
  constructor(records: number, eachShort: (see: (event: Event) => void) => void) {
    const share = Math.min(1, RECORDS_PER_FILE / Math.max(1, records));
    const budget = Math.max(8, Math.floor(share * CLIENT_PORTS * 2));
    const seen = new Set<number>();
    const asked = new Map<number, number>();
    eachShort((event) => {
      for (const port of clientPorts(event)) if (port >= 1024) seen.add(port);
      const request = requestOf(event);
      if (request !== undefined) asked.set(request, (asked.get(request) ?? 0) + 1);
    });
    const byOrder = (a: number, b: number): number => order(a) - order(b) || a - b;
    const short = Math.floor(budget / 2);
    for (const port of [...seen].sort(byOrder).slice(0, short)) this.ports[port] = 1;
    const all = Array.from({ length: CLIENT_PORTS }, (_, i) => FIRST_CLIENT_PORT + i).sort(byOrder);
    for (const port of all.slice(0, Math.ceil(budget / 2))) this.ports[port] = 1;
    // What is seldom asked for takes little memory, and tells the same.
    const seldom = [...asked].sort(([a, m], [b, n]) => m - n || byOrder(a, b));
    for (const [request] of seldom.slice(0, short)) this.#requests[request] = 1;
    this.#requests.fill(1, 0, Math.ceil(share * REQUESTS));
  }

  wantsPort(port: number | undefined): boolean {
    return port !== undefined && this.ports[port] === 1;
  }

  wants(event: Event): boolean {
    return this.wantsPort(clientPort(event)) || (event.kind === 'nat' && this.wantsPort(event.replyDst.port));
  }

  /** Whether it is one of the requests that every log keeps, see `MOST_REQUESTS`. */
  wantsRequest(event: Event): boolean {
    const request = requestOf(event);
    return request !== undefined && this.#requests[request] === 1;
  }
}

/** Scatters neighbours: ports are handed out in runs. Knuth, TAOCP 3, 6.4: multiplication by the golden ratio. */
function order(port: number): number {
  return Math.imul(port, 0x9e3779b1) >>> 0;
}

/**
 * The mark of a request to a proxy, equal wherever it was seen. It names the whole address, RFC 9112 section 3.2.2, and no look
 * leaves such a line, see `noteRequest`.
 */
function requestOf(event: Event): number | undefined {
  if (event.kind !== 'network' || (event.type !== 'proxy' && event.type !== 'http')) return undefined;
  const url = event.http?.url;
  return url === undefined || url.startsWith('/') ? undefined : requestMark(event.src.ip ?? '', url);
}

/** Ports of the client's end, before and after translation. */
function clientPorts(event: Event): readonly number[] {
  const ports = [clientPort(event), event.kind === 'nat' ? event.replyDst.port : undefined];
  return ports.filter((port) => port !== undefined);
}

/** Port of the client's end, before translation. */
function clientPort(event: Event): number | undefined {
  switch (event.kind) {
    case 'network':
      return (event.initiator === 'dst' ? event.dst : event.src).port;
    case 'nat':
      return event.src.port;
    case 'dns':
      return event.client?.port;
    case 'process':
      return event.socket?.local.port;
    default:
      return undefined;
  }
}
