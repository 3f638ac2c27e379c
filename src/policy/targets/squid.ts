import type { Rule, SuggestedRule } from '../../model/policy.ts';
import { portsText } from '../rule.ts';
import { asCidr, commented, type Plan, reason, remarks, type Target } from './target.ts';

/** squid.conf: `acl` (src, dst, dstdomain, port) and `http_access`, first match wins. */
export const squid: Target = {
  id: 'squid',
  title: 'Squid',
  modes: ['deny', 'allow'],
  scope: 'proxied',
  limits: [
    'Include it before the other http_access lines: the first that matches decides.',
    'Squid decides only about requests that go through it; everything else needs a packet filter.',
  ],
  can: ({ transport }) => transport === undefined || transport === 'tcp',
  write,
};

function write(plan: Plan): string {
  const closing = plan.suggestion.mode === 'allow' ? ['http_access deny all'] : [];
  const lines = [
    commented(remarks(plan, squid)),
    ...plan.expressed.flatMap((entry, index) => ['', ...ruleLines(entry, index + 1)]),
    '',
    ...closing,
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function ruleLines(entry: SuggestedRule, number: number): readonly string[] {
  const acls = aclsOf(entry.rule).map(([type, value]) => ({ name: `egressblame_${number}_${type}`, type, value }));
  const action = `http_access ${entry.rule.action}`;
  return [
    `# ${reason(entry)}`,
    ...acls.map(({ name, type, value }) => `acl ${name} ${type} ${value}`),
    `${action} ${acls.map(({ name }) => name).join(' ')}`,
  ];
}

function aclsOf({ source, destination, domain, ports, names }: Rule): readonly (readonly [string, string])[] {
  return [
    ...(source === undefined ? [] : [['src', asCidr(source)] as const]),
    ...(destination === undefined ? [] : [['dst', asCidr(destination)] as const]),
    ...(domain === undefined ? [] : [['dstdomain', names === 'exact' ? domain : `.${domain}`] as const]),
    ...(ports === undefined ? [] : [['port', portsText(ports)] as const]),
  ];
}
