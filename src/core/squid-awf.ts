import type { Endpoint, NetworkEvent } from '../model/event.ts';
import type { RawRecord } from '../model/source.ts';
import { actionOfSquid, authorityOf, targetOf } from './forward-proxy.ts';
import { compact, numberOf } from './json.ts';
import { networkEvent } from './network.ts';
import { eventTime, type Stamp } from './time.ts';

/** One request as the agent firewall's Squid logs it, in either of its two files. */
export interface AwfRequest {
  readonly stamp: Stamp;
  readonly raw: string;
  readonly client: string;
  readonly host: string;
  readonly dest: string;
  readonly method: string;
  readonly status: string;
  /** `TCP_TUNNEL`, perhaps with `:HIER_DIRECT`. */
  readonly decision: string;
  readonly url: string;
  readonly userAgent?: string | undefined;
}

/** The log line is written when the request ends, and its length is not in it. */
export function awfEvent(format: string, record: RawRecord, request: AwfRequest): NetworkEvent {
  const upstream = authorityOf(request.dest);
  const named = authorityOf(request.host);
  const target: Endpoint =
    named.domain === undefined && named.ip === undefined ? targetOf(request.method, request.url) : named;
  return networkEvent(record, {
    format,
    clock: 'end',
    time: eventTime(request.stamp, { raw: request.raw, basis: 'completion', observed: record.observed }),
    type: 'proxy',
    action: actionOfSquid(request.decision, request.status),
    actionRaw: request.decision,
    src: authorityOf(request.client),
    dst: compact({ ip: upstream.ip ?? target.ip, port: target.port ?? upstream.port, domain: target.domain }),
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    http: compact({
      method: request.method,
      url: request.url === '-' ? undefined : request.url,
      host: target.domain ?? target.ip,
      status: numberOf(request.status),
      userAgent: request.userAgent === '-' ? undefined : request.userAgent,
    }),
    upstream: upstream.ip === undefined ? undefined : upstream,
  });
}
