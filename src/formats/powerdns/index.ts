import { decoded, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { headerOf, timeOr } from '../../core/network/device.ts';
import { parseIp, splitHostPort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf } from '../../core/network/network.ts';
import { parseEpoch } from '../../core/time/time.ts';
import type { DnsEvent, Endpoint } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Recursor: thread, task and how many run, question, client; an answer repeats the task. */
const ASKED = /(?:^|\s)(\d+) \[(\d+)\/\d+\] (TCP )?question for '([^|']+)\|([A-Z0-9]+)' from (\S+)/;
const ANSWERED =
  /(?:^|\s)(\d+) \[(\d+)\/\d+\] answer to (TCP )?question '([^|']+)\|([A-Z0-9]+)': (\d+) answers.*?(?:, rcode=(\d+))?$/;
/** Authoritative server with `log-dns-queries`; behind the sender may stand the network that it asks for (`<-192.0.2.0/24`). */
const WANTED = /(?:^|\s)Remote ([\da-fA-F.:]+)\S* wants '([^|']+)\|([A-Z0-9]+)', do = [01], bufsize = \d+/;
/** Recursor 4.9 and later: `msg="Question" .. qname=".." qtype=".." remote=".."`. */
const STRUCTURED = /\bmsg="Question"/;
const PROGRAM = /\bpdns(?:_recursor|_server|-recursor)?(?:\[\d+\])?: /;

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

/** PowerDNS Recursor (`quiet=no`) and Authoritative Server (`log-dns-queries`). */
export const powerdns: Format = {
  id: 'powerdns',
  title: 'PowerDNS query log',
  roles: ['dns'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header, one second; structured lines have `ts`, epoch with milliseconds',
  traps: [
    'an answer from the packet cache names no question: only who asked',
    'no line says which addresses were answered',
    'a client behind dnsdist has the address of dnsdist, its own only as `ecs`, often shortened',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (partsOf(text) !== undefined) return yes(0.96, 'question of PowerDNS');
  return PROGRAM.test(text) ? yes(0.6, 'message of PowerDNS') : no('no question of PowerDNS');
}

type Parts = Pick<DnsEvent, 'op' | 'name'> & Partial<DnsEvent>;

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const parts = partsOf(record.text);
  if (parts === undefined) {
    if (/ question answered from packet cache /.test(record.text))
      return skipped('cached answer, which names no question');
    const isOwn = PROGRAM.test(record.text) || /\bsubsystem="/.test(record.text);
    return isOwn ? skipped('message that is no query') : foreign();
  }
  const header = headerOf(record, context);
  const own = /\bts="(\d{9,10}\.\d{1,9})"/.exec(record.text)?.[1];
  const stamp = own === undefined ? header.stamp : parseEpoch(own);
  const time = timeOr(record, stamp, own ?? header.rawTime, 'event');
  const clock = own === undefined ? 'header' : 'ts';
  return decoded(dnsEvent(record, { format: 'powerdns', clock, time, host: header.host ?? record.host, ...parts }));
}

function partsOf(text: string): Parts | undefined {
  const asked = ASKED.exec(text);
  if (asked !== null) {
    const [, thread, task, tcp, name = '', qtype = '', from = ''] = asked;
    const serial = `${thread}/${task}`;
    return compact({ ...question(name, qtype), client: clientOf(from), serial, transport: transportOf(tcp) }) as Parts;
  }
  const answered = ANSWERED.exec(text);
  if (answered !== null) {
    const [, thread, task, tcp, name = '', qtype = '', , code] = answered;
    const rcode = code === undefined ? undefined : (RCODES[Number(code)] ?? code);
    const serial = `${thread}/${task}`;
    return compact({ ...question(name, qtype), op: 'answer', rcode, serial, transport: transportOf(tcp) }) as Parts;
  }
  const wanted = WANTED.exec(text);
  if (wanted !== null) {
    const [, remote = '', name = '', qtype = ''] = wanted;
    return { ...question(name, qtype), client: clientOf(remote) };
  }
  return STRUCTURED.test(text) ? structured(text) : undefined;
}

function structured(text: string): Parts | undefined {
  const value = (key: string): string | undefined => new RegExp(`\\b${key}="([^"]*)"`).exec(text)?.[1];
  const name = value('qname');
  if (name === undefined) return undefined;
  const tcp = value('proto') === 'tcp' ? 'TCP' : undefined;
  const client = clientOf(value('remote') ?? '');
  return compact({ ...question(name, value('qtype') ?? ''), client, transport: transportOf(tcp) }) as Parts;
}

const question = (name: string, qtype: string): Parts =>
  compact({ op: 'query' as const, name: nameOf(name), qtype: qtype || undefined }) as Parts;

const transportOf = (tcp: string | undefined): string => (tcp === undefined ? 'udp' : 'tcp');

function clientOf(text: string): Endpoint {
  const { host, port } = splitHostPort(text);
  return compact({ ip: parseIp(host), port });
}
