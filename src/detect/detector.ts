import type { DnsEvent, Event, InventoryEvent, LeaseEvent, NetworkEvent } from '../model/event.ts';
import { type Finding, SEVERITIES, type Severity, type ViolatingEvent } from '../model/violation.ts';
import { type Facts, factsOf, sidesOf } from './facts.ts';
import { type CompiledRule, compileRules, matches } from './match.ts';
import { describeNetwork, type Network } from './network.ts';
import { createRelayLedger } from './relays.ts';
import type { Rule, RulePack } from './schema.ts';
import { isVerdict } from './verdict.ts';

export interface DetectorContext {
  readonly inventory: readonly InventoryEvent[];
  readonly leases?: readonly LeaseEvent[];
}

export interface Detector {
  /** Why this event is a violation; undefined when it is none. The order of events changes nothing. */
  observe(event: Event): Finding | undefined;
  /**
   * Is this query, found to be a violation, only the first leg of one that another log states again: its server passed it
   * on, and a server that passed it on no more logged it too? Ask when all events have been observed.
   */
  isRelayed(event: DnsEvent): boolean;
}

export function createDetector(packs: readonly RulePack[], context: DetectorContext): Detector {
  const rules = compileRules(packs);
  const network = describeNetwork(context.inventory, context.leases ?? []);
  const relays = createRelayLedger();
  return {
    isRelayed: relays.isRelayed,
    observe(event) {
      if (event.kind === 'dns') return observeDns(event);
      if (event.kind !== 'network' && event.kind !== 'process') return undefined;
      if (isVerdict(event)) return judgeVerdict(event, rules, network);
      return event.kind === 'process' ? undefined : judgeTraffic(event, rules, network);
    },
  };

  function observeDns(event: DnsEvent): Finding | undefined {
    if (isVerdict(event)) return judgeVerdict(event, rules, network);
    if (event.op === 'answer') return undefined;
    const finding = strongest(factsOf(event), rules, { network, weakest: 'medium' });
    if (finding !== undefined) relays.note(event);
    // Only the question is a violation: forwards and answers repeat it.
    return event.op === 'query' ? finding : undefined;
  }
}

/** A sensor's own verdict stands; the packs only say what kind of violation it is. */
function judgeVerdict(event: ViolatingEvent, rules: readonly CompiledRule[], network: Network): Finding | undefined {
  const facts = factsOf(event);
  const match = rules.find((rule) => matches(rule, facts, { network, verdict: true }))?.rule;
  // Host sensors also alert on files and users; only what concerns the network is ours.
  const networked = event.kind !== 'process' || facts.serverIp !== undefined || facts.domains.length > 0;
  if (match === undefined && !networked) return undefined;
  return {
    rule: sensorRule(event),
    category: match?.category ?? 'policy-violation',
    severity: match?.severity ?? sensorSeverity(event) ?? 'low',
    strength: 'verdict',
    attack: match?.attack ?? [],
    atlas: match?.atlas ?? [],
  };
}

function sensorRule(event: ViolatingEvent): Finding['rule'] {
  const id = event.rule?.id?.trim() || event.rule?.name?.trim();
  const name = event.rule?.name?.trim() || event.rule?.id?.trim();
  const raw = event.kind === 'network' ? event.actionRaw?.trim() : undefined;
  const fallback = raw || (event.kind === 'process' ? event.action : event.action) || 'alert';
  return { id: id || `${event.format}:${fallback}`, name: name || `${event.format} ${fallback}` };
}

function sensorSeverity(event: ViolatingEvent): Severity | undefined {
  if (event.kind === 'dns' || event.severity === undefined) return undefined;
  return SEVERITIES[event.severity];
}

/**
 * Proxy logs state each request once, so medium rules convict. Other sensors' records of passed traffic are context:
 * medium rules convict only where the sensor says that it let the traffic through, and a DNS answer never does.
 */
function judgeTraffic(event: NetworkEvent, rules: readonly CompiledRule[], network: Network): Finding | undefined {
  if (event.type === 'proxy' && event.http?.status === 407) return undefined;
  if (event.type === 'dns' && !isQuestion(event)) return undefined;
  const medium = event.type === 'proxy' || (event.action === 'allow' && event.type !== 'dns');
  return strongest(factsOf(event), rules, { network, weakest: medium ? 'medium' : 'strong' });
}

function isQuestion(event: NetworkEvent): boolean {
  if (event.dns === undefined || event.dns.answers !== undefined) return false;
  const { server, client } = sidesOf(event);
  return client.port !== 53 && (server.port === undefined || server.port === 53 || server.port === 5353);
}

interface Bar {
  readonly network: Network;
  readonly weakest: 'medium' | 'strong';
}

function strongest(facts: Facts, rules: readonly CompiledRule[], { network, weakest }: Bar): Finding | undefined {
  let best: Rule | undefined;
  let approved: boolean | undefined;
  for (const compiled of rules) {
    const { strength } = compiled.rule;
    if (strength !== 'strong' && (strength !== 'medium' || weakest === 'strong' || best !== undefined)) continue;
    if (!matches(compiled, facts, { network, verdict: false })) continue;
    if (strength === 'strong') return findingOf(compiled.rule);
    approved ??= network.isApproved(facts.serverIp, facts.domains[0]) ?? false;
    // What the operator approved is only overruled by a strong rule.
    if (!approved) best = compiled.rule;
  }
  return best === undefined ? undefined : findingOf(best);
}

function findingOf(rule: Rule): Finding {
  const { id, name, category, severity, attack, atlas } = rule;
  const strength = rule.strength;
  return { rule: { id, name }, category, severity, strength, attack, atlas };
}
