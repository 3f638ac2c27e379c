import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { domainName } from '../../core/network/ip.ts';
import type { Rule } from '../../model/policy.ts';
import { combined, isAddress, type Reading } from './reading.ts';

const Name = z.union([z.strictObject({ matchName: z.string() }), z.strictObject({ matchPattern: z.string() })]);
const Port = z
  .strictObject({
    port: z.union([z.string().regex(/^\d{1,5}$/), z.int()]),
    endPort: z.int().min(0).max(65_535).optional(),
    protocol: z.enum(['TCP', 'UDP', 'SCTP', 'ANY']).optional(),
  })
  .refine(({ port, endPort = 65_535 }) => Number(port) <= endPort, 'no range of ports');
const Ports = z.strictObject({ ports: z.array(Port).min(1), rules: z.strictObject({ dns: z.array(Name) }).optional() });
const Address = z.string().refine(isAddress, 'no address and no CIDR');
const Egress = z.strictObject({
  toCIDR: z.array(Address).optional(),
  toCIDRSet: z.array(z.strictObject({ cidr: Address, except: z.array(Address).optional() })).optional(),
  toEntities: z.array(z.literal('all')).optional(),
  toFQDNs: z.array(Name).optional(),
  toEndpoints: z.array(z.unknown()).optional(),
  toPorts: z.array(Ports).min(1).optional(),
});
const Schema = z.object({
  kind: z.enum(['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy']),
  spec: z.object({
    enableDefaultDeny: z.object({ egress: z.boolean().optional() }).optional(),
    egress: z.array(Egress).optional(),
    egressDeny: z.array(Egress.omit({ toFQDNs: true, toEndpoints: true })).optional(),
  }),
});
type Entry = z.infer<typeof Egress>;

/** A denial wins over every allowance; what neither names is denied where a policy governs, unless it says otherwise. */
export function readCilium(text: string): Reading {
  const [denied, allowed]: [Rule[], Rule[]] = [[], []];
  let governs = false;
  let closes = false;
  for (const document of parseAllDocuments(text)) {
    const [error] = document.errors;
    if (error !== undefined) return { problem: `no YAML: ${error.message.split('\n')[0] ?? ''}` };
    if (document.contents === null) continue;
    const read = Schema.safeParse(document.toJS({ maxAliasCount: 0 }));
    if (!read.success) return { problem: issueOf(read.error) };
    const { egress = [], egressDeny = [], enableDefaultDeny } = read.data.spec;
    if (read.data.spec.egress === undefined && read.data.spec.egressDeny === undefined) continue;
    governs = true;
    closes ||= enableDefaultDeny?.egress !== false;
    for (const [action, entries, out] of [
      ['deny', egressDeny, denied],
      ['allow', egress, allowed],
    ] as const)
      for (const entry of entries) {
        const rules = rulesOf(action, entry);
        if (typeof rules === 'string') return { problem: rules };
        out.push(...rules);
      }
  }
  if (!governs) return { problem: 'no CiliumNetworkPolicy with egress or egressDeny' };
  return { policy: { default: closes ? 'deny' : 'allow', scope: 'all', rules: [...denied, ...allowed] } };
}

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'no CiliumNetworkPolicy'} (egress by toCIDR, toCIDRSet, toFQDNs, toEntities [all] and toPorts can be replayed)`;
}

function rulesOf(action: Rule['action'], entry: Entry): readonly Rule[] | string {
  const services = servicesOf(entry);
  const isStated = [entry.toCIDR, entry.toCIDRSet, entry.toEntities, entry.toFQDNs].some((list) => list !== undefined);
  if (entry.toEndpoints !== undefined)
    return isStated ? 'toEndpoints: not beside other destinations' : dnsRules(entry, services);
  if ((entry.toPorts ?? []).some(({ rules }) => rules !== undefined))
    return 'toPorts.rules: only dns towards endpoints can be replayed';
  const names = (entry.toFQDNs ?? []).map(nameOf);
  const unread = names.find((name) => typeof name === 'string');
  if (unread !== undefined) return unread;
  const peers: Partial<Rule>[] = [
    ...(entry.toCIDR ?? []).map((destination) => ({ destination })),
    ...(entry.toCIDRSet ?? []).map(({ cidr, except }) => ({
      destination: cidr,
      ...(except === undefined ? {} : { except }),
    })),
    ...(entry.toEntities ?? []).map(() => ({})),
    ...names.filter((name) => typeof name !== 'string'),
  ];
  return combined(action, [isStated ? peers : [{}], services]);
}

/** Logs have no labels of pods; what is known of endpoints is the DNS server, whose questions are told by their names. */
function dnsRules({ toPorts = [] }: Entry, services: readonly Partial<Rule>[]): readonly Rule[] | string {
  const asked = toPorts.flatMap(({ rules }) => rules?.dns ?? []).map(nameOf);
  const unread = asked.find((name) => typeof name === 'string');
  if (unread !== undefined) return unread;
  if (asked.length === 0)
    return 'toEndpoints: logs hold no labels of pods, so only rules.dns towards endpoints can be replayed';
  return combined('allow', [asked.filter((name) => typeof name !== 'string'), services]);
}

function servicesOf({ toPorts }: Entry): readonly Partial<Rule>[] {
  if (toPorts === undefined) return [{}];
  return toPorts.flatMap(({ ports }) =>
    ports.map(({ port, endPort, protocol }) => ({
      ...(Number(port) === 0 ? {} : { ports: [Number(port), endPort ?? Number(port)] as const }),
      ...(protocol === undefined || protocol === 'ANY' ? {} : { transport: protocol.toLowerCase() }),
    })),
  );
}

/** `matchName` is a name; `**.name` is all that is below it. One star is one level, which no rule here can say. */
function nameOf(name: z.infer<typeof Name>): Pick<Rule, 'domain' | 'names'> | string {
  const pattern = 'matchName' in name ? name.matchName : name.matchPattern;
  const isBelow = pattern.startsWith('**.');
  const domain = domainName(isBelow ? pattern.slice(3) : pattern);
  if (domain === undefined || domain.includes('*')) return `toFQDNs: not understood: ${pattern}`;
  return { domain, names: isBelow ? 'below' : 'exact' };
}
