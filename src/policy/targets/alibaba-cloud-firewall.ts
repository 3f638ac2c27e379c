import { isPrivateIp } from '../../core/network/ip.ts';
import { wordTable } from '../../core/word-table.ts';
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
  can: ({ transport, ports }) => (transport === undefined ? ports === undefined : PROTOCOLS[transport] !== undefined),
  means,
  write,
};

const PROTOCOLS = wordTable<string>({ tcp: 'TCP', udp: 'UDP', icmp: 'ICMP' });
/** Applications for which a name is matched in the request itself (`DomainResolveType` FQDN). */
const NAMED_APPLICATIONS = ['HTTP', 'HTTPS', 'SSL'];

function write(plan: Plan): string {
  const calls = plan.expressed.flatMap((entry) => placesOf(entry.rule).map((place) => callOf(entry, place)));
  const closing = plan.suggestion.mode === 'allow' ? EVERYWHERE.map(closingCall) : [];
  const ordered = [...calls, ...closing].map((call, index) => ({ ...call, NewOrder: String(index + 1) }));
  return `${JSON.stringify({ remarks: remarks(plan, alibabaCloudFirewall), calls: ordered }, undefined, 2)}\n`;
}

type Call = Readonly<Record<string, string | readonly string[]>>;

/** Names are matched in TCP only, and a source stands for destinations of its own family. */
function means(rule: Rule): Rule {
  if (rule.domain !== undefined) return { ...rule, transport: 'tcp' };
  if (rule.source === undefined || rule.destination !== undefined) return rule;
  return { ...rule, destination: rule.source.includes(':') ? '::/0' : '0.0.0.0/0' };
}

/** A destination, and whether it is the firewall between private networks that sees it. */
interface Place {
  readonly to: string;
  readonly isInside: boolean;
}

const EVERYWHERE: readonly Place[] = [
  { to: '0.0.0.0/0', isInside: false },
  { to: '::/0', isInside: false },
  { to: '0.0.0.0/0', isInside: true },
];

/** A name and everything below it are two destinations there; anywhere is both families and both places. */
function placesOf({ source, destination, domain }: Rule): readonly Place[] {
  if (domain !== undefined) return [domain, `*.${domain}`].map((to) => ({ to, isInside: false }));
  if (destination !== undefined)
    return [{ to: asCidr(destination), isInside: isPrivateIp(destination.split('/')[0] ?? '') }];
  const family = source?.includes(':');
  return EVERYWHERE.filter(({ to }) => family === undefined || to.includes(':') === family);
}

function callOf(entry: SuggestedRule, { to, isInside }: Place): Call {
  const { rule } = entry;
  const isNamed = rule.domain !== undefined;
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

/** What an allow list does not name is dropped. */
function closingCall({ to, isInside }: Place): Call {
  return {
    ...placeOf(isInside),
    AclAction: 'drop',
    Description: 'egressblame: everything else',
    SourceType: 'net',
    Source: to,
    DestinationType: 'net',
    Destination: to,
    Proto: 'ANY',
    ApplicationNameList: ['ANY'],
    ...(isInside ? {} : { IpVersion: to.includes(':') ? '6' : '4' }),
    Release: 'true',
  };
}
