import { decoded, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { timeFromObserved } from '../../core/time/time.ts';
import type { InventoryEvent } from '../../model/event.ts';
import type { Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const SERVICES = /^services:\s*(?:#.*)?$/;
const MEMBER = /^\s+(?:image|build|container_name|command|environment|networks|volumes|ports):/;
/** `HTTPS_PROXY: http://172.30.0.10:3128`, as a key or as an item of a list. */
const PROXY = /^\s+(?:- )?["']?https?_proxy["']?\s*[:=]\s*["']?https?:\/\/(\[[^\]]+\]|[\d.]+):(\d+)/i;

/** Compose files, for the fixed addresses of their containers: sandboxes, and the proxies that these are told to use. */
export const dockerCompose: Format = {
  id: 'docker-compose',
  title: 'Compose files with fixed addresses',
  roles: ['inventory'],
  framing: 'auto',
  status: 'real',
  clock: 'none',
  traps: [
    'only addresses that the file fixes are known: the others are given when a container starts (docker-inspect)',
    'the file says what was meant to run, not what ran',
  ],
  claims,
  sniff,
  open,
};

function claims({ text }: SniffRecord): Sniff {
  if (SERVICES.test(text)) return yes(0.9, 'services of a Compose file');
  return MEMBER.test(text) ? yes(0.55, 'member of a service') : no('no line of a Compose file');
}

function sniff({ records }: Sample): Sniff {
  const isCompose = records.some(({ text }) => SERVICES.test(text)) && records.some(({ text }) => MEMBER.test(text));
  return isCompose ? yes(0.95, 'services with members of a Compose file') : no('no Compose file');
}

interface Service {
  readonly service: string;
  readonly record: RawRecord;
  readonly ips: string[];
  name?: string | undefined;
}

function open(): Decoder {
  const services: Service[] = [];
  const proxies = new Map<string, number | undefined>();
  let inside = false;
  let indent: number | undefined;
  const decode: Decoder['decode'] = (record) => {
    const { text } = record;
    if (/^\s*(?:#|$)/.test(text)) return skipped('comment');
    if (/^\S/.test(text)) inside = SERVICES.test(text);
    if (!inside || /^\S/.test(text)) return skipped('outside the services');
    const depth = text.search(/\S/);
    indent ??= depth;
    const service = depth === indent ? /^\s+["']?([\w.-]+)["']?:/.exec(text)?.[1] : undefined;
    if (service !== undefined) services.push({ service, record, ips: [] });
    else note(text, services.at(-1), proxies);
    return decoded();
  };
  return { decode, flush: () => services.flatMap((service) => eventsOf(service, proxies)) };
}

/** What one line adds to the service above it. */
function note(text: string, service: Service | undefined, proxies: Map<string, number | undefined>): void {
  const proxy = PROXY.exec(text);
  const proxyIp = parseIp((proxy?.[1] ?? '').replace(/^\[|\]$/g, ''));
  if (proxyIp !== undefined) proxies.set(proxyIp, parsePort(proxy?.[2]));
  if (service === undefined) return;
  const [, key, value = ''] = /^\s+(container_name|ipv[46]_address):\s*["']?([^"'\s]+)/.exec(text) ?? [];
  if (key === 'container_name') service.name = value;
  const ip = key === undefined ? undefined : parseIp(value);
  if (ip !== undefined) service.ips.push(ip);
}

function eventsOf({ service, name, ips, record }: Service, proxies: ReadonlyMap<string, number | undefined>) {
  const proxy = ips.find((ip) => proxies.has(ip));
  const event: InventoryEvent = compact({
    kind: 'inventory' as const,
    time: timeFromObserved(record.observed),
    ref: record.ref,
    format: 'docker-compose',
    clock: 'none',
    host: record.host,
    role: proxy === undefined ? ('sandbox' as const) : ('proxy' as const),
    name: name ?? service,
    ips,
    port: proxy === undefined ? undefined : proxies.get(proxy),
  });
  return ips.length === 0 ? [] : [event];
}
