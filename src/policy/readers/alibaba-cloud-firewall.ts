import { z } from 'zod';
import { arrayOf, at, tryJson } from '../../core/json/json.ts';
import { domainName, PRIVATE_NETWORKS } from '../../core/network/ip.ts';
import type { Rule } from '../../model/policy.ts';
import { combined, isAddress, portRange, type Reading } from './reading.ts';

const ACTIONS = ['AddControlPolicy', 'CreateVpcFirewallControlPolicy'] as const;
const Address = z.string().refine(isAddress, 'no address and no CIDR');
const Call = z.strictObject({
  Action: z.enum(ACTIONS),
  Direction: z.literal('out').optional(),
  VpcFirewallId: z.string().optional(),
  AclAction: z.enum(['accept', 'drop', 'log']),
  Description: z.string().optional(),
  SourceType: z.literal('net'),
  Source: Address,
  DestinationType: z.enum(['net', 'domain']),
  Destination: z.string(),
  DomainResolveType: z.enum(['FQDN', 'DNS', 'FQDN_AND_DNS']).optional(),
  Proto: z.enum(['ANY', 'TCP', 'UDP', 'ICMP']),
  DestPortType: z.literal('port').optional(),
  DestPort: z.string().optional(),
  ApplicationNameList: z.array(z.enum(['ANY', 'HTTP', 'HTTPS', 'SSL'])).optional(),
  IpVersion: z.enum(['4', '6']).optional(),
  Release: z.enum(['true', 'false']).optional(),
  NewOrder: z.string().regex(/^\d{1,5}$/),
});
type Call = z.infer<typeof Call>;

/** Whether a document is a list of calls to the Cloud Firewall API, with or without remarks around it. */
export function isCalls(value: unknown): boolean {
  const calls = arrayOf(at(value, 'calls') ?? value);
  return calls.length > 0
    ? ACTIONS.some((action) => action === at(calls[0], 'Action'))
    : Array.isArray(at(value, 'calls')) && Array.isArray(at(value, 'remarks'));
}

/** Calls of the Cloud Firewall API (2017-12-07) in their order; what no call names passes. */
export function readAlibabaCloudFirewall(text: string): Reading {
  const value = tryJson(text);
  const read = z.array(Call).safeParse(at(value, 'calls') ?? value);
  if (!read.success) {
    const [issue] = read.error.issues;
    return { problem: `calls.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not readable'}` };
  }
  const rules: Rule[] = [];
  for (const call of read.data.toSorted((a, b) => Number(a.NewOrder) - Number(b.NewOrder))) {
    // A call that is not released, or that only watches, decides nothing.
    if (call.Release === 'false' || call.AclAction === 'log') continue;
    const parts = rulesOf(call);
    if (typeof parts === 'string') return { problem: `call with NewOrder ${call.NewOrder}: ${parts}` };
    rules.push(...parts);
  }
  return { policy: { default: 'allow', scope: 'all', rules } };
}

function rulesOf(call: Call): readonly Rule[] | string {
  const services = servicesOf(call);
  const destinations = call.DestinationType === 'domain' ? nameOf(call) : addressesOf(call);
  if (typeof services === 'string') return services;
  if (typeof destinations === 'string') return destinations;
  const source = /\/0$/.test(call.Source) ? {} : { source: call.Source };
  return combined(call.AclAction === 'drop' ? 'deny' : 'allow', [destinations, [{ ...source, ...services }]]);
}

function servicesOf({
  Proto,
  DestPort = '0/0',
  ApplicationNameList = ['ANY'],
  DestinationType,
}: Call): Partial<Rule> | string {
  const isNarrow = !ApplicationNameList.includes('ANY');
  if (isNarrow && DestinationType === 'net')
    return `ApplicationNameList ${ApplicationNameList.join(', ')}: no log names the application`;
  const transport = Proto === 'ANY' ? {} : { transport: Proto.toLowerCase() };
  if (DestPort === '0/0') return transport;
  const ports = portRange(DestPort, '/');
  return ports === undefined ? `DestPort ${DestPort}: expected a range, as 443/443` : { ...transport, ports };
}

/** `*.name` is all that is below a name. */
function nameOf({ Destination }: Call): readonly Partial<Rule>[] | string {
  const isBelow = Destination.startsWith('*.');
  const domain = domainName(isBelow ? Destination.slice(2) : Destination);
  if (domain === undefined || domain.includes('*')) return `Destination ${Destination}: no name`;
  return [{ domain, names: isBelow ? 'below' : 'exact' }];
}

/** The Internet border sees what leaves for public addresses, the VPC firewall what goes between private networks. */
function addressesOf({ Action, Destination }: Call): readonly Partial<Rule>[] | string {
  if (!isAddress(Destination)) return `Destination ${Destination}: no address and no CIDR`;
  if (Destination !== '0.0.0.0/0') return [{ destination: Destination }];
  return Action === 'AddControlPolicy'
    ? [{ destination: Destination, except: PRIVATE_NETWORKS }]
    : PRIVATE_NETWORKS.map((destination) => ({ destination }));
}
