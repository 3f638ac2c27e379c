import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { queryEvent } from '../../core/query-log.ts';
import { parseSyslog } from '../../core/syslog.ts';
import { eventTime, parseEpoch, timeFromObserved } from '../../core/time.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

const BODY =
  /(?:^|\s)(?:unbound\[[\da-f:]+\]:? )?\[[\da-f]+:[\da-f]+\] (query|reply|info): (?:validation failure )?([0-9a-fA-F.:]+) (\S+) ([A-Z0-9]+) (?:IN|CH|HS)(?: ([A-Z]+))?/;
const EPOCH = /^\[(\d{10})\]/;

/** Unbound `log-queries` and `log-replies`. */
export const unbound: Format = {
  id: 'unbound',
  title: 'Unbound query and reply log',
  roles: ['dns', 'violation'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header or `[epoch]`; seconds',
  traps: ['the client’s port is not written', 'replies repeat the question'],
  claims: ({ text }: SniffRecord): Sniff => {
    if (BODY.test(text)) return yes(0.95, '[pid:thread] query|reply|info of Unbound');
    return /\bunbound\[/.test(text) ? yes(0.9, 'unbound tag') : no('no Unbound question');
  },
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = BODY.exec(record.text);
  if (match === null)
    return /\bunbound\b/.test(record.text)
      ? skipped('Unbound message that is no query')
      : failed('not an Unbound line');
  const [, kind, ip = '', name = '', qtype, rcode] = match;
  const header = parseSyslog(record.text, context.reference, context.zoneOffsetMin);
  const event = queryEvent(record, {
    format: 'unbound',
    clock: 'time',
    time: timeOf(record, header),
    name,
    ip,
    qtype,
    rcode,
    host: header?.host,
    op: kind === 'reply' ? 'answer' : 'query',
  });
  return event === undefined ? failed('the client is no address') : decoded(event);
}

function timeOf(record: RawRecord, header: ReturnType<typeof parseSyslog>): EventTime {
  const epoch = EPOCH.exec(record.text)?.[1];
  const stamp = epoch === undefined ? header?.stamp : parseEpoch(epoch);
  return stamp === undefined
    ? timeFromObserved(record.observed)
    : eventTime(stamp, { raw: epoch ?? header?.rawTime ?? '', basis: 'event', observed: record.observed });
}
