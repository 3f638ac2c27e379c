import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { domainName, parseIp } from '../../core/ip.ts';
import { at, compact, isObject, textOf, tryJson } from '../../core/json.ts';
import { eventTime, parseIso } from '../../core/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Control-plane calls of an Alibaba account: shows or rules out a human operator. */
export const actiontrail: Format = {
  id: 'actiontrail',
  title: 'Alibaba ActionTrail',
  roles: ['flow'],
  framing: 'auto',
  status: 'documented',
  clock: '`eventTime`: UTC, whole seconds, when the API was called',
  traps: [
    '`event` is JSON inside a string in log service exports and an object in API answers',
    'control plane only: a tunnel never shows here',
    'access key ids are never read',
  ],
  claims,
  open: () => ({ decode }),
};

function claims({ json }: SniffRecord): Sniff {
  const topic = textOf(at(json, '__topic__')) ?? '';
  if (/^actiontrail_(?:audit_)?event$/.test(topic)) return yes(0.98, 'topic of ActionTrail');
  const event = eventOf(json);
  return textOf(at(event, 'acsRegion')) !== undefined && textOf(at(event, 'eventName')) !== undefined
    ? yes(0.96, 'eventName and acsRegion')
    : no('no ActionTrail event');
}

function eventOf(json: unknown): unknown {
  const event = at(json, 'event');
  if (typeof event === 'string') return tryJson(event);
  return isObject(event) ? event : json;
}

function decode(record: RawRecord): Decoded {
  const event = eventOf(tryJson(record.text));
  const raw = textOf(at(event, 'eventTime')) ?? '';
  const stamp = parseIso(raw);
  const name = textOf(at(event, 'eventName'));
  if (stamp === undefined || name === undefined) return failed('needs eventTime and eventName');
  const caller = textOf(at(event, 'sourceIpAddress')) ?? '';
  const error = textOf(at(event, 'errorCode'));
  const service = domainName(textOf(at(event, 'eventSource')));
  const call: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'actiontrail',
    clock: 'eventTime',
    time: eventTime(stamp, { raw, basis: 'request-start' }),
    ref: record.ref,
    type: 'http' as const,
    action: error === undefined ? ('allow' as const) : ('unknown' as const),
    actionRaw: error,
    src: compact({ ip: parseIp(caller), domain: domainName(caller) }),
    dst: compact({ domain: service }),
    http: compact({ method: name, host: service, userAgent: textOf(at(event, 'userAgent')) }),
    flowId: textOf(at(event, 'requestId')) ?? textOf(at(event, 'eventId')),
  });
  return decoded(call);
}
