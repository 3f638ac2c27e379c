import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { parseIp, parsePort } from '../../core/ip.ts';
import { compact } from '../../core/json.ts';
import { queryEvent } from '../../core/query-log.ts';
import { parseSyslog } from '../../core/syslog.ts';
import { eventTime, parseDayMonth, timeFromObserved } from '../../core/time.ts';
import type { NetworkEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

const CLIENT = /(?:^|\s)client (?:@0x[0-9a-f]+ )?([0-9a-fA-F.:]+)#(\d+)(?: \(([^)\s]*)\))?: (?:view \S+: )?(.*)$/;
const QUERY = /^(?:query: |query \(cache\) )?'?(\S+?)'?(?:\/([A-Z0-9]+)\/IN|\s+IN\s+([A-Z0-9]+))(?:\s|$)(.*)$/;
const TRANSFER = /(?:^|\s)transfer of '([^']+)' from ([0-9a-fA-F.:]+)#(\d+)/;
const OWN_TIME = /^(\d{1,2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}) /;

/** BIND 9 query, security and transfer log lines, with or without a time. */
export const bind: Format = {
  id: 'bind',
  title: 'BIND 9 named log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'own `dd-Mmm-yyyy hh:mm:ss.mmm` or a syslog header, local time; lines may carry none',
  traps: ['no answers in query lines', '`+T` in the flags means TCP', 'denied queries say so in words'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (CLIENT.test(text)) return yes(0.88, 'client address#port of BIND');
  return TRANSFER.test(text) ? yes(0.88, 'zone transfer of BIND') : no('no client address#port');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const time = timeOf(record, context);
  const client = CLIENT.exec(record.text);
  if (client === null) return transfer(record, time);
  const [, ip = '', port, shown, rest = ''] = client;
  const question = QUERY.exec(rest);
  const name = shown !== undefined && shown !== '' ? shown : question?.[1];
  if (name === undefined || name === '') return skipped('BIND client line without a name');
  const tail = question?.[4] ?? '';
  const event = queryEvent(record, {
    format: 'bind',
    clock: 'time',
    time,
    name,
    ip,
    port,
    qtype: question?.[2] ?? question?.[3],
    transport: /^[+-]\w*T/.test(tail) ? 'tcp' : undefined,
    rcode: /->\s*([A-Z]+)/.exec(rest)?.[1],
    op: /^answer:/.test(rest) ? 'answer' : 'query',
  });
  if (event === undefined) return failed('the client is no address');
  return decoded(/\bdenied\b/.test(rest) ? { ...event, action: 'deny' } : event);
}

function transfer(record: RawRecord, time: EventTime): Decoded {
  const match = TRANSFER.exec(record.text);
  if (match === null)
    return /\bnamed\[|\b(?:zone|managed-keys|all zones loaded|resolver|lame|error|general):? /.test(record.text)
      ? skipped('BIND message that is no query')
      : failed('not a BIND line');
  const [, , ip = '', port] = match;
  const event: NetworkEvent = compact({
    kind: 'network' as const,
    format: 'bind',
    clock: 'time',
    time,
    ref: record.ref,
    host: record.host,
    type: 'flow' as const,
    action: 'unknown' as const,
    src: compact({ ip: parseIp(ip), port: parsePort(port) }),
    dst: {},
  });
  return decoded(event);
}

function timeOf(record: RawRecord, context: DecodeContext): EventTime {
  const own = OWN_TIME.exec(record.text)?.[1];
  const stamp = own === undefined ? undefined : parseDayMonth(own, context.zoneOffsetMin);
  if (stamp !== undefined) return eventTime(stamp, { raw: own ?? '', basis: 'event', observed: record.observed });
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  if (header?.stamp === undefined) return timeFromObserved(record.observed);
  return eventTime(header.stamp, { raw: header.rawTime, basis: 'event', observed: record.observed });
}
