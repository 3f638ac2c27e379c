import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { at, compact, isObject, textOf, tryJson } from '../../core/json/json.ts';
import { domainName, parseIp } from '../../core/network/ip.ts';
import { firstSlsRow, isSlsHeader, openSls, type SlsReader } from '../../core/products/sls.ts';
import { eventTime, parseIso } from '../../core/time/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';

const HEADER = ['__topic__', 'event'] as const;

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
  sniff,
  open: () => openSls(HEADER, decode),
};

/** Rows of a CSV bear no name of their own: their header is asked. */
function sniff(sample: Sample): Sniff {
  const [first] = sample.records;
  if (first === undefined || first.json !== undefined) return sniffMean(sample, claims);
  const rows = sample.records.slice(1, 3);
  return isSlsHeader(first.text, HEADER) && rows.some(({ text }) => text.includes('acsRegion'))
    ? yes(0.96, 'CSV header with an event, and regions below it')
    : no('no header of ActionTrail');
}

function claims({ json: document }: SniffRecord): Sniff {
  const [json] = recordsOf(document);
  const topic = textOf(at(json, '__topic__')) ?? '';
  if (/^actiontrail_(?:audit_)?event$/.test(topic)) return yes(0.98, 'topic of ActionTrail');
  const event = eventOf(json);
  return textOf(at(event, 'acsRegion')) !== undefined && textOf(at(event, 'eventName')) !== undefined
    ? yes(0.96, 'eventName and acsRegion')
    : no('no ActionTrail event');
}

/** Events of an answer of the API, or the document itself. */
function recordsOf(json: unknown): readonly unknown[] {
  const events = at(json, 'Events');
  return Array.isArray(events) ? events : [firstSlsRow(json)];
}

function eventOf(json: unknown): unknown {
  const event = at(json, 'event');
  if (typeof event === 'string') return tryJson(event);
  return isObject(event) ? event : json;
}

function decode(record: RawRecord, reader: SlsReader): Decoded {
  const document = record.text.trimStart().startsWith('{') ? tryJson(record.text) : undefined;
  const row = document === undefined ? reader.read(record) : undefined;
  if (row === 'header') return skipped('header');
  const calls = recordsOf(document ?? row).map((json) => callOf(eventOf(json), record.ref));
  const read = calls.filter((call) => call !== undefined);
  return read.length > 0 ? decoded(...read) : failed('needs eventTime and eventName');
}

function callOf(event: unknown, ref: SourceRef): NetworkEvent | undefined {
  const raw = textOf(at(event, 'eventTime')) ?? '';
  const stamp = parseIso(raw);
  const name = textOf(at(event, 'eventName'));
  if (stamp === undefined || name === undefined) return undefined;
  const caller = textOf(at(event, 'sourceIpAddress')) ?? '';
  const error = textOf(at(event, 'errorCode'));
  const service = domainName(textOf(at(event, 'eventSource')));
  return compact({
    kind: 'network' as const,
    format: 'actiontrail',
    clock: 'eventTime',
    time: eventTime(stamp, { raw, basis: 'request-start' }),
    ref,
    type: 'http' as const,
    action: error === undefined ? ('allow' as const) : ('unknown' as const),
    actionRaw: error,
    src: compact({ ip: parseIp(caller), domain: domainName(caller) }),
    dst: compact({ domain: service }),
    http: compact({ method: name, host: service, userAgent: textOf(at(event, 'userAgent')) }),
    flowId: textOf(at(event, 'requestId')) ?? textOf(at(event, 'eventId')),
  });
}
