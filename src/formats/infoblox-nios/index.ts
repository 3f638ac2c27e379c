import { mappedFormat } from '../../core/mapping.ts';

const QUERY =
  /client (?:@0x\S+ )?(?<c>[0-9a-fA-F.:]+)#(?<p>\d+)(?: \([^)]*\))?:(?: (?<t>UDP|TCP):)?(?: view \S+:)? query: (?<n>\S+) IN (?:\S+ (?<f>[+-]\S*))?/;
const RESOLVING = /resolving '(?<n>[^'/]+)\/\w+\/IN': (?<d>[0-9a-fA-F.:]+)#(?<dp>\d+)/;
const LEASE = /\bDHCP[A-Z]+ (?:for|on|of|from)? ?(?<l>\d+(?:\.\d+){3})/;

function read(text: string): Record<string, string> | undefined {
  return QUERY.exec(text)?.groups ?? RESOLVING.exec(text)?.groups ?? LEASE.exec(text)?.groups;
}

export const infobloxNios = mappedFormat({
  format: {
    id: 'infoblox-nios',
    title: 'Infoblox NIOS DNS and DHCP',
    roles: ['violation', 'flow'],
    status: 'real',
    clock: 'syslog header',
    traps: ['the response section follows the query in one line'],
  },
  mark: /client (?:@0x\S+ )?\S+#\d+: (?:UDP|TCP): query: |\b(?:FORMERR|SERVFAIL|REFUSED|NXDOMAIN|lame server) resolving '[^']+\/IN': |\bDHCP(?:REQUEST|ACK|OFFER|DISCOVER|RELEASE|NAK|INFORM|EXPIRE)\b/,
  score: 0.9,
  fields: read,
  facts: (f) => ({
    srcIp: f['c'] ?? f['l'],
    srcPort: f['p'],
    dstIp: f['d'],
    dstPort: f['dp'],
    // The flags after the query type: T says the question came over TCP.
    transport: f['t'] ?? (f['f']?.includes('T') ? 'tcp' : undefined),
    domain: f['n'],
  }),
  stamp: () => undefined,
});
