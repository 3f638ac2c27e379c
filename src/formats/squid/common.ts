import { decoded, failed } from '../../core/decoded.ts';
import { targetOf } from '../../core/forward-proxy.ts';
import { domainName, parseIp, splitHostPort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import type { Stamp } from '../../core/stamp.ts';
import { eventTime, parseDayMonth, timeFromObserved } from '../../core/time.ts';
import type { Endpoint } from '../../model/event.ts';
import type { DecodeContext, Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** `client ident user [time] "METHOD URL HTTP/v" status bytes`: only a proxy is asked for whole URLs. */
export const COMMON =
  /^([^\s<>]+) \S+ \S+ \[([^\]]{1,64})\] "(CONNECT \S+|[A-Z]+ [a-z]+:\/\/\S+)(?: HTTP\/[\d.]+)?" (\d{3}|-) (?:\d+|-)(.*)$/;

/** A line of `logformat common` or `combined`, which adds referrer, agent and `RESULT:HIERARCHY` (squid.conf, logformat). */
export function commonLine(record: RawRecord, context: DecodeContext): Decoded {
  const match = COMMON.exec(record.text);
  if (match === null) return failed('no Squid line');
  const [, client = '', raw = '', request = '', status = '', rest = ''] = match;
  const [method = '', url = ''] = request.split(' ');
  const target = targetOf(method, url);
  const result = /(?:^|\s)([A-Z][A-Z_]+):[A-Z_]+(?:\s|$)/.exec(rest.replace(/"[^"]*"/g, ''))?.[1];
  const stamp = commonStamp(raw, context.zoneOffsetMin);
  return decoded({
    kind: 'network',
    format: 'squid',
    clock: 'common',
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, { raw, basis: 'completion', beforeUs: stamp.stepUs, observed: record.observed }),
    ref: record.ref,
    type: 'proxy',
    action: result === undefined ? 'unknown' : result.includes('DENIED') ? 'deny' : 'allow',
    src: clientOf(client),
    dst: target,
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    http: compact({
      method,
      url,
      host: target.domain ?? target.ip,
      status: status === '-' ? undefined : Number(status),
    }),
    ...compact({ host: record.host, actionRaw: result }),
  });
}

/** `%>a`, or `%>a:%>p` where the port was asked for. */
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
