import { stringify } from 'yaml';
import { wordTable } from '../../core/word-table.ts';
import type { Rule } from '../../model/policy.ts';
import { asCidr, commented, type Plan, remarks, type Target } from './target.ts';

/** cilium.io/v2 CiliumNetworkPolicy: `egressDeny` takes addresses and ports, `egress` also names (`toFQDNs`). */
export const cilium: Target = {
  id: 'cilium',
  title: 'CiliumNetworkPolicy',
  modes: ['deny', 'allow'],
  scope: 'all',
  limits: [
    'Set metadata.namespace and narrow spec.endpointSelector to the sandboxes. CIDR rules match traffic that leaves the cluster.',
    'Names can be allowed (toFQDNs) but not denied. Patterns with ** (any number of levels) need a recent Cilium.',
  ],
  can,
  write,
};

const PROTOCOLS = wordTable<string>({ tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' });

function can({ domain, source, transport, ports }: Rule, mode: 'deny' | 'allow'): boolean {
  if (source !== undefined || (domain !== undefined && mode === 'deny')) return false;
  return transport === undefined ? ports === undefined : PROTOCOLS[transport] !== undefined && ports !== undefined;
}

function write(plan: Plan): string {
  const isDeny = plan.suggestion.mode === 'deny';
  const rules = plan.expressed.map(({ rule }) => entryOf(rule));
  const hasNames = plan.expressed.some(({ rule }) => rule.domain !== undefined);
  const spec = isDeny
    ? { endpointSelector: {}, enableDefaultDeny: { egress: false }, egressDeny: rules }
    : { endpointSelector: {}, egress: [...(hasNames ? [clusterDns(plan)] : []), ...rules] };
  const policy = {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name: `egressblame-${plan.suggestion.mode}` },
    spec,
  };
  return `${commented(remarks(plan, cilium))}\n${stringify(policy)}`;
}

function entryOf({ destination, domain, transport, ports }: Rule): object {
  const service =
    ports === undefined
      ? {}
      : { toPorts: [{ ports: [{ port: String(ports[0]), ...endPort(ports), protocol: PROTOCOLS[transport ?? ''] }] }] };
  if (domain !== undefined) return { toFQDNs: namesOf(domain), ...service };
  if (destination !== undefined) return { toCIDR: [asCidr(destination)], ...service };
  return { toEntities: ['all'], ...service };
}

function endPort([from, to]: readonly [number, number]): object {
  return from === to ? {} : { endPort: to };
}

/** Two stars reach any number of levels down; one star a single level. */
function namesOf(domain: string): readonly object[] {
  return [{ matchName: domain }, { matchPattern: `**.${domain}` }];
}

/** `toFQDNs` learns addresses from answers, so the questions for the allowed names have to pass Cilium's DNS proxy. */
function clusterDns({ expressed }: Plan): object {
  const dns = expressed.flatMap(({ rule }) => (rule.domain === undefined ? [] : namesOf(rule.domain)));
  return {
    toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' } }],
    toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns } }],
  };
}
