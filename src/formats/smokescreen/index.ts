import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { domainName, parseIp, splitHostPort } from '../../core/ip.ts';
import { compact, isObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Smokescreen egress proxy: decisions and closed connections. */
export const smokescreen: Format = {
  id: 'smokescreen',
  title: 'Smokescreen egress proxy',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: '`start_time` UTC microseconds; `time` is local and in seconds',
  traps: ['`enforce_would_deny` is a dry run: allowed now', 'close records repeat the decision with byte counts'],
  claims: ({ json }: SniffRecord): Sniff => {
    if (!isObject(json) || json['msg'] === undefined) return no('no msg');
    const canonical = typeof json['msg'] === 'string' && json['msg'].startsWith('CANONICAL-PROXY');
    return canonical
      ? yes(0.98, 'CANONICAL-PROXY message')
      : json['inbound_remote_addr'] !== undefined
        ? yes(0.9, 'inbound_remote_addr')
        : no('no proxy decision');
  },
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const requested = textOf(json['requested_host']) ?? '';
  const client = splitHostPort(textOf(json['inbound_remote_addr']) ?? '');
  if (requested === '' && parseIp(client.host) === undefined)
    return skipped('Smokescreen message without a connection');
  const raw = textOf(json['start_time']) ?? textOf(json['time']) ?? '';
  const stamp = parseIso(raw);
  const target = splitHostPort(requested);
  const outbound = splitHostPort(textOf(json['outbound_remote_addr']) ?? '');
  const allow = json['allow'];
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'smokescreen',
    clock: json['start_time'] === undefined ? 'time' : 'start_time',
    time:
      stamp === undefined
        ? timeFromObserved(record.observed)
        : eventTime(stamp, {
            raw,
            basis: 'request-start',
            observed: parseIso(textOf(json['time']) ?? '')?.at ?? record.observed,
          }),
    ref: record.ref,
    host: record.host,
    type: 'proxy' as const,
    action: allow === true ? ('allow' as const) : allow === false ? ('deny' as const) : ('unknown' as const),
    actionRaw: allow === undefined ? undefined : String(allow),
    src: compact({ ip: parseIp(client.host), port: client.port }),
    dst: compact({
      ip: parseIp(outbound.host) ?? parseIp(target.host),
      port: target.port ?? outbound.port,
      domain: domainName(target.host),
    }),
    initiator: 'src' as const,
    transport: 'tcp',
    rule: compact({ name: textOf(json['decision_reason']) }),
    upstream:
      parseIp(outbound.host) === undefined ? undefined : compact({ ip: parseIp(outbound.host), port: outbound.port }),
    http: compact({ host: domainName(target.host) ?? parseIp(target.host) }),
    bytes: compact({ toDst: numberOf(json['bytes_out']), toSrc: numberOf(json['bytes_in']) }),
  });
  return decoded(event);
}
