import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { parseSyslog } from '../../core/lines/syslog.ts';
import { parseIp, splitHostPort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf, timeOf } from '../../core/network/network.ts';
import { eventTime } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { EventTime } from '../../model/time.ts';

/**
 * `{remote}:{port} - {>id} "{type} {class} {name} {proto} {size} {>do} {>bufsize}" {rcode} {>rflags} {rsize} {duration}`, a name of 255
 * bytes at most, each in up to four signs. Without bounds millions of zero bytes overflow the stack on which V8 notes where to go back to.
 */
const QUERY =
  /(?:^|\s)(\S{1,80}:\d{1,5}) - (\d+) "(\S{1,32}) (\S{1,32}) (\S{1,1100}) (udp|tcp|https|tls|grpc|quic) \d+ (?:true|false) \d+" (\S{1,32}) \S{1,64} \d+ (\d+(?:\.\d+)?)(s|ms|µs|us)/;
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))\s/;
const OWN = /^(?:\S{1,64} )?\[(?:INFO|WARNING|ERROR|DEBUG|FATAL)\] /;
const UNIT_US = wordTable<number>({ s: 1_000_000, ms: 1000, us: 1, µs: 1 });

/** CoreDNS `log` plugin, common and combined format. */
export const coredns: Format = {
  id: 'coredns',
  title: 'CoreDNS query log',
  roles: ['dns'],
  framing: 'auto',
  status: 'real',
  clock: 'no time of its own (old versions excepted): the container log’s, at the answer; start = stamp - duration',
  traps: [
    'search domains turn one lookup into several names',
    'the client is the pod, unless a node-local cache asks for it',
    'answers are not logged',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    QUERY.test(text)
      ? yes(0.97, 'client - id "TYPE CLASS name. proto ..." RCODE of the log plugin')
      : /^\[(?:INFO|WARNING|ERROR)\] plugin\//.test(text)
        ? yes(0.9, 'message of a CoreDNS plugin')
        : no('not a CoreDNS line'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const match = QUERY.exec(record.text);
  if (match === null)
    return OWN.test(record.text) || /^CoreDNS-|^linux\/|^\.:\d+$/.test(record.text)
      ? skipped('message that is no query')
      : failed('not a CoreDNS line');
  const [, remote = '', , qtype, , name = '', proto = '', rcode, length = '0', unit = 's'] = match;
  const { host, port } = splitHostPort(remote);
  const durationUs = Number(length) * (UNIT_US[unit] ?? 0);
  return decoded(
    dnsEvent(record, {
      format: 'coredns',
      clock: 'written',
      time: writtenAt(record, context, Math.ceil(durationUs)),
      op: 'query',
      name: nameOf(name),
      qtype,
      client: compact({ ip: parseIp(host), port }),
      rcode,
      transport: proto === 'udp' || proto === 'tcp' ? proto : proto === 'quic' ? 'udp' : 'tcp',
    }),
  );
}

/** Its own stamp, else what carried the line: a container's log, or a syslog header. */
function writtenAt(record: RawRecord, context: DecodeContext, beforeUs: number): EventTime {
  const own = STAMP.exec(record.text)?.[1];
  const header = own === undefined ? parseSyslog(record.text, context.reference, context.zoneOffsetMin) : undefined;
  if (header?.stamp === undefined) return timeOf(own, record, { basis: 'completion', beforeUs });
  const before = beforeUs + header.stamp.stepUs;
  return eventTime(header.stamp, {
    raw: header.rawTime,
    basis: 'completion',
    beforeUs: before,
    observed: record.observed,
  });
}
