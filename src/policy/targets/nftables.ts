import type { Rule, SuggestedRule } from '../../model/policy.ts';
import { portsText } from '../rule.ts';
import { commented, type Plan, reason, remarks, type Target } from './target.ts';

/** nft(8): a table of its own, loaded with `nft -f`, replaced as a whole each time and removed with `nft delete table`. */
export const nftables: Target = {
  id: 'nftables',
  title: 'nftables',
  modes: ['deny', 'allow'],
  scope: 'all',
  limits: ['Load: nft -f FILE   Remove: nft delete table inet egressblame'],
  can: ({ domain }) => domain === undefined,
  write,
};

function write(plan: Plan): string {
  const isDeny = plan.suggestion.mode === 'deny';
  const rules = plan.expressed.map((entry) => `    ${ruleLine(entry)}`);
  // A default of drop is kept away from the host's own traffic: only what is forwarded for sandboxes is held to the list.
  const hooks = isDeny ? ['forward', 'output'] : ['forward'];
  const lines = [
    '#!/usr/sbin/nft -f',
    commented(remarks(plan, nftables)),
    '',
    'table inet egressblame {}',
    'delete table inet egressblame',
    'table inet egressblame {',
    '  chain egress {',
    ...(isDeny ? [] : ['    ct state established,related accept']),
    ...rules,
    ...(isDeny ? [] : ['    counter drop']),
    '  }',
    ...hooks.flatMap((hook) => [
      `  chain ${hook} {`,
      `    type filter hook ${hook} priority filter - 10; policy accept;`,
      '    jump egress',
      '  }',
    ]),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function ruleLine(entry: SuggestedRule): string {
  const { rule } = entry;
  const verdict = rule.action === 'deny' ? 'counter drop' : 'accept';
  const comment = reason(entry).slice(0, 120);
  return `${[...matchWords(rule), verdict].join(' ')} comment "${comment}"`;
}

function matchWords({ source, destination, transport, ports }: Rule): readonly string[] {
  const family = (address: string): string => (address.includes(':') ? 'ip6' : 'ip');
  return [
    ...(source === undefined ? [] : [`${family(source)} saddr ${source}`]),
    ...(destination === undefined ? [] : [`${family(destination)} daddr ${destination}`]),
    ...(transport === undefined ? [] : [transportWords(transport, ports)]),
  ];
}

function transportWords(transport: string, ports: Rule['ports']): string {
  if (ports !== undefined) return `${transport} dport ${portsText(ports)}`;
  return `meta l4proto ${transport === 'icmp6' ? 'ipv6-icmp' : transport}`;
}
