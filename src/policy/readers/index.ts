import { z } from 'zod';
import { at, compact, tryJson } from '../../core/json/json.ts';
import { domainName } from '../../core/network/ip.ts';
import type { Rule } from '../../model/policy.ts';
import { isCalls, readAlibabaCloudFirewall } from './alibaba-cloud-firewall.ts';
import { readCilium } from './cilium.ts';
import { readNetworkPolicy } from './networkpolicy.ts';
import { readNftables } from './nftables.ts';
import { isAddress, type Reading } from './reading.ts';
import { readSquid } from './squid.ts';

/** Policy languages that can be replayed. */
export const READABLE = [
  'json',
  'nftables',
  'networkpolicy',
  'cilium',
  'alibaba-cloud-firewall',
  'squid',
  'srt',
  'awf',
] as const;
export type Readable = (typeof READABLE)[number];

/** Reads a policy; what it is shows in its text unless `format` says so. */
export function readPolicy(text: string, format?: Readable): Reading & { readonly format: Readable | undefined } {
  const id = format ?? recognise(text);
  if (id === undefined)
    return { format: id, problem: `no policy that can be replayed; these can: ${READABLE.join(', ')}` };
  return { format: id, ...read(text, id) };
}

function recognise(text: string): Readable | undefined {
  const value = tryJson(text);
  if (at(value, 'record') === 'policy') return 'json';
  if (at(value, 'network', 'allowedDomains') !== undefined) return 'srt';
  if (isCalls(value)) return 'alibaba-cloud-firewall';
  if (/^\s*kind:\s*Cilium(?:Clusterwide)?NetworkPolicy\s*$/m.test(text)) return 'cilium';
  if (/^\s*kind:\s*NetworkPolicy\s*$/m.test(text)) return 'networkpolicy';
  if (/^\s*http_access\s/m.test(text)) return 'squid';
  if (/^\s*table\s+\w+\s+\S+\s*\{/m.test(text)) return 'nftables';
  const lines = listed(text);
  return lines.length > 0 && lines.every((line) => NAME.test(line)) ? 'awf' : undefined;
}

function read(text: string, format: Readable): Reading {
  switch (format) {
    case 'json':
      return readJson(text);
    case 'srt':
      return readSrt(text);
    case 'awf':
      return readAwf(text);
    case 'squid':
      return readSquid(text);
    case 'nftables':
      return readNftables(text);
    case 'cilium':
      return readCilium(text);
    case 'alibaba-cloud-firewall':
      return readAlibabaCloudFirewall(text);
    case 'networkpolicy':
      return readNetworkPolicy(text);
  }
}

const Address = z.string().refine(isAddress, 'no address and no CIDR');
const PolicyFile = z.object({
  record: z.literal('policy'),
  version: z.literal(1),
  default: z.enum(['allow', 'deny']),
  rules: z.array(
    z.strictObject({
      action: z.enum(['allow', 'deny']),
      source: Address.optional(),
      destination: Address.optional(),
      except: z.array(Address).optional(),
      domain: z
        .string()
        .regex(/^[^*]+$/)
        .transform(domainName)
        .refine((name) => name !== undefined, 'no name')
        .optional(),
      names: z.enum(['exact', 'below']).optional(),
      ports: z
        .tuple([z.int().min(0), z.int().max(65_535)])
        .refine(([from, to]) => from <= to, 'no range of ports')
        .optional(),
      transport: z.string().toLowerCase().optional(),
      // What a suggestion says beside its rules.
      matches: z.unknown().optional(),
      breaks: z.unknown().optional(),
      incidents: z.unknown().optional(),
    }),
  ),
});

function readJson(text: string): Reading {
  const file = PolicyFile.safeParse(tryJson(text));
  if (!file.success) return { problem: firstIssue(file.error) };
  return { policy: { default: file.data.default, scope: 'all', rules: file.data.rules.map(ruleOf) } };
}

function ruleOf({
  matches: _,
  breaks: __,
  incidents: ___,
  ...rule
}: z.infer<typeof PolicyFile>['rules'][number]): Rule {
  return compact(rule);
}

const Srt = z.object({
  network: z.object({ allowedDomains: z.array(z.string()), deniedDomains: z.array(z.string()).optional() }),
});

/** Sandbox Runtime: denied names win, everything that is not allowed is denied. */
function readSrt(text: string): Reading {
  const file = Srt.safeParse(tryJson(text));
  if (!file.success) return { problem: firstIssue(file.error) };
  const { allowedDomains, deniedDomains = [] } = file.data.network;
  const rules = [
    ...deniedDomains.map((pattern) => nameRule('deny', pattern, 'exact')),
    ...allowedDomains.map((pattern) => nameRule('allow', pattern, 'exact')),
  ];
  const unread = rules.indexOf(undefined);
  if (unread >= 0) return { problem: `not understood: ${[...deniedDomains, ...allowedDomains][unread] ?? ''}` };
  return { policy: { default: 'deny', scope: 'all', rules: rules.flatMap((rule) => rule ?? []) } };
}

const NAME = /^(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i;

function listed(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => line.replace(/#.*$/, '').split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** A domains file of gh-aw-firewall: each name stands for itself and everything below it. */
function readAwf(text: string): Reading {
  const names = listed(text);
  const unread = names.find((name) => !NAME.test(name));
  if (unread !== undefined) return { problem: `not understood: ${unread}` };
  const rules = names.flatMap((name) => nameRule('allow', name, undefined) ?? []);
  return { policy: { default: 'deny', scope: 'all', rules } };
}

/** `*.name` is what is below the name; a bare name is itself or, where `names` is absent, also what is below. */
function nameRule(action: Rule['action'], pattern: string, names: 'exact' | undefined): Rule | undefined {
  if (!NAME.test(pattern)) return undefined;
  const domain = domainName(pattern.replace(/^\*\./, ''));
  if (domain === undefined) return undefined;
  if (pattern.startsWith('*.')) return { action, domain, names: 'below' };
  return names === undefined ? { action, domain } : { action, domain, names };
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') || 'file'}: ${issue?.message ?? 'not readable'}`;
}
