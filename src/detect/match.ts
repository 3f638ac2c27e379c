import { type Cidr, inCidr, parseCidr, parseIp } from '../core/network/ip.ts';
import { remembered } from '../core/text/remembered.ts';
import { SEVERITIES } from '../model/violation.ts';
import type { Facts } from './facts.ts';
import { countGenerated } from './names.ts';
import type { Network } from './network.ts';
import type { Condition, Rule, RulePack } from './schema.ts';

type Side = NonNullable<Condition['server']>;

type Test = (facts: Facts, network: Network) => boolean;

interface CompiledCondition {
  readonly on: ReadonlySet<string>;
  readonly tests: readonly Test[];
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly conditions: readonly CompiledCondition[];
}

const compiled = new WeakMap<readonly RulePack[], readonly CompiledRule[]>();

/** Rules of packs that several ask about are compiled once, and what their patterns answered is remembered for all. */
export function compileRules(packs: readonly RulePack[]): readonly CompiledRule[] {
  const known = compiled.get(packs) ?? orderRules(packs);
  compiled.set(packs, known);
  return known;
}

/** Highest precedence first, then severity, then id: the order of packs and files changes nothing. */
function orderRules(packs: readonly RulePack[]): readonly CompiledRule[] {
  const rules = packs.flatMap((pack) => pack.rules);
  const ordered = [...rules].sort(
    (a, b) => b.precedence - a.precedence || rankOf(b) - rankOf(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  return ordered.map((rule) => ({ rule, conditions: rule.any.map(compileCondition) }));
}

function rankOf(rule: Rule): number {
  return SEVERITIES.indexOf(rule.severity);
}

/** The rules that look at one of these surfaces, each cut down to the conditions that do. */
export function rulesOn(rules: readonly CompiledRule[], surfaces: readonly string[]): readonly CompiledRule[] {
  return rules
    .map(({ rule, conditions }) => ({
      rule,
      conditions: conditions.filter(({ on }) => surfaces.some((surface) => on.has(surface))),
    }))
    .filter(({ conditions }) => conditions.length > 0);
}

/** The patterns by which rules on a surface look at addresses of requests and at the programs that make them. */
export function patternsOn(
  packs: readonly RulePack[],
  surface: Condition['on'][number],
): { readonly urls: readonly RegExp[]; readonly userAgents: readonly RegExp[] } {
  const conditions = packs
    .flatMap(({ rules }) => rules.flatMap(({ any }) => any))
    .filter(({ on }) => on.includes(surface));
  const compiled = (key: 'url' | 'userAgent'): readonly RegExp[] =>
    [...new Set(conditions.flatMap((condition) => condition[key] ?? []))].map((source) => new RegExp(source, 'i'));
  return { urls: compiled('url'), userAgents: compiled('userAgent') };
}

/** Does one of the rule's conditions hold? */
export function matches({ conditions }: CompiledRule, facts: Facts, network: Network): boolean {
  return conditions.some(({ tests }) => tests.every((test) => test(facts, network)));
}

/** Cheap comparisons come first; patterns last. */
function compileCondition(condition: Condition): CompiledCondition {
  const tests = [...fieldTests(condition), ...addressTests(condition), ...textTests(condition)];
  return { on: new Set(condition.on), tests };
}

function fieldTests(condition: Condition): Test[] {
  const { action, types, direction, transport, ports, notPorts, method, qtype, minBytesOut } = condition;
  const tests: Test[] = [];
  if (action !== undefined) tests.push((facts) => action.includes(facts.action));
  if (types !== undefined) tests.push((facts) => types.includes(facts.type));
  if (direction !== undefined)
    tests.push((facts) => facts.direction !== undefined && direction.includes(facts.direction));
  if (transport !== undefined)
    tests.push((facts) => facts.transport !== undefined && transport.includes(facts.transport));
  if (ports !== undefined) tests.push((facts) => facts.port !== undefined && ports.includes(facts.port));
  if (notPorts !== undefined) tests.push((facts) => facts.port === undefined || !notPorts.includes(facts.port));
  if (method !== undefined) tests.push((facts) => facts.method !== undefined && method.includes(facts.method));
  if (qtype !== undefined) tests.push((facts) => facts.qtype !== undefined && qtype.includes(facts.qtype));
  if (minBytesOut !== undefined) tests.push((facts) => facts.bytesOut !== undefined && facts.bytesOut >= minBytesOut);
  return tests;
}

function addressTests(condition: Condition): Test[] {
  const { client, server, addresses, bareIp, approved } = condition;
  const tests: Test[] = [];
  if (approved !== undefined) {
    tests.push((facts, network) => network.isApproved(facts.serverIp, facts.domains[0]) === false);
  }
  if (client !== undefined) tests.push((facts, network) => isOn(facts.clientIp, client, network));
  if (server !== undefined) tests.push((facts, network) => isOn(facts.serverIp, server, network));
  if (addresses !== undefined) tests.push(compileAddresses(addresses));
  if (bareIp !== undefined) tests.push((facts, network) => isOn(facts.hostIp, 'external', network));
  return tests;
}

function isOn(ip: string | undefined, side: Side, network: Network): boolean {
  if (ip === undefined) return side === 'not-internal';
  return network.isInternal(ip) === (side === 'internal');
}

function compileAddresses(addresses: readonly string[]): Test {
  const single = new Set(addresses.map((text) => parseIp(text)).filter((ip) => ip !== undefined));
  const nets = addresses.map((text) => parseCidr(text)).filter((cidr): cidr is Cidr => cidr !== undefined);
  const holds = (ip: string | undefined): boolean =>
    ip !== undefined && (single.has(ip) || nets.some((cidr) => inCidr(ip, cidr)));
  return (facts) => holds(facts.serverIp) || holds(facts.hostIp);
}

/** Sensors write the names of a few rules, and agents ask for the same addresses, millions of times. */
function answersOf(source: string): (text: string) => boolean {
  const regex = new RegExp(source, 'i');
  return remembered((text) => regex.test(text));
}

function textTests(condition: Condition): Test[] {
  const tests: Test[] = [];
  const text = (source: string | undefined, of: (facts: Facts) => string | undefined, wanted: boolean): void => {
    if (source === undefined) return;
    const holds = answersOf(source);
    tests.push((facts) => {
      const value = of(facts);
      return value === undefined ? !wanted : holds(value) === wanted;
    });
  };
  text(condition.rule, (facts) => facts.rule, true);
  domainTests(condition, tests);
  text(condition.url, (facts) => facts.url, true);
  text(condition.notUrl, (facts) => facts.url, false);
  text(condition.userAgent, (facts) => facts.userAgent, true);
  text(condition.command, (facts) => facts.command, true);
  text(condition.notCommand, (facts) => facts.command, false);
  return tests;
}

function domainTests(condition: Condition, tests: Test[]): void {
  const { domain, notDomain, labels } = condition;
  if (notDomain !== undefined) {
    const holds = answersOf(notDomain);
    tests.push((facts) => !facts.domains.some(holds));
  }
  if (domain !== undefined) {
    const holds = answersOf(domain);
    tests.push((facts) => facts.domains.some(holds));
  }
  if (labels !== undefined) {
    tests.push((facts) => facts.domains.some((name) => countGenerated(name, labels) >= labels.count));
  }
}
