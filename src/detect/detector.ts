import { type GlanceRules, suspects } from '../core/looks/glance-rules.ts';
import type { Event, InventoryEvent, NetworkEvent } from '../model/event.ts';
import { type Finding, SEVERITIES, type Severity, type ViolatingEvent } from '../model/violation.ts';
import { byteMarksOf, judgedOnce } from './alike.ts';
import { type Facts, factsOf, sidesOf } from './facts.ts';
import { findingsOfRules, findingsOfSensors } from './findings.ts';
import { type CompiledRule, compileRules, matches, patternsOn, rulesOn } from './match.ts';
import { describeNetwork, type Network } from './network.ts';
import type { Rule, RulePack } from './schema.ts';
import { SURFACES, type Surface } from './surfaces.ts';
import { isVerdict } from './verdict.ts';

export interface DetectorContext {
  readonly inventory: readonly InventoryEvent[];
  /** Addresses that sandboxes were given. */
  readonly leased?: Iterable<string>;
}

export interface Detector {
  /** Why this event is a violation; undefined when it is none. The order of events changes nothing. */
  observe(event: Event): Finding | undefined;
  isInternal(ip: string): boolean;
  /** Whether a rule looks for this address or program in traffic that no sensor ruled on. */
  suspects(url: string | undefined, userAgent: string | undefined): boolean;
  /** What these two go by. */
  readonly glanceRules: GlanceRules;
}

export function createDetector(packs: readonly RulePack[], context: DetectorContext): Detector {
  const rules = compileRules(packs);
  const network = describeNetwork(context.inventory, context.leased ?? []);
  const byteMarks = byteMarksOf(packs);
  const first = (select: (surface: Surface) => readonly CompiledRule[]): Bench['verdict'] => {
    const bySurface = rulesBySurface(select);
    const find = (facts: Facts) => bySurface[facts.surface].find((rule) => matches(rule, facts, network))?.rule;
    return judgedOnce(network, byteMarks, find);
  };
  const bench: Bench = {
    network,
    verdict: first((surface) => rulesOn(rules, [surface, 'verdict'])),
    strong: first((surface) => ofStrength(rulesOn(rules, [surface]), 'strong')),
    medium: first((surface) => ofStrength(rulesOn(rules, [surface]), 'medium')),
    found: findingsOfRules(),
    foundBySensor: findingsOfSensors(),
  };
  const glanceRules = { ...network.own, ...patternsOn(packs, 'traffic') };
  return {
    isInternal: (ip) => network.isInternal(ip),
    suspects: (url, userAgent) => suspects(glanceRules, url, userAgent),
    glanceRules,
    observe(event) {
      if (event.kind !== 'network' && event.kind !== 'dns' && event.kind !== 'process') return undefined;
      if (isVerdict(event)) return judgeVerdict(event, bench);
      if (event.kind === 'process') return undefined;
      if (event.kind === 'network') return judgeTraffic(event, bench);
      // Only the question is a violation: forwards and answers repeat it.
      return event.op === 'query' ? judge(factsOf(event), bench, 'medium') : undefined;
    },
  };
}

type RulesBySurface = Readonly<Record<Surface, readonly CompiledRule[]>>;

/** The first rule of a kind that holds where the record was seen. */
interface Bench {
  readonly network: Network;
  readonly verdict: (facts: Facts) => Rule | undefined;
  readonly strong: Bench['verdict'];
  readonly medium: Bench['verdict'];
  readonly found: ReturnType<typeof findingsOfRules>;
  readonly foundBySensor: ReturnType<typeof findingsOfSensors>;
}

function rulesBySurface(select: (surface: Surface) => readonly CompiledRule[]): RulesBySurface {
  const [verdict, dns, proxy, traffic, command] = SURFACES;
  return {
    [verdict]: select(verdict),
    [dns]: select(dns),
    [proxy]: select(proxy),
    [traffic]: select(traffic),
    [command]: select(command),
  };
}

function ofStrength(rules: readonly CompiledRule[], strength: 'strong' | 'medium'): readonly CompiledRule[] {
  return rules.filter(({ rule }) => rule.strength === strength);
}

/** A sensor's own verdict stands; the packs only say what kind of violation it is. */
function judgeVerdict(event: ViolatingEvent, { verdict, foundBySensor }: Bench): Finding | undefined {
  const facts = factsOf(event);
  const match = verdict(facts);
  // Host sensors also alert on files and users; only what concerns the network is ours.
  const networked = event.kind !== 'process' || facts.serverIp !== undefined || facts.domains.length > 0;
  if (match === undefined && !networked) return undefined;
  return foundBySensor(sensorRule(event), match?.severity ?? sensorSeverity(event) ?? 'low', match);
}

function sensorRule(event: ViolatingEvent): Finding['rule'] {
  const id = event.rule?.id?.trim() || event.rule?.name?.trim();
  const name = event.rule?.name?.trim() || event.rule?.id?.trim();
  const raw = event.kind === 'network' ? event.actionRaw?.trim() : undefined;
  const fallback = raw || event.action || 'alert';
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
function judgeTraffic(event: NetworkEvent, bench: Bench): Finding | undefined {
  if (event.type === 'proxy' && event.http?.status === 407) return undefined;
  if (event.type === 'dns' && !isQuestion(event)) return undefined;
  const medium = event.type === 'proxy' || (event.action === 'allow' && event.type !== 'dns');
  return judge(factsOf(event), bench, medium ? 'medium' : 'strong');
}

function isQuestion(event: NetworkEvent): boolean {
  if (event.dns === undefined || event.dns.answers !== undefined) return false;
  const { server, client } = sidesOf(event);
  return client.port !== 53 && (server.port === undefined || server.port === 53 || server.port === 5353);
}

/** Weak rules never convict; what the operator approved is only overruled by a strong one. */
function judge(facts: Facts, bench: Bench, weakest: 'medium' | 'strong'): Finding | undefined {
  const strong = bench.strong(facts);
  if (strong !== undefined) return bench.found(strong);
  if (weakest === 'strong') return undefined;
  const medium = bench.medium(facts);
  if (medium === undefined || bench.network.isApproved(facts.serverIp, facts.domains[0]) === true) return undefined;
  return bench.found(medium);
}
