import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { timeOr } from '../../core/network/device.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf } from '../../core/network/network.ts';
import { parseIso } from '../../core/time/time.ts';
import type { DnsEvent, Endpoint } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

const START = /^type: MESSAGE\s*$/m;
const TYPE = /^ {2}type: ([A-Z]+)_(QUERY|RESPONSE)\s*$/m;
const MEMBER = /^(?: {2})?([a-z_]+): (?:!!timestamp )?"?([^"\n]*)"?$/gm;
/** BIND lists the records of a section, golang-dnstap prints them as `dig` does, the question behind a semicolon. */
const QUESTION = /QUESTION[ _]SECTION:\n\s*(?:- '|;)(\S{1,1024})\s+[A-Z]+\s+([A-Z0-9]+)/;
const ANSWERS = /ANSWER[ _]SECTION:\n(.*?)(?:\n\s*\n|\n[^\n]*SECTION|$)/s;
const ADDRESS = /^\s*(?:- ')?\S+\s+\d+\s+IN\s+(?:A|AAAA)\s+([0-9a-fA-F.:]+)'?\s*$/gm;

/** dnstap as YAML: `dnstap-read -y` of BIND (`print_yaml`), `dnstap -y` of golang-dnstap (`YamlFormat.go`). */
export const dnstapYaml: Format = {
  id: 'dnstap-yaml',
  title: 'dnstap as YAML (dnstap-read -y, dnstap -y)',
  roles: ['dns'],
  framing: { startsRecord: /^type: [A-Z]+\s*$/ },
  status: 'documented',
  clock: '`response_time`, else `query_time`: UTC; BIND: milliseconds, golang-dnstap: nanoseconds without a zone',
  traps: [
    'a resolver’s own questions (RESOLVER, FORWARDER, STUB) name no client',
    'an answer tells both times: the question is as old as `query_time`',
  ],
  claims: ({ text }: SniffRecord): Sniff =>
    START.test(text) && TYPE.test(text) ? yes(0.97, 'message of a dnstap file in YAML') : no('no dnstap message'),
  open: () => ({ decode }),
};

function decode(record: RawRecord): Decoded {
  const { text } = record;
  const [, asker = '', way] = TYPE.exec(text) ?? [];
  if (way === undefined)
    return /^type: [A-Z]+\s*$/m.test(text) ? skipped('no DNS message') : failed('no dnstap message');
  const [, name, qtype] = QUESTION.exec(text) ?? [];
  if (name === undefined || asker === 'UPDATE') return skipped('message without a question');
  const members = Object.fromEntries(Array.from(text.matchAll(MEMBER), ([, key = '', value = '']) => [key, value]));
  const own = /^(?:RESOLVER|FORWARDER|STUB)$/.test(asker);
  const answers = answersIn(text);
  const raw = members['response_time'] ?? members['query_time'] ?? '';
  const asked = instantOf(members['query_time']);
  const stamp = parseIso(zoned(raw));
  const beforeUs = stamp === undefined || asked === undefined ? 0 : Math.max(0, stamp.at - asked);
  return decoded(
    dnsEvent(record, {
      format: 'dnstap-yaml',
      clock: 'dnstap',
      time: timeOr(record, stamp, raw, 'event', beforeUs),
      op: way === 'RESPONSE' ? 'answer' : own ? 'forward' : 'query',
      name: nameOf(name),
      qtype,
      client: own ? undefined : endOf(members['query_address'], members['query_port']),
      upstream: own ? parseIp(members['response_address'] ?? '') : undefined,
      answers: answers.length === 0 ? undefined : answers,
      rcode: way === 'RESPONSE' ? /\bstatus: ([A-Z0-9]+)/.exec(text)?.[1] : undefined,
      transport: transportOf(members['socket_protocol']),
      host: record.host ?? members['identity'],
    }),
  );
}

/** Both writers mean UTC; one leaves its sign out. */
const zoned = (raw: string): string => (raw === '' || raw.endsWith('Z') ? raw : `${raw}Z`);

const instantOf = (raw: string | undefined): Micros | undefined => parseIso(zoned(raw ?? ''))?.at;

const transportOf = (protocol: string | undefined): DnsEvent['transport'] =>
  protocol === undefined ? undefined : /^(?:UDP|DOQ)$/.test(protocol) ? 'udp' : 'tcp';

function answersIn(text: string): readonly string[] {
  const section = ANSWERS.exec(text)?.[1] ?? '';
  return Array.from(section.matchAll(ADDRESS), ([, ip = '']) => parseIp(ip)).filter((ip) => ip !== undefined);
}

function endOf(address: string | undefined, port: string | undefined): Endpoint | undefined {
  const ip = parseIp(address ?? '');
  return ip === undefined ? undefined : compact({ ip, port: parsePort(port) });
}
