import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { timeOr } from '../../core/network/device.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf } from '../../core/network/network.ts';
import { parseDayMonth } from '../../core/time/time.ts';
import type { DnsEvent, Endpoint } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Who spoke: authoritative server, client, forwarder, resolver, stub, tool, update; then query or response. */
const TYPE = '[ACFRSTU][QR]';
/**
 * BIND: time, type, `asking -> answering` or `<-`, protocol, octets, `name/class/type`. A name has 255 bytes, of which each may be
 * written as four.
 */
const BIND = new RegExp(
  String.raw`^(\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{3}|\?\?\?\?-\?\?-\?\? \?\?:\?\?:\?\?\.\?\?\?) (${TYPE}) (\S{1,64}) (?:->|<-) (\S{1,64}) (TCP|UDP|DOT|DOH) \d+b (\S{1,1024})\/(?:[A-Z]+|\?)\/([A-Z0-9]+|\?)\s*$`,
);
/** The command `dnstap`: a time of day, type, one address, protocol, octets, name, class, type. */
const DNSTAP = new RegExp(
  String.raw`^\d\d:\d\d:\d\d\.\d{6} (${TYPE}) (\S{1,64}) (TCP|UDP|DOT|DOH) \d+b "([^"]{1,1024})" [A-Z]+ ([A-Z0-9]+)\s*$`,
);

/** What `dnstap-read` of BIND and `dnstap -q` print of a dnstap file. Layout: `dns_dt_datatotext` of BIND, TextFormat of golang-dnstap. */
export const dnstapRead: Format = {
  id: 'dnstap-read',
  title: 'dnstap as text (dnstap-read, dnstap)',
  roles: ['dns'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`dnstap-read`: local time of the reader, milliseconds; a time of day (`dnstap -q`) names no day and is not used',
  traps: [
    'what was answered is not printed: only that an answer went out',
    'the time is in the zone of the host that printed it',
    'a resolver’s own questions (RQ, FQ) name no client',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  return BIND.test(text) || DNSTAP.test(text) ? yes(0.97, 'line of a printed dnstap file') : no('no dnstap line');
}

interface Line {
  readonly raw: string;
  readonly type: string;
  readonly asking: string;
  readonly answering: string;
  readonly transport: string;
  readonly name: string;
  readonly qtype: string;
}

function lineOf(text: string): Line | undefined {
  const bind = BIND.exec(text);
  if (bind !== null) {
    const [, raw = '', type = '', asking = '', answering = '', transport = '', name = '', qtype = ''] = bind;
    return { raw, type, asking, answering, transport, name, qtype };
  }
  const [, type, address = '', transport = '', name = '', qtype = ''] = DNSTAP.exec(text) ?? [];
  if (type === undefined) return undefined;
  // Of a resolver's own questions the address is that of whom it asks.
  const own = /^[FRS]/.test(type);
  return { raw: '', type, asking: own ? '' : address, answering: own ? address : '', transport, name, qtype };
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const line = lineOf(record.text);
  if (line === undefined) return failed('no dnstap line');
  const { raw, type, name, qtype } = line;
  if (name === '?' || type.startsWith('U')) return skipped('message without a question');
  const own = /^[FRS]/.test(type);
  return decoded(
    dnsEvent(record, {
      format: 'dnstap-read',
      clock: raw === '' ? 'none' : 'dnstap',
      time: timeOr(record, parseDayMonth(raw, context.zoneOffsetMin), raw, 'event', 1000),
      op: opOf(type),
      name: nameOf(name),
      qtype: qtype === '?' ? undefined : qtype,
      client: own || line.asking === '' ? undefined : endOf(line.asking),
      upstream: own ? endOf(line.answering).ip : undefined,
      transport: line.transport === 'UDP' ? 'udp' : 'tcp',
    }),
  );
}

const opOf = (type: string): DnsEvent['op'] =>
  type.endsWith('R') ? 'answer' : /^[FRS]/.test(type) ? 'forward' : 'query';

/** `address:port`, of both families without brackets; the command `dnstap` prints the address alone. */
function endOf(text: string): Endpoint {
  const [, host, port] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  const whole = parseIp(text);
  return whole !== undefined && !text.includes('.') && parseIp(host ?? '') === undefined
    ? { ip: whole }
    : compact({ ip: parseIp(host ?? '') ?? whole, port: parsePort(port) });
}
