import { decoded, failed, foreign, no, skipped, yes } from '../../core/decoded.ts';
import { missing } from '../../core/findings/coverage.ts';
import type { SyslogHeader } from '../../core/lines/syslog.ts';
import { networkEvent, timeOr } from '../../core/network/device.ts';
import { ciscoHeader, ciscoHost } from '../../core/products/cisco-line.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type AclFacts, flowInterval, isAclMessage, packetLine } from './messages.ts';

/** `%FACILITY-[SUBFACILITY-]level-MNEMONIC`; IOS XR and some collectors leave a blank before the colon. */
const TAG = /%([A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*)-([0-7])-([A-Z0-9_]+) ?: ?/;
/** What may stand before the stamp: a sequence number, and a mark for a clock that was never set or lost its server. */
const SEQUENCE = /(^|[>\s])\d{1,10}: (?=[*.]?(?:[A-Z][a-z]{2} |\d{4} ))/g;
const UNSURE_CLOCK = /(^|[>: ])[*.](?=[A-Z][a-z]{2} )/g;
/** IOS XR names its node before the stamp and its process behind. */
const NODE = /^(.*?)(?:[A-Z0-9]+\/)+CPU\d+:/;
const PROCESS = /\s[\w.-]+\[\d+\]\s*:?\s*$/;
/** NX-OS begins with the year, also behind `<PRI>: `. */
const YEAR_FIRST = /(^|[>\s])(\d{4}) ([A-Z][a-z]{2} [ \d]?\d) (?=\d\d:)/;
/** The first packet of a flow is logged at once, the others together after five minutes. */
const INTERVAL_US = 300_000_000;

/**
 * Access-list log messages of Cisco routers and switches. Cisco IOS System Message Guide (SEC, IPV6_ACL, FMANFP), "ACL Logging" of
 * IOS XR, Nexus 7000 "Configure ACL logging".
 */
export const ciscoIos: Format = {
  id: 'cisco-ios',
  title: 'Cisco IOS, IOS XE, IOS XR and NX-OS access lists',
  roles: ['violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'device stamp, local time, often without year or zone; a stamp of the uptime is none',
  traps: [
    'after its first packet a flow is logged once in five minutes, with the number of packets',
    'port 0 stands where the list looks at no ports',
    'rate limits drop messages (IPACCESSLOGRL says how many)',
    'a permitted flow is logged like a denied one',
  ],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  const tag = text.includes('%') ? TAG.exec(text) : null;
  if (tag === null) return no('no %FACILITY-level-MNEMONIC');
  if (isAclMessage(tag[3] ?? '')) return yes(0.97, 'access-list message of Cisco');
  return /^(?:ASA|PIX|FTD|NGIPS)\b/.test(tag[1] ?? '')
    ? no('a firewall of Cisco')
    : yes(0.6, '%FACILITY-level-MNEMONIC');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const tag = record.text.includes('%') ? TAG.exec(record.text) : null;
  if (tag === null) return foreign();
  const mnemonic = tag[3] ?? '';
  if (!isAclMessage(mnemonic)) return skipped('message that is no access list’s');
  const header = headerOf(record.text.slice(0, tag.index), context);
  const body = record.text.slice(tag.index + tag[0].length);
  if (mnemonic.endsWith('IPACCESSLOGRL')) return rateLimited(record, header, body);
  const facts = mnemonic.startsWith('ACLLOG') ? flowInterval(body) : packetLine(body);
  return facts === undefined
    ? failed('access-list message without addresses')
    : aclEvent(record, header, facts, tag[2]);
}

function aclEvent(
  record: RawRecord,
  header: SyslogHeader | undefined,
  { isSummary, ...facts }: AclFacts,
  level: string | undefined,
): Decoded {
  const beforeUs = (isSummary ? INTERVAL_US : 0) + 1_000_000;
  return decoded(
    networkEvent('cisco-ios', record, {
      ...facts,
      time: timeOr(record, header?.stamp, header?.rawTime ?? '', 'event', beforeUs),
      clock: 'syslog',
      type: 'packet',
      host: ciscoHost(header),
      severityRaw: level,
    }),
  );
}

function headerOf(text: string, context: DecodeContext): SyslogHeader | undefined {
  const plain = text
    .replace(NODE, '$1')
    .replace(PROCESS, '')
    .replace(SEQUENCE, '$1')
    .replace(UNSURE_CLOCK, '$1')
    .replace(YEAR_FIRST, '$1$3 $2 ');
  return ciscoHeader(plain, context);
}

function rateLimited(record: RawRecord, header: SyslogHeader | undefined, body: string): Decoded {
  const count = /missed (\d+) packet/.exec(body)?.[1];
  return missing(record, {
    format: 'cisco-ios',
    clock: 'syslog',
    time: timeOr(record, header?.stamp, header?.rawTime ?? '', 'event', INTERVAL_US),
    reason: 'throttled',
    count: count === undefined ? undefined : Number(count),
    host: ciscoHost(header),
  });
}
