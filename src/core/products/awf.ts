import type { NetworkEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { compact } from '../json/json.ts';
import { domainName, parseIp, splitHostPort } from '../network/ip.ts';
import type { Stamp } from '../time/stamp.ts';
import { eventTime } from '../time/time.ts';

/** Fields of a gh-aw-firewall proxy record, as text. */
export interface AwfRecord {
  readonly client: string;
  readonly host: string;
  readonly dest: string;
  readonly method: string;
  readonly status: string;
  readonly decision: string;
  readonly url: string;
  readonly userAgent?: string | undefined;
}

/** One proxied request. The stamp is the end of the transaction and no duration is written. */
export function awfEvent(
  format: string,
  awf: AwfRecord,
  time: { readonly stamp: Stamp; readonly raw: string; readonly clock: string },
  record: RawRecord,
): NetworkEvent {
  const client = splitHostPort(awf.client);
  const asked = splitHostPort(awf.host);
  const dest = splitHostPort(awf.dest);
  const destIp = parseIp(dest.host);
  const denied = /DENIED/.test(awf.decision);
  const challenge = denied && awf.status === '407';
  return compact({
    kind: 'network' as const,
    time: eventTime(time.stamp, {
      raw: time.raw,
      basis: 'completion',
      beforeUs: time.stamp.stepUs,
      observed: record.observed,
    }),
    ref: record.ref,
    format,
    clock: time.clock,
    host: record.host,
    type: 'proxy' as const,
    action: challenge ? ('unknown' as const) : denied ? ('deny' as const) : actionOf(awf.decision),
    actionRaw: awf.decision,
    src: compact({ ip: parseIp(client.host), port: client.port }),
    dst: compact({
      ip: destIp ?? parseIp(asked.host),
      port: asked.port ?? dest.port,
      domain: domainName(asked.host),
    }),
    initiator: 'src' as const,
    transport: 'tcp',
    direction: 'outbound' as const,
    http: compact({
      method: awf.method,
      url: awf.url,
      host: domainName(asked.host),
      status: Number(awf.status),
      userAgent: awf.userAgent === '-' ? undefined : awf.userAgent,
    }),
    upstream: destIp === undefined ? undefined : compact({ ip: destIp, port: dest.port }),
  });
}

/** NONE_NONE and TAG_NONE are requests that never became one: no verdict. */
function actionOf(decision: string): 'allow' | 'unknown' {
  return /^TCP_/.test(decision) ? 'allow' : 'unknown';
}
