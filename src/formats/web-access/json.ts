import { at, compact, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { targetOf } from '../../core/network/forward-proxy.ts';
import { bytesOf, endpointOf, networkEvent, stampOf } from '../../core/network/network.ts';
import { proxied } from '../../core/products/common-log.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

/** Caddy's own (caddyserver.com/docs/caddyfile/directives/log), or nginx's variables by their names (`log_format ... escape=json`). */
export function isRequest(json: JsonObject): boolean {
  return isCaddy(json) || (typeof json['remote_addr'] === 'string' && REQUEST.test(textOf(json['request']) ?? ''));
}

const REQUEST = /^[A-Z]+ \S+ HTTP\/[\d.]+$/;

const isCaddy = ({ request, status, ...json }: JsonObject): boolean =>
  isObject(request) && typeof request['uri'] === 'string' && 'ts' in json && status !== undefined;

/** What was asked of a proxy; undefined where the server itself was asked. */
export function requestOf(record: RawRecord, json: JsonObject): NetworkEvent | undefined {
  const request = proxied(isCaddy(json) ? caddyRequest(json) : (textOf(json['request']) ?? ''));
  if (request === undefined) return undefined;
  const key = ['ts', 'time_iso8601', 'msec', 'time', 'timestamp', '@timestamp'].find((name) => name in json) ?? '';
  const stamp = stampOf(json[key]);
  const seconds = numberOf(json['duration'] ?? json['request_time']) ?? 0;
  const dst = targetOf(request.method, request.url);
  const client = at(json, 'request', 'remote_ip') ?? json['remote_addr'];
  return networkEvent(record, {
    format: 'web-access',
    clock: key,
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, {
            raw: String(json[key]),
            basis: 'completion',
            lo: (stamp.at - stamp.stepUs - Math.round(Math.max(0, seconds) * 1_000_000)) as Micros,
            observed: record.observed,
          }),
    type: 'proxy',
    action: 'unknown',
    src: endpointOf(client, at(json, 'request', 'remote_port') ?? json['remote_port']),
    dst,
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    http: compact({
      ...request,
      host: dst.domain ?? dst.ip,
      status: numberOf(json['status']),
      userAgent: textOf([at(json, 'request', 'headers', 'User-Agent')].flat()[0]) ?? textOf(json['http_user_agent']),
    }),
    bytes: bytesOf(json['bytes_read'], json['size'] ?? json['body_bytes_sent']),
  });
}

/** The target of CONNECT is the host; its `uri` is empty in some versions. */
function caddyRequest(json: JsonObject): string {
  const method = textOf(at(json, 'request', 'method')) ?? '';
  const uri = textOf(at(json, 'request', 'uri')) ?? '';
  return `${method} ${method === 'CONNECT' ? (textOf(at(json, 'request', 'host')) ?? uri) : uri}`;
}
