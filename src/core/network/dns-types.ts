import { wordTable } from '../word-table.ts';

/** Types of resource records that logs write as numbers (IANA, "Resource Record (RR) TYPEs"). */
const TYPES = wordTable<string>({
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  6: 'SOA',
  10: 'NULL',
  12: 'PTR',
  13: 'HINFO',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  33: 'SRV',
  35: 'NAPTR',
  39: 'DNAME',
  43: 'DS',
  46: 'RRSIG',
  47: 'NSEC',
  48: 'DNSKEY',
  52: 'TLSA',
  64: 'SVCB',
  65: 'HTTPS',
  99: 'SPF',
  251: 'IXFR',
  252: 'AXFR',
  255: 'ANY',
  256: 'URI',
  257: 'CAA',
});

/** Name of a type that is written as a number; one without a name is written as RFC 3597 does. */
export function dnsTypeName(type: number | undefined): string | undefined {
  return type === undefined ? undefined : (TYPES[String(type)] ?? `TYPE${type}`);
}
