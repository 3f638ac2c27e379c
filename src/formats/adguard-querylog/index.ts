import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, compact, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parseIp } from '../../core/network/ip.ts';
import { dnsEvent, nameOf } from '../../core/network/network.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { DnsEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { readReply } from './message.ts';

/** AdGuard Home's `filtering.Reason`, which older versions write as a number. */
const REASONS = [
  'NotFilteredNotFound',
  'NotFilteredAllowList',
  'NotFilteredError',
  'FilteredBlackList',
  'FilteredSafeBrowsing',
  'FilteredParental',
  'FilteredInvalid',
  'FilteredSafeSearch',
  'FilteredBlockedService',
  'Rewritten',
  'RewrittenAutoHosts',
  'RewrittenRule',
];

/** Sent on to a search engine's safe address: nothing was refused. */
const SAFE_SEARCH = 'FilteredSafeSearch';

/** `querylog.json` of AdGuard Home: one object a question. */
export const adguardQuerylog: Format = {
  id: 'adguard-querylog',
  title: 'AdGuard Home query log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: '`T`: when the answer was ready, local time with offset, nanoseconds; `Elapsed` before it the question came',
  traps: [
    'written in batches: a server that died lost its last',
    'the client may be anonymised (last octets 0), and has no port',
    'the answer is a DNS message in base64; `OrigAnswer` is what the upstream said before it was filtered',
  ],
  claims: ({ json }: SniffRecord): Sniff =>
    isObject(json) && textOf(json['QH']) !== undefined && textOf(json['T']) !== undefined && 'IP' in json
      ? yes(0.96, 'T, QH and IP of AdGuard Home')
      : no('no T, QH and IP'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not a JSON object');
  const raw = textOf(json['T']) ?? '';
  const stamp = parseIso(raw);
  const name = textOf(json['QH']);
  if (stamp === undefined || name === undefined) return failed('no T or QH');
  if (name === '' || name === '.') return skipped('question for the root');
  const elapsedUs = Math.ceil((numberOf(json['Elapsed']) ?? 0) / 1000);
  const asked = { ...stamp, at: (stamp.at - elapsedUs) as Micros };
  const base = {
    format: 'adguard-querylog',
    clock: 'T',
    name: nameOf(name),
    qtype: textOf(json['QT']),
    client: compact({ ip: parseIp(textOf(json['IP']) ?? '') }),
    transport: transportOf(textOf(json['CP']) ?? ''),
    upstream: textOf(json['Upstream']) || undefined,
  };
  const ruling = rulingOf(json);
  const question = dnsEvent(record, {
    ...base,
    op: 'query',
    time: eventTime(asked, { raw, basis: 'event', hi: stamp.at, observed: record.observed }),
    ...ruling,
  });
  const reply = readReply(textOf(json['Answer']) ?? '');
  if (reply === undefined) return decoded(question);
  // What a filter puts in the place of an answer is nobody's address.
  const answers = ruling.action === 'deny' || reply.answers.length === 0 ? undefined : reply.answers;
  const time = eventTime(stamp, { raw, basis: 'event', observed: record.observed });
  return decoded(question, dnsEvent(record, { ...base, op: 'answer', time, answers, rcode: reply.rcode }));
}

/** Empty for plain DNS, which may be over UDP or TCP. */
function transportOf(protocol: string): string | undefined {
  if (protocol === 'doh' || protocol === 'dot') return 'tcp';
  return protocol === 'doq' || protocol === 'dnscrypt' ? 'udp' : undefined;
}

function rulingOf(json: JsonObject): Pick<DnsEvent, 'action' | 'rule'> {
  const code = numberOf(at(json, 'Result', 'Reason'));
  const reason = (code === undefined ? textOf(at(json, 'Result', 'Reason')) : REASONS[code]) ?? '';
  if (at(json, 'Result', 'IsFiltered') !== true || reason === SAFE_SEARCH) return {};
  const first = arrayOf(at(json, 'Result', 'Rules')).find(isObject);
  const rule =
    textOf(first?.['Text']) ?? textOf(at(json, 'Result', 'Rule')) ?? textOf(at(json, 'Result', 'ServiceName'));
  return { action: 'deny', rule: { id: reason || 'Filtered', ...(rule ? { name: rule } : {}) } };
}
