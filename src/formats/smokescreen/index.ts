import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { authorityOf } from '../../core/network/forward-proxy.ts';
import { bytesOf, instantOf, natOf, networkEvent, ruleOf, stampOf, wordOf } from '../../core/network/network.ts';
import { parseKeyValues } from '../../core/tables/keyvalue.ts';
import { eventTime } from '../../core/time/time.ts';
import type { Action, NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const MESSAGES = /CANONICAL-PROXY-(?:DECISION|CN-CLOSE)/;

/** Smokescreen egress proxy, JSON or logfmt. */
export const smokescreen: Format = {
  id: 'smokescreen',
  title: 'Smokescreen egress proxy',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: '`start_time`: request start, UTC microseconds; `time` is the writer’s local clock in seconds',
  traps: [
    'allow=true with enforce_would_deny=true is a report-only denial',
    'CN-CLOSE repeats the connection of a DECISION, with bytes',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    MESSAGES.test(text) ? yes(0.98, 'CANONICAL-PROXY message') : no('no CANONICAL-PROXY message'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const isJson = record.text.startsWith('{');
  if (!isJson && !MESSAGES.test(record.text))
    return /\blevel=\w+ msg=/.test(record.text)
      ? skipped('message that is no decision')
      : failed('not a Smokescreen line');
  const parsed = isJson ? tryJson(record.text) : parseKeyValues(record.text);
  if (!isObject(parsed)) return failed('neither a JSON object nor key=value');
  const message = textOf(parsed['msg']) ?? textOf(parsed['message']) ?? '';
  if (!MESSAGES.test(message)) return skipped('message that is no decision');
  const key = parsed['start_time'] === undefined ? 'time' : 'start_time';
  const stamp = stampOf(parsed[key]);
  if (stamp === undefined) return failed('no start_time');
  return decoded(eventOf(record, parsed, message.endsWith('CLOSE'), { stamp, key }));
}

function eventOf(
  record: RawRecord,
  json: JsonObject,
  closed: boolean,
  { stamp, key }: { stamp: NonNullable<ReturnType<typeof stampOf>>; key: string },
): NetworkEvent {
  const word = (name: string): string => wordOf(json[name]) ?? '';
  const upstream = authorityOf(word('outbound_remote_addr'));
  const requested = authorityOf(word('requested_host'));
  const end = instantOf(json['end_time']) ?? (closed ? instantOf(json['time']) : undefined);
  return networkEvent(record, {
    format: 'smokescreen',
    clock: key,
    time: eventTime(stamp, {
      raw: textOf(json[key]) ?? '',
      basis: key === 'time' ? 'emit' : 'request-start',
      hi: end !== undefined && end > stamp.at ? end : undefined,
      observed: instantOf(json['time']) ?? record.observed,
    }),
    type: 'proxy',
    action: closed && json['allow'] === undefined ? 'allow' : actionOf(json),
    actionRaw: textOf(String(json['allow'] ?? '')),
    src: authorityOf(word('inbound_remote_addr')),
    dst: upstream.ip === undefined ? requested : { ...requested, ip: upstream.ip },
    nat: natOf(authorityOf(word('outbound_local_addr')), {}),
    initiator: 'src',
    transport: 'tcp',
    direction: 'outbound',
    rule: ruleOf(json['decision_reason'], json['role'], json['project']),
    flowId: wordOf(json['id']) ?? wordOf(json['conn_id']),
    http: requested.domain === undefined ? undefined : { host: requested.domain },
    upstream: upstream.ip === undefined ? undefined : upstream,
    // Counted on the outbound connection: what was read there came from the destination.
    bytes: bytesOf(json['bytes_out'], json['bytes_in']),
    severityRaw: wordOf(json['level']),
  });
}

function actionOf(json: JsonObject): Action {
  if (String(json['allow']) === 'false') return 'deny';
  return String(json['enforce_would_deny']) === 'true' ? 'alert' : 'allow';
}
