import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Rule } from '../../model/policy.ts';
import { combined, isAddress, type Reading } from './reading.ts';

const Peer = z.strictObject({
  ipBlock: z.strictObject({
    cidr: z.string().refine(isAddress),
    except: z.array(z.string().refine(isAddress)).optional(),
  }),
});
const Port = z
  .strictObject({
    protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional(),
    port: z.int().min(0).max(65_535).optional(),
    endPort: z.int().min(0).max(65_535).optional(),
  })
  .refine(({ port, endPort }) => endPort === undefined || (port !== undefined && port <= endPort), 'no range of ports');
const Schema = z.object({
  kind: z.literal('NetworkPolicy'),
  spec: z.object({
    policyTypes: z.array(z.string()).optional(),
    egress: z.array(z.strictObject({ to: z.array(Peer).optional(), ports: z.array(Port).optional() })).optional(),
  }),
});
type Egress = NonNullable<z.infer<typeof Schema>['spec']['egress']>[number];

/** networking.k8s.io/v1 egress by `ipBlock`. Logs have no pod labels, so selectors as peers cannot be replayed. */
export function readNetworkPolicy(text: string): Reading {
  const rules: Rule[] = [];
  let governs = false;
  for (const document of parseAllDocuments(text)) {
    const [error] = document.errors;
    if (error !== undefined) return { problem: `no YAML: ${error.message.split('\n')[0] ?? ''}` };
    if (document.contents === null) continue;
    const read = Schema.safeParse(document.toJS({ maxAliasCount: 0 }));
    if (!read.success) {
      const [issue] = read.error.issues;
      return {
        problem: `${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'no NetworkPolicy'} (only egress to ipBlock can be replayed)`,
      };
    }
    const { policyTypes, egress } = read.data.spec;
    // Types that are stated count, whatever stands below them.
    if (policyTypes === undefined ? egress === undefined : !policyTypes.includes('Egress')) continue;
    governs = true;
    rules.push(...(egress ?? []).flatMap(rulesOf));
  }
  if (!governs) return { problem: 'no NetworkPolicy with egress' };
  return { policy: { default: 'deny', scope: 'all', rules } };
}

function rulesOf({ to, ports }: Egress): readonly Rule[] {
  const peers = (to ?? []).map(({ ipBlock: { cidr, except } }) => ({
    destination: cidr,
    ...(except === undefined ? {} : { except }),
  }));
  const services = (ports ?? []).map(
    ({ protocol, port, endPort }): Partial<Rule> => ({
      transport: (protocol ?? 'TCP').toLowerCase(),
      ...(port === undefined ? {} : { ports: [port, endPort ?? port] as const }),
    }),
  );
  return combined('allow', [peers.length === 0 ? [{}] : peers, services.length === 0 ? [{}] : services]);
}
