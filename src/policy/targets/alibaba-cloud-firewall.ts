import { isPrivateIp } from '../../core/ip.ts';
import type { Rule, SuggestedRule } from '../../model/policy.ts';
import { portsText } from '../rule.ts';
import { asCidr, type Plan, reason, remarks, type Target } from './target.ts';

/**
 * Request parameters of the Cloud Firewall API (2017-12-07): `AddControlPolicy` for the Internet border,
 * `CreateVpcFirewallControlPolicy` between private networks. One object a call.
 */
export const alibabaCloudFirewall: Target = {
  id: 'alibaba-cloud-firewall',
  title: 'Alibaba Cloud Firewall',
  modes: ['deny', 'allow'],
  scope: 'all',
  limits: [
    'Each object is one call, in this order. Put your VpcFirewallId into the VPC calls.',
    'A name holds for HTTP, HTTPS and TLS by Host and SNI; questions to a DNS server need AddDnsFirewallPolicy.',
  ],
  can: ({ transport }) => transport === undefined || PROTOCOLS[transport] !== undefined,
  write,
};

const PROTOCOLS: Readonly<Record<string, string>> = { tcp: 'TCP', udp: 'UDP', icmp: 'ICMP' };
/** Applications for which a name is matched in the request itself (`DomainResolveType` FQDN). */
const NAMED_APPLICATIONS = ['HTTP', 'HTTPS', 'SSL'];

function write(plan: Plan): string {
  const calls = plan.expressed.flatMap((entry) => destinationsOf(entry.rule).map((to) => callOf(entry, to)));
  const closing = plan.suggestion.mode === 'allow' ? closingCalls(calls) : [];
  const ordered = [...calls, ...closing].map((call, index) => ({ ...call, NewOrder: String(index + 1) }));
  return `${JSON.stringify({ remarks: remarks(plan, alibabaCloudFirewall), calls: ordered }, undefined, 2)}\n`;
}

type Call = Readonly<Record<string, string | readonly string[]>>;

/** A name and everything below it are two destinations there. */
function destinationsOf({ destination, domain }: Rule): readonly string[] {
  if (domain !== undefined) return [domain, `*.${domain}`];
  return [destination === undefined ? '0.0.0.0/0' : asCidr(destination)];
}

function callOf(entry: SuggestedRule, to: string): Call {
  const { rule } = entry;
  const isNamed = rule.domain !== undefined;
  const isInside = !isNamed && rule.destination !== undefined && isPrivateIp(to.split('/')[0] ?? '');
  const proto = isNamed ? 'TCP' : (PROTOCOLS[rule.transport ?? ''] ?? 'ANY');
  return {
    ...placeOf(isInside),
    AclAction: rule.action === 'deny' ? 'drop' : 'accept',
    Description: `egressblame: ${reason(entry)}`,
    SourceType: 'net',
    Source: rule.source === undefined ? (to.includes(':') ? '::/0' : '0.0.0.0/0') : asCidr(rule.source),
    DestinationType: isNamed ? 'domain' : 'net',
    Destination: to,
    ...(isNamed ? { DomainResolveType: 'FQDN' } : {}),
    Proto: proto,
    ...(proto === 'ICMP' || proto === 'ANY' ? {} : portOf(rule)),
    ApplicationNameList: isNamed ? NAMED_APPLICATIONS : ['ANY'],
    ...(isInside ? {} : { IpVersion: to.includes(':') ? '6' : '4' }),
    Release: 'true',
  };
}

function placeOf(isInside: boolean): Call {
  if (isInside) return { Action: 'CreateVpcFirewallControlPolicy', VpcFirewallId: 'vfw-...' };
  return { Action: 'AddControlPolicy', Direction: 'out' };
}

function portOf({ ports }: Rule): Call {
  return {
    DestPortType: 'port',
    DestPort: ports === undefined ? '0/0' : portsText([ports[0], ports[1]], '/').replace(/^(\d+)$/, '$1/$1'),
  };
}

/** What the list does not name is dropped, at each place that the list speaks of. */
function closingCalls(calls: readonly Call[]): readonly Call[] {
  const places = new Set(calls.map((call) => call['Action'] === 'CreateVpcFirewallControlPolicy'));
  return [...places].map((isInside) => ({
    ...placeOf(isInside),
    AclAction: 'drop',
    Description: 'egressblame: everything else',
    SourceType: 'net',
    Source: '0.0.0.0/0',
    DestinationType: 'net',
    Destination: '0.0.0.0/0',
    Proto: 'ANY',
    ApplicationNameList: ['ANY'],
    Release: 'true',
  }));
}
