import { getDomain } from 'tldts';
import { compact } from '../core/json/json.ts';
import { hasPorts } from '../core/network/network.ts';
import type { FlowEnds, Rule } from '../model/policy.ts';
import { cidrText, parseNetwork } from './address.ts';
import { suffixesOf, widestBlock } from './index-flows.ts';

/** Ports that carry everything: denying one to the whole world is no rule anybody wants. */
const COMMON_PORTS: ReadonlySet<number> = new Set([53, 80, 443]);
/** One address in this many of a network must have been seen: two neighbours say nothing about the other 254. */
const LEAST_FILLED = 4;
const TRANSPORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp', 'icmp', 'icmp6']);
/** Names come from logs: only what every target can take as a name becomes a rule. */
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})+$/;

/** All deny rules that can be part of a smallest answer. `good` keeps networks and sources honest. */
export function denyCandidates(bad: readonly FlowEnds[], good: readonly FlowEnds[]): readonly Rule[] {
  const goodIps = new Set(good.flatMap(({ ip }) => ip ?? []));
  const rules = [
    ...bad.flatMap((flow) => [...destinationRules(flow), ...nameRules(flow), ...portRules(flow)]),
    ...networks(bad).filter((network) => !holdsAny(network, goodIps)),
    ...sourceRules(bad, good),
  ];
  return unique(rules.map((rule) => ({ ...rule, action: 'deny' as const })));
}

/** Allow rules for good flows: single destinations, well-filled networks, names. Never a port or a source as a whole. */
export function allowCandidates(good: readonly FlowEnds[]): readonly Rule[] {
  const rules = [
    ...good.flatMap((flow) => [...destinationRules(flow).slice(0, 1), ...nameRules(flow)]),
    ...networks(good).filter(({ ports }) => ports !== undefined),
  ];
  return unique(rules.map((rule) => ({ ...rule, action: 'allow' as const })));
}

type Part = Omit<Rule, 'action'>;

function known(transport: string | undefined): string | undefined {
  return transport !== undefined && TRANSPORTS.has(transport) ? transport : undefined;
}

/** Narrowest first: port and transport, transport, the whole address. A port needs its transport to mean something. */
function destinationRules({ ip, port, transport: stated }: FlowEnds): readonly Part[] {
  if (ip === undefined || parseNetwork(ip) === undefined) return [];
  const transport = known(stated);
  if (transport === undefined) return [{ destination: ip }];
  const whole = { destination: ip };
  const narrow =
    port === undefined || !hasPorts(transport)
      ? { ...whole, transport }
      : { ...whole, transport, ports: [port, port] as const };
  return [narrow, whole];
}

/** The name and the names above it, up to the one that somebody registered. */
function nameRules({ domain }: FlowEnds): readonly Part[] {
  if (domain === undefined || !NAME.test(domain)) return [];
  const registered = getDomain(domain, { allowPrivateDomains: true }) ?? domain;
  return suffixesOf(domain)
    .filter((name) => name.length >= registered.length)
    .map((name) => ({ domain: name }));
}

function portRules({ port, transport: stated }: FlowEnds): readonly Part[] {
  const transport = known(stated);
  if (port === undefined || transport === undefined || !hasPorts(transport) || COMMON_PORTS.has(port)) return [];
  return [{ transport, ports: [port, port] }];
}

/** Smallest networks around several destinations, for any port and for each port that all of them share. */
function networks(flows: readonly FlowEnds[]): readonly Part[] {
  const services = new Map<string, { part: Part; ips: Set<string> }>();
  for (const flow of flows) {
    for (const { destination, ...part } of destinationRules(flow)) {
      const key = JSON.stringify(part);
      const service = services.get(key) ?? { part, ips: new Set<string>() };
      services.set(key, service);
      if (destination !== undefined) service.ips.add(destination);
    }
  }
  return [...services.values()].flatMap(({ part, ips }) =>
    smallestNetworks([...ips]).map((destination) => ({ ...part, destination })),
  );
}

function smallestNetworks(ips: readonly string[]): readonly string[] {
  const byMembers = new Map<string, string>();
  for (const [bits, ofFamily] of [
    [32, ips.filter((ip) => !ip.includes(':'))],
    [128, ips.filter((ip) => ip.includes(':'))],
  ] as const) {
    const widest = widestBlock(bits === 32 ? '' : ':');
    for (let length = bits - 1; length >= widest; length--) {
      const blocks = new Map<string, string[]>();
      for (const ip of ofFamily) {
        const block = cidrText(ip, length);
        blocks.set(block, [...(blocks.get(block) ?? []), ip]);
      }
      for (const [block, inside] of blocks) {
        const members = inside.join(' ');
        const isFilled = inside.length > 1 && inside.length * LEAST_FILLED >= 2 ** (bits - length);
        if (isFilled && !byMembers.has(members)) byMembers.set(members, block);
      }
    }
  }
  return [...byMembers.values()];
}

function holdsAny({ destination }: Part, ips: ReadonlySet<string>): boolean {
  const length = Number(destination?.split('/')[1]);
  for (const ip of ips) {
    const sameFamily = ip.includes(':') === (destination?.includes(':') ?? false);
    if (sameFamily && cidrText(ip, length) === destination) return true;
  }
  return false;
}

/**
 * A source is cut off as a whole only where its own good traffic was seen, so that the price is known; it is told apart at
 * a destination only where others use that destination well.
 */
function sourceRules(bad: readonly FlowEnds[], good: readonly FlowEnds[]): readonly Part[] {
  const service = ({ ip, port, transport }: FlowEnds): string => `${ip}|${port}|${transport}`;
  const seen = new Set(good.flatMap(({ source }) => source ?? []));
  const users = new Map<string, Set<string | undefined>>();
  for (const flow of good) users.set(service(flow), (users.get(service(flow)) ?? new Set()).add(flow.source));
  return bad.flatMap((flow): readonly Part[] => {
    const { source } = flow;
    if (source === undefined || parseNetwork(source) === undefined) return [];
    const shared = [...(users.get(service(flow)) ?? [])].some((user) => user !== source);
    const [narrow] = destinationRules(flow);
    return [
      ...(seen.has(source) ? [{ source }] : []),
      ...(shared && narrow !== undefined ? [{ ...narrow, source }] : []),
    ];
  });
}

function unique(rules: readonly Rule[]): readonly Rule[] {
  return [...new Map(rules.map((rule) => [keyOfRule(rule), compact(rule)])).values()];
}

export function keyOfRule({ action, source, destination, domain, names, ports, transport }: Rule): string {
  return [action, source, destination, domain, names, ports, transport].map((part) => String(part ?? '')).join('|');
}
