import { stringify } from 'yaml';
import { wordTable } from '../../core/word-table.ts';
import type { Rule } from '../../model/policy.ts';
import { asCidr, commented, type Plan, remarks, type Target } from './target.ts';

/** networking.k8s.io/v1 NetworkPolicy, egress: only allows, only addresses; a denial is a hole in an allowed block. */
export const networkpolicy: Target = {
  id: 'networkpolicy',
  title: 'NetworkPolicy',
  modes: ['deny', 'allow'],
  scope: 'all',
  limits: [
    'Set metadata.namespace and narrow spec.podSelector to the sandboxes. Policies add up: any other that allows more wins.',
    'NetworkPolicy has no deny rule, no names and no sources by address; ports cannot be taken out of an allowed block.',
  ],
  can,
  write,
};

const PROTOCOLS = wordTable<string>({ tcp: 'TCP', udp: 'UDP', sctp: 'SCTP' });

function can({ destination, domain, source, transport, ports }: Rule, mode: 'deny' | 'allow'): boolean {
  if (destination === undefined || domain !== undefined || source !== undefined) return false;
  if (mode === 'deny') return ports === undefined && transport === undefined;
  return transport === undefined ? ports === undefined : PROTOCOLS[transport] !== undefined;
}

function write(plan: Plan): string {
  const rules = plan.expressed.map(({ rule }) => rule);
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `egressblame-${plan.suggestion.mode}` },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: plan.suggestion.mode === 'deny' ? allButHoles(rules) : rules.map(allowed),
    },
  };
  return `${commented(remarks(plan, networkpolicy))}\n${stringify(policy)}`;
}

function allButHoles(rules: readonly Rule[]): readonly object[] {
  const holes = rules.flatMap(({ destination }) => (destination === undefined ? [] : [asCidr(destination)]));
  const block = (cidr: string, isInside: (hole: string) => boolean) => {
    const except = holes.filter(isInside);
    return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } };
  };
  return [
    {
      to: [block('0.0.0.0/0', (hole) => !hole.includes(':')), block('::/0', (hole) => hole.includes(':'))],
    },
  ];
}

function allowed({ destination = '', transport, ports }: Rule): object {
  const protocol = PROTOCOLS[transport ?? ''];
  return {
    to: [{ ipBlock: { cidr: asCidr(destination) } }],
    ...(protocol === undefined ? {} : { ports: [{ protocol, ...portOf(ports) }] }),
  };
}

function portOf(ports: Rule['ports']): object {
  if (ports === undefined) return {};
  return ports[0] === ports[1] ? { port: ports[0] } : { port: ports[0], endPort: ports[1] };
}
