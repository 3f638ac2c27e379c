import { endText } from '../core/findings/findings.ts';
import type { FlowEnds, Rule } from '../model/policy.ts';
import { holds, type Network, parseNetwork } from './address.ts';

/** A test of a rule against many flows: addresses are parsed once. */
export function matcher(rule: Rule): (flow: FlowEnds) => boolean {
  const source = networkIn(rule.source);
  const destination = networkIn(rule.destination);
  const except = (rule.except ?? []).map(networkIn);
  return (flow) => {
    if (rule.transport !== undefined && flow.transport !== rule.transport) return false;
    if (rule.ports !== undefined) {
      if (flow.port === undefined || flow.port < rule.ports[0] || flow.port > rule.ports[1]) return false;
    }
    if (rule.domain !== undefined && !isNamed(flow.domain, rule)) return false;
    if (rule.source !== undefined && !inside(source, flow.source)) return false;
    // The network of everything holds a destination that no record states, too.
    if (rule.destination === undefined || (destination?.length === 0 && flow.ip === undefined)) return true;
    return inside(destination, flow.ip) && !except.some((network) => inside(network, flow.ip));
  };
}

function isNamed(name: string | undefined, { domain, names }: Rule): boolean {
  if (name === undefined) return false;
  if (name === domain) return names !== 'below';
  return names !== 'exact' && name.endsWith(`.${domain}`);
}

function networkIn(text: string | undefined): Network | undefined {
  return text === undefined ? undefined : parseNetwork(text);
}

function inside(network: Network | undefined, ip: string | undefined): boolean {
  return network !== undefined && ip !== undefined && holds(network, ip);
}

/** A rule in words: `deny tcp to 198.51.100.9 port 3333`. */
export function ruleText(rule: Rule): string {
  const except = (rule.except ?? []).length === 0 ? '' : ` except ${(rule.except ?? []).join(', ')}`;
  const parts = [
    rule.action,
    rule.transport ?? '',
    rule.source === undefined ? '' : `from ${rule.source}`,
    rule.domain === undefined ? '' : `to ${nameText(rule)}`,
    rule.destination === undefined ? '' : `to ${rule.destination}${except}`,
    rule.domain === undefined && rule.destination === undefined ? 'to anywhere' : '',
    rule.ports === undefined ? '' : `port ${portsText(rule.ports)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function nameText({ domain, names }: Rule): string {
  if (names === 'exact') return `${domain}`;
  return names === 'below' ? `names below ${domain}` : `${domain} and below`;
}

export function portsText([from, to]: readonly [number, number], dash = '-'): string {
  return from === to ? String(from) : `${from}${dash}${to}`;
}

/** Where a flow goes, in words. */
export function placeText(ends: FlowEnds): string {
  const { ip, domain, transport } = ends;
  if (ip === undefined && domain === undefined) return 'destination not recorded';
  const via = domain === undefined || ip === undefined ? '' : ` at ${ip}`;
  return `${endText(ends)}${via}${transport === undefined ? '' : ` ${transport}`}`;
}
