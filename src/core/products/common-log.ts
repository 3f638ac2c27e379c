import type { Endpoint, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { compact } from '../json/json.ts';
import { targetOf } from '../network/forward-proxy.ts';
import { domainName, parseIp, splitHostPort } from '../network/ip.ts';
import { networkEvent } from '../network/network.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime, parseDayMonth, timeFromObserved } from '../time/time.ts';

/** A line of the common log format, or of `combined`, which adds referrer and agent; Apache's `vhost_combined` begins with `host:port`. */
export interface CommonLine {
  readonly client: string;
  /** `dd/Mmm/yyyy:hh:mm:ss +zzzz`. */
  readonly raw: string;
  /** `METHOD target HTTP/version`, or whatever a client sent in its place. */
  readonly request: string;
  readonly status: string;
  readonly bytes: string;
  readonly userAgent: string | undefined;
  /** What stands behind, without what is quoted. */
  readonly rest: string;
}

const LINE =
  /^(?:[^\s<>[\]"]+:\d{1,5} )?([^\s<>]+) \S+ \S+(?: [^[\]"]{1,64})? \[([^\]]{1,64})\] "(.*?)" (\d{3}|-) (\d+|-)(?=\s|$)(.*)$/;
const QUOTED = /"(.*?)(?<!\\)"/g;
const TARGET = /^(?:(CONNECT) (\S+)|([A-Z]+) ([a-z]+:\/\/\S+))(?: HTTP\/[\d.]+)?$/;

/** Undefined where the line is none. `host ident user [time] "request" status bytes`: httpd.apache.org/docs/2.4/logs.html, nginx.org `log_format combined`. */
export function commonLine(text: string): CommonLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, client = '', raw = '', request = '', status = '', bytes = '', behind = ''] = match;
  const agent = Array.from(behind.matchAll(QUOTED), ([, quoted = '']) => quoted)[1];
  const userAgent = agent === undefined || agent === '' || agent === '-' ? undefined : agent;
  return { client, raw, request, status, bytes, userAgent, rest: behind.replace(QUOTED, '') };
}

/** Only a proxy is asked for whole URLs, or to connect: method and target, undefined where a server was asked for something of its own. */
export function proxied(request: string): { readonly method: string; readonly url: string } | undefined {
  const match = TARGET.exec(request);
  return match === null ? undefined : { method: match[1] ?? match[3] ?? '', url: match[2] ?? match[4] ?? '' };
}

/** What a line tells of a request that went through a proxy, or undefined where it did not. */
export function proxiedEvent(
  record: RawRecord,
  line: CommonLine,
  context: DecodeContext,
  own: Pick<NetworkEvent, 'format' | 'action'> & { readonly actionRaw?: string | undefined },
): NetworkEvent | undefined {
  const request = proxied(line.request);
  if (request === undefined) return undefined;
  const { raw, status } = line;
  const dst = targetOf(request.method, request.url);
  const stamp = commonStamp(raw, context.zoneOffsetMin);
  return networkEvent(record, {
    ...own,
    clock: 'common',
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, { raw, basis: 'completion', beforeUs: stamp.stepUs, observed: record.observed }),
    type: 'proxy',
    src: clientOf(line.client),
    dst,
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    http: compact({
      ...request,
      host: dst.domain ?? dst.ip,
      status: status === '-' ? undefined : Number(status),
      userAgent: line.userAgent,
    }),
  });
}

/** An address, with or without a port, or a name. */
export function clientOf(text: string): Endpoint {
  const { host, port } = parseIp(text) === undefined ? splitHostPort(text) : { host: text, port: undefined };
  return compact({ ip: parseIp(host), port, domain: domainName(host) });
}

/** `dd/Mmm/yyyy:hh:mm:ss +zzzz`; a date of digits alone may have either order. */
export function commonStamp(text: string, zoneOffsetMin: number): Stamp | undefined {
  const zone = / ([+-])(\d\d)(\d\d)$/.exec(text);
  const own = zone === null ? undefined : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3]));
  const stamp = parseDayMonth(text.replace(/ [+-]\d{4}$/, ''), own ?? zoneOffsetMin);
  return stamp === undefined || own === undefined ? stamp : { ...stamp, zone: 'explicit' };
}
