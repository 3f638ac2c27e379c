import { type GlanceRules, isOurs, suspects } from '../core/glance-rules.ts';
import type { Glance, TrafficGlance } from '../model/format.ts';
import { LIFE, READ } from './answer.ts';

/** Keys that are remembered as of no interest; more would cost more memory than they save time. */
const MOST_KEYS = 200_000;
/** Addresses whose side is kept, not worked out again. */
const MOST_SIDES = 10_000;

/** Kinds of lines that were read before and did not matter: their like need not be read. */
export class Quiet {
  readonly #rules: GlanceRules;
  readonly #ports: Uint8Array;
  readonly #inside = new Map<string, number>();
  readonly #outside = new Map<string, number>();
  readonly #lives = new Map<string, number>();
  readonly #sides = new Map<string, boolean>();

  /** `ports`: 1 for each client port whose records are kept for the clocks. */
  constructor(rules: GlanceRules, ports: Uint8Array) {
    this.#rules = rules;
    this.#ports = ports;
  }

  answer(glance: Glance): number {
    if (glance.kind === 'socket') return READ;
    if (glance.kind === 'life') return glance.key === undefined || this.#lives.has(glance.key) ? LIFE : READ;
    if (this.#ports[glance.port] === 1 || (glance.natPort > 0 && this.#ports[glance.natPort] === 1)) return READ;
    const known = this.#of(glance).get(glance.key);
    if (known === undefined) return READ;
    const { url, userAgent } = glance;
    return (url === undefined && userAgent === undefined) || !suspects(this.#rules, url, userAgent) ? known : READ;
  }

  /** Under which number the like of this is left; undefined where it is not. */
  keyOf(glance: TrafficGlance): number | undefined {
    return this.#of(glance).get(glance.key);
  }

  /** `known`: `LEFT`, or the number under which its like is left for a second visit. */
  add(glance: Glance, known: number): void {
    const map = glance.kind === 'traffic' ? this.#of(glance) : this.#lives;
    if (glance.kind !== 'socket' && glance.key !== undefined && map.size < MOST_KEYS) map.set(glance.key, known);
  }

  clear(): void {
    for (const map of [this.#inside, this.#outside, this.#lives]) map.clear();
  }

  #of({ clientIp }: TrafficGlance): Map<string, number> {
    let inside = this.#sides.get(clientIp);
    if (inside === undefined) {
      inside = isOurs(this.#rules, clientIp);
      if (this.#sides.size < MOST_SIDES) this.#sides.set(clientIp, inside);
    }
    return inside ? this.#inside : this.#outside;
  }
}
