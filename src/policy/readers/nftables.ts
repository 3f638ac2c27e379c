import type { Policy, Rule } from '../../model/policy.ts';
import { combined, isAddress, portRange, type Reading } from './reading.ts';

interface Chain {
  readonly lines: { readonly number: number; readonly text: string }[];
  hook: string | undefined;
  drops: boolean;
}

/**
 * The part of nft(8) that filters new connections by address, transport and port: `ip|ip6 saddr|daddr`, `tcp|udp|sctp dport`,
 * `meta l4proto`, `ip protocol`, anonymous sets and `jump`. The forward chain counts, else the output chain.
 */
export function readNftables(text: string): Reading {
  const chains = chainsOf(text);
  const base = [...chains.values()].find(({ hook }) => hook === 'forward') ?? chains.get(outputOf(chains));
  if (base === undefined) return { problem: 'no chain with hook forward or output' };
  const rules: Rule[] = [];
  const problem = collect(base, chains, rules, 0);
  if (problem !== undefined) return { problem };
  const policy: Policy = { default: base.drops ? 'deny' : 'allow', scope: 'all', rules };
  return { policy };
}

function outputOf(chains: ReadonlyMap<string, Chain>): string {
  return [...chains].find(([, { hook }]) => hook === 'output')?.[0] ?? '';
}

function chainsOf(text: string): ReadonlyMap<string, Chain> {
  const chains = new Map<string, Chain>();
  let current: Chain | undefined;
  text.split('\n').forEach((line, index) => {
    const bare = line
      .replace(/comment\s+"[^"]*"/, '')
      .replace(/#.*$/, '')
      .trim();
    const [, name] = /^chain\s+(\S+)\s*\{$/.exec(bare) ?? [];
    if (name !== undefined) {
      current = { lines: [], hook: undefined, drops: false };
      chains.set(name, current);
    } else if (bare === '}') current = undefined;
    else if (current !== undefined && bare !== '') addLine(current, index + 1, bare);
  });
  return chains;
}

function addLine(chain: Chain, number: number, text: string): void {
  const [, hook] = /^type\s+filter\s+hook\s+(\S+)/.exec(text) ?? [];
  if (hook === undefined) {
    chain.lines.push({ number, text });
    return;
  }
  chain.hook = hook;
  chain.drops = /policy\s+drop/.test(text);
}

/** Adds the rules of a chain and of those it jumps to, in order; a sentence when a line is not understood. */
function collect(chain: Chain, chains: ReadonlyMap<string, Chain>, rules: Rule[], depth: number): string | undefined {
  for (const { number, text } of chain.lines) {
    const [, name] = /^(?:jump|goto)\s+(\S+)$/.exec(text) ?? [];
    if (name !== undefined) {
      const next = chains.get(name);
      if (next === undefined || depth > 16) return `line ${number}: cannot follow ${text}`;
      const problem = collect(next, chains, rules, depth + 1);
      if (problem !== undefined) return problem;
      continue;
    }
    // Packets of connections that were let through before open nothing new.
    if (/^ct state (?:\{\s*)?(?:established|related)[\w, ]*\}?\s*(?:counter\s+)?accept$/.test(text)) continue;
    const read = ruleOf(text);
    if (read === undefined) return `line ${number}: not understood: ${text}`;
    rules.push(...read);
  }
  return undefined;
}

function ruleOf(text: string): readonly Rule[] | undefined {
  const alternatives: Partial<Rule>[][] = [];
  let rest = text;
  for (;;) {
    const match =
      /^(ip6? [sd]addr|(?:tcp|udp|sctp) dport|meta l4proto|ip protocol|ip6 nexthdr) (\{[^}]*\}|\S+)\s*/.exec(rest);
    if (match === null) break;
    const [whole, field = '', value = ''] = match;
    const parts = membersOf(value).map((member) => partOf(field, member));
    if (parts.length === 0 || parts.some((part) => part === undefined)) return undefined;
    alternatives.push(parts.flatMap((part) => part ?? []));
    rest = rest.slice(whole.length);
  }
  const [, verdict] =
    /^(?:counter(?: packets \d+ bytes \d+)?\s+)?(?:log\b[^;]*?\s+)?(drop|reject|accept)\b(?: with .*)?$/.exec(
      rest.trim(),
    ) ?? [];
  if (verdict === undefined) return undefined;
  return combined(verdict === 'accept' ? 'allow' : 'deny', alternatives);
}

function membersOf(value: string): readonly string[] {
  return value
    .replace(/^\{|\}$/g, '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

function partOf(field: string, member: string): Partial<Rule> | undefined {
  const [first = '', second = ''] = field.split(' ');
  if (second === 'saddr') return isAddress(member) ? { source: member } : undefined;
  if (second === 'daddr') return isAddress(member) ? { destination: member } : undefined;
  if (second === 'dport') {
    const ports = portRange(member);
    return ports === undefined ? undefined : { transport: first, ports };
  }
  if (!/^[a-z0-9-]+$/.test(member)) return undefined;
  return { transport: member === 'ipv6-icmp' || member === 'icmpv6' ? 'icmp6' : member };
}
