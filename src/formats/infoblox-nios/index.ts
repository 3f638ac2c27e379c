import { decoded, failed, foreign, no, yes } from '../../core/decoded.ts';
import { compact } from '../../core/json/json.ts';
import { networkEvent } from '../../core/network/device.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import { dnsEvent, nameOf } from '../../core/network/network.ts';
import { namedClient, namedTime } from '../../core/products/named.ts';
import type { DnsEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Query and response in one line: `client a#p: UDP: query: n IN A response: NOERROR +A n 60 IN A 192.0.2.1; ..`. */
const RESPONSE =
  /\bclient (?:@0x\S+ )?(?<c>[0-9a-fA-F.:]+)#(?<p>\d+)(?: \([^)]*\))?:? (?<t>UDP|TCP):(?: view:? \S+)? query: (?<n>\S+) IN (?<q>\S+)(?: response: (?<r>[A-Z]+)(?: (?<rest>.*))?)?/;
const RESOLVING = /resolving '(?<n>[^'/]+)\/\w+\/IN': (?<d>[0-9a-fA-F.:]+)#(?<dp>\d+)/;
const DHCP = /\bDHCP(?:REQUEST|ACK|OFFER|DISCOVER|RELEASE|DECLINE|NAK|INFORM|EXPIRE)\b/;
const REQUEST = /\bDHCPREQUEST for (?<l>\d+(?:\.\d+){3})/;
const MARK =
  /client (?:@0x\S+ )?\S+#\d+:? (?:UDP|TCP): (?:view:? \S+ )?query: |\b(?:FORMERR|SERVFAIL|REFUSED|NXDOMAIN|lame server) resolving '[^']+\/IN': |\bDHCPREQUEST\b/;

/** Infoblox NIOS: named's messages, its own line of query and response, and those of its DHCP server. */
export const infobloxNios: Format = {
  id: 'infoblox-nios',
  title: 'Infoblox NIOS DNS and DHCP',
  roles: ['dns', 'violation', 'flow'],
  framing: 'auto',
  status: 'real',
  clock: 'syslog header, or the server’s own time',
  traps: ['the response section follows the query in one line', 'plain queries are BIND’s and read as such'],
  claims,
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function claims({ text }: SniffRecord): Sniff {
  if (MARK.test(text)) return yes(0.9, 'query and response or DHCP message of Infoblox');
  return namedClient(text) === undefined
    ? no('not an Infoblox line')
    : yes(0.1, 'line of named, which is its DNS server');
}

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const { text } = record;
  const base = { format: 'infoblox-nios', ...namedTime(record, context) };
  const response = RESPONSE.exec(text)?.groups;
  if (response !== undefined) return decoded(dnsEvent(record, { ...base, ...responseParts(response) }));
  const parts = namedClient(text)?.parts;
  if (parts !== undefined) return decoded(dnsEvent(record, { ...base, ...parts }));
  // Its DHCP server is ISC's: who holds an address since when is for `dhcpd-syslog` to tell.
  if (DHCP.test(text) && !REQUEST.test(text)) return foreign();
  const { d, dp, n, l } = RESOLVING.exec(text)?.groups ?? REQUEST.exec(text)?.groups ?? {};
  if (d === undefined && l === undefined) return failed('neither a query nor a request for an address');
  return decoded(
    networkEvent('infoblox-nios', record, {
      ...base,
      ...(d === undefined ? {} : { type: 'dns' as const }),
      srcIp: l,
      dstIp: d,
      dstPort: dp,
      query: n,
    }),
  );
}

type Groups = Readonly<Record<string, string | undefined>>;

/** Addresses stand behind their type, each record ends in `;`. */
function responseParts(groups: Groups): Pick<DnsEvent, 'op' | 'name'> & Partial<DnsEvent> {
  const answers = [...(groups['rest'] ?? '').matchAll(/ IN (?:A|AAAA) ([0-9a-fA-F.:]+)/g)].flatMap(
    (match) => parseIp(match[1] ?? '') ?? [],
  );
  return compact({
    op: groups['r'] === undefined ? ('query' as const) : ('answer' as const),
    name: nameOf(groups['n'] ?? ''),
    qtype: groups['q'],
    client: compact({ ip: parseIp(groups['c'] ?? ''), port: parsePort(groups['p']) }),
    rcode: groups['r'],
    answers: answers.length === 0 ? undefined : answers,
    transport: groups['t']?.toLowerCase(),
  }) as Pick<DnsEvent, 'op' | 'name'>;
}
