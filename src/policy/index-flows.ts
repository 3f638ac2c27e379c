import type { FlowEnds, Rule } from '../model/policy.ts';
import { cidrText } from './address.ts';
import { matcher } from './rule.ts';

/** Finds the flows that a rule matches without trying all of them. */
export class FlowIndex {
  readonly #flows: readonly FlowEnds[];
  readonly #byKey = new Map<string, number[]>();

  constructor(flows: readonly FlowEnds[]) {
    this.#flows = flows;
    flows.forEach((flow, index) => {
      for (const key of keysOf(flow)) {
        const list = this.#byKey.get(key);
        if (list === undefined) this.#byKey.set(key, [index]);
        else list.push(index);
      }
    });
  }

  /** Indexes, ascending. */
  matching(rule: Rule): readonly number[] {
    const matches = matcher(rule);
    const key = keyFor(rule);
    const pool = key === undefined ? this.#flows.map((_, index) => index) : (this.#byKey.get(key) ?? []);
    return pool.filter((index) => matches(this.#flows[index] ?? {}));
  }
}

function* keysOf({ ip, domain, port, source }: FlowEnds): Generator<string> {
  if (ip !== undefined) {
    yield `ip ${ip}`;
    yield `near ${blockOf(ip)}`;
  }
  if (port !== undefined) yield `port ${port}`;
  if (source !== undefined) yield `source ${source}`;
  for (const name of suffixesOf(domain)) yield `name ${name}`;
}

/** The name and every name above it. */
export function suffixesOf(domain: string | undefined): readonly string[] {
  if (domain === undefined) return [];
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** The block in which destinations are ever put together by one rule. */
export const widestBlock = (ip: string): number => (ip.includes(':') ? 64 : 24);

function blockOf(ip: string): string {
  return cidrText(ip, widestBlock(ip));
}

function keyFor({ destination, domain, ports, source }: Rule): string | undefined {
  if (domain !== undefined) return `name ${domain}`;
  if (destination !== undefined && !destination.includes('/')) return `ip ${destination}`;
  if (destination !== undefined) {
    const [ip = '', length = ''] = destination.split('/');
    return Number(length) >= widestBlock(ip) ? `near ${blockOf(ip)}` : undefined;
  }
  if (ports !== undefined && ports[0] === ports[1]) return `port ${ports[0]}`;
  return source === undefined || source.includes('/') ? undefined : `source ${source}`;
}
