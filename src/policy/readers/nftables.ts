import type { Policy, Rule } from '../../model/policy.ts';
import { combined, isAddress, portRange, type Reading } from './reading.ts';

interface Chain {
  readonly lines: { readonly number: number; readonly text: string }[];
  hook: string | undefined;
  drops: boolean;
}

/**
 * The part of nft(8) that filters new connections by address, transport and port: `ip|ip6 saddr|daddr`, `tcp|udp|sctp dport`,
 * `meta l4proto`, `ip protocol`, anonymous sets, `jump` and `goto`. The forward chain counts, else the output chain.
 */
export function readNftables(text: string): Reading {
  const { tables, isCut, unread } = tablesOf(text);
  if (isCut) return { problem: 'ends inside a table or chain' };
  if (unread !== undefined) return { problem: unread };
  const all = tables.flatMap(({ family, chains }) => [...chains.values()].map((chain) => ({ chain, chains, family })));
  const forward = all.filter(({ chain }) => chain.hook === 'forward');
  const bases = forward.length > 0 ? forward : all.filter(({ chain }) => chain.hook === 'output');
  // A packet must pass every chain of its hook; one that lets all pass changes nothing.
  const telling = bases.filter(({ chain }) => chain.drops || chain.lines.length > 0);
  const [base] = telling.length > 0 ? telling : bases;
  if (base === undefined) return { problem: 'no chain with hook forward or output' };
  const { chain, chains, family } = base;
  if (telling.length > 1)
    return {
      problem: `${telling.length} chains with hook ${chain.hook} decide together: test a file with one of them`,
    };
  if (family !== 'inet' && family !== 'ip')
    return { problem: `a table of ${family} cannot be replayed (inet and ip can)` };
  const rules: Rule[] = [];
  const problem = collect(chain, chains, rules, 0);
  if (problem !== undefined) return { problem };
  const action = chain.drops ? 'deny' : 'allow';
  return { policy: family === 'inet' ? { default: action, scope: 'all', rules } : ofIpv4(action, rules) };
}

/** A table of `ip` never sees IPv6, which passes. */
function ofIpv4(action: Policy['default'], rules: readonly Rule[]): Policy {
  const seen = [...rules, ...(action === 'deny' ? [{ action } as const] : [])];
  const all = { destination: '0.0.0.0/0' };
  return { default: 'allow', scope: 'all', rules: seen.map((rule) => ({ ...all, ...rule })) };
}

type Chains = ReadonlyMap<string, Chain>;

interface Table {
  readonly family: string;
  /** By name. */
  readonly chains: Map<string, Chain>;
}

interface Ruleset {
  readonly tables: readonly Table[];
  readonly isCut: boolean;
  /** A sentence about what may decide and is not understood. */
  readonly unread: string | undefined;
}

/** What decides without standing in a chain as nft lists it: commands, files, and chains that begin and end in one line. */
const DECIDING = /^(?:add|insert|replace|create|include|chain|table .*\{.*chain)\b/;

function tablesOf(text: string): Ruleset {
  const tables: Table[] = [];
  let unread: string | undefined;
  let current: Chain | undefined;
  let depth = 0;
  text.split('\n').forEach((line, index) => {
    const bare = line
      .replace(/comment\s+"[^"]*"/, '')
      .replace(/#.*$/, '')
      .trim();
    depth += bare.split('{').length - bare.split('}').length;
    const [, family] = /^table\s+(?:(\w+)\s+)?[^\s{]+\s*\{/.exec(bare) ?? [];
    if (/^table\s/.test(bare)) tables.push({ family: family ?? 'ip', chains: new Map() });
    const [, name] = /^chain\s+(\S+)\s*\{$/.exec(bare) ?? [];
    if (name !== undefined) {
      current = { lines: [], hook: undefined, drops: false };
      tables.at(-1)?.chains.set(name, current);
    } else if (bare === '}') current = undefined;
    else if (current !== undefined && bare !== '') addLine(current, index + 1, bare);
    else if (DECIDING.test(bare)) unread ??= `line ${index + 1}: not understood: ${bare}`;
  });
  return { tables, isCut: depth > 0, unread };
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

const KNOWN_CONNECTIONS =
  /^ct state (?:\{\s*)?(?:established|related)(?:\s*,\s*(?:established|related))*\s*\}?\s*(?:counter\s+)?accept$/;

/** Adds the rules of a chain and of those it jumps to, in order; a sentence when a line is not understood. */
function collect(chain: Chain, chains: Chains, rules: Rule[], depth: number): string | undefined {
  for (const { number, text } of chain.lines) {
    const [, way, name] = /^(jump|goto)\s+(\S+)$/.exec(text) ?? [];
    if (name !== undefined) {
      const next = chains.get(name);
      if (next === undefined || depth > 16) return `line ${number}: cannot follow ${text}`;
      const problem = collect(next, chains, rules, depth + 1);
      // What follows a goto is never reached.
      if (problem !== undefined || way === 'goto') return problem;
      continue;
    }
    // Packets of connections that were let through before open nothing new.
    if (KNOWN_CONNECTIONS.test(text)) continue;
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
  if (!/^[a-z][a-z0-9-]*$/.test(member)) return undefined;
  const transport = member === 'ipv6-icmp' || member === 'icmpv6' ? 'icmp6' : member;
  // In a table of both families these match one of them.
  if (first === 'meta') return { transport };
  return { transport, destination: first === 'ip' ? '0.0.0.0/0' : '::/0' };
}
