import { domainName } from '../../core/network/ip.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Rule } from '../../model/policy.ts';
import { combined, isAddress, portRange, type Reading } from './reading.ts';

const ALL = wordTable<readonly Partial<Rule>[]>({ all: [{}] });

/**
 * `acl NAME src|dst|dstdomain|port ...` and `http_access allow|deny`; other directives say nothing about access. A rule with
 * another kind of acl cannot be replayed. Without a match Squid does the opposite of its last rule.
 */
export function readSquid(text: string): Reading {
  const acls = new Map<string, Partial<Rule>[] | undefined>();
  const rules: Rule[] = [];
  let last: Rule['action'] = 'allow';
  for (const [index, line] of text.split('\n').entries()) {
    const [directive, ...words] = line
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (directive === 'include')
      return { problem: `line ${index + 1}: the included file is not read: put its lines here` };
    if (directive === 'acl') addAcl(acls, words);
    if (directive !== 'http_access') continue;
    const [action, ...names] = words;
    if (action !== 'allow' && action !== 'deny')
      return { problem: `line ${index + 1}: http_access needs allow or deny` };
    const alternatives = names.map((name) => ALL[name] ?? acls.get(name));
    const unread = names.find((_, place) => alternatives[place] === undefined);
    if (unread !== undefined)
      return { problem: `line ${index + 1}: acl ${unread} cannot be replayed (src, dst, dstdomain and port can)` };
    const read = alternatives.flatMap((parts) => (parts === undefined ? [] : [parts]));
    if (read.filter((parts) => parts.some(({ domain }) => domain !== undefined)).length > 1)
      return { problem: `line ${index + 1}: two acls of names at once cannot be replayed` };
    rules.push(...combined(action, read));
    last = action;
  }
  if (rules.length === 0) return { problem: 'no http_access line' };
  return { policy: { default: last === 'deny' ? 'allow' : 'deny', scope: 'proxied', rules } };
}

function addAcl(
  acls: Map<string, Partial<Rule>[] | undefined>,
  [name = '', type = '', ...values]: readonly string[],
): void {
  const parts = values.map((value) => partOf(type, value));
  const known = parts.flatMap((part) => part ?? []);
  const before = acls.get(name) ?? [];
  const isRead =
    known.length === values.length && values.length > 0 && !(acls.has(name) && acls.get(name) === undefined);
  acls.set(name, isRead ? [...before, ...known] : undefined);
}

function partOf(type: string, value: string): Partial<Rule> | undefined {
  switch (type) {
    case 'src':
      return isAddress(value) ? { source: value } : undefined;
    case 'dst':
      return isAddress(value) ? { destination: value } : undefined;
    case 'dstdomain': {
      const domain = domainName(value.replace(/^\./, ''));
      if (domain === undefined) return undefined;
      return value.startsWith('.') ? { domain } : { domain, names: 'exact' };
    }
    case 'port': {
      const ports = portRange(value);
      return ports === undefined ? undefined : { ports };
    }
    default:
      return undefined;
  }
}
