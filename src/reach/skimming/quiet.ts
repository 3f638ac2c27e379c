import { type GlanceRules, isOurs, suspects } from '../../core/looks/glance-rules.ts';
import { ownText } from '../../core/text/own-text.ts';
import type { AlertGlance, Glance, LifeGlance, Look, SocketGlance, TrafficGlance } from '../../model/format.ts';
import { LEFT, LIFE, READ } from '../moments/answer.ts';

/** Keys that are remembered as of no interest; more would cost more memory than they save time. */
const MOST_KEYS = 200_000;
/** Addresses whose side is kept, not worked out again. */
const MOST_SIDES = 10_000;

/** A kind of lines that was found not to matter: from inside, from outside, of processes, or of their sockets; or of violations that are counted. */
export interface QuietKey {
  readonly of: 'inside' | 'outside' | 'life' | 'socket' | 'alert';
  readonly key: string;
  readonly known: number;
}

/** Kinds of lines that were read before and did not matter: their like need not be read. */
export class Quiet {
  readonly #rules: GlanceRules;
  /** 1 for each client port whose records are kept for the clocks. */
  readonly ports: Uint8Array;
  readonly #keys = {
    inside: new Map<string, number>(),
    outside: new Map<string, number>(),
    life: new Map<string, number>(),
    socket: new Map<string, number>(),
    alert: new Map<string, number>(),
  };
  readonly #sides = new Map<string, boolean>();

  constructor(rules: GlanceRules, ports: Uint8Array) {
    this.#rules = rules;
    this.ports = ports;
  }

  /** The look, and one for verdicts where it would have a line read, once some of those are counted. */
  looking(look: Look): Look {
    const { verdicts } = look;
    if (verdicts === undefined) return look;
    const { alert } = this.#keys;
    const both = (line: string): Glance | undefined => {
      const glance = look(line);
      if (alert.size === 0 || (glance !== undefined && this.answer(glance) !== READ)) return glance;
      const verdict = verdicts.look(line);
      return verdict !== undefined && alert.has(verdict.key) ? verdict : glance;
    };
    return Object.assign(both, look);
  }

  answer(glance: Glance): number {
    if (glance.kind === 'socket') return this.#leavesSocket(glance) ? LEFT : READ;
    if (glance.kind === 'life') return glance.key === undefined || this.#keys.life.has(glance.key) ? LIFE : READ;
    if (this.isKeptForClocks(glance.port, glance.kind === 'alert' ? 0 : glance.natPort)) return READ;
    const known = this.#keys[glance.kind === 'alert' ? 'alert' : this.sideOf(glance.clientIp)].get(glance.key);
    if (known === undefined) return READ;
    const { url, userAgent } = glance;
    return this.suspects(url, userAgent) ? READ : known;
  }

  /** All lines of one event are answered like its first. */
  #leavesSocket({ key, isLeft }: SocketGlance): boolean {
    return isLeft ?? (key !== undefined && this.#keys.socket.has(key));
  }

  /** Whether rules look for a request: every line with it must be read. */
  suspects(url: string | undefined, userAgent: string | undefined): boolean {
    return (url !== undefined || userAgent !== undefined) && suspects(this.#rules, url, userAgent);
  }

  /** Ports of the client's end, before and after translation; 0 where there is none. */
  isKeptForClocks(port: number, natPort: number): boolean {
    return this.ports[port] === 1 || (natPort > 0 && this.ports[natPort] === 1);
  }

  /** Under which number the like of this is left; undefined where it is not. */
  keyOf(glance: TrafficGlance): number | undefined {
    return this.#keys[this.sideOf(glance.clientIp)].get(glance.key);
  }

  /**
   * `known`: `LEFT`, or the number under which its like is left for a second visit, or counted. Undefined where there is no more room,
   * and for violations that are counted already.
   */
  add(
    glance: TrafficGlance | AlertGlance | Pick<LifeGlance | SocketGlance, 'kind' | 'key'>,
    known: number,
  ): QuietKey | undefined {
    if (glance.key === undefined) return undefined;
    if (glance.kind === 'alert' && !this.#isNewKind(glance)) return undefined;
    const of = glance.kind === 'traffic' ? this.sideOf(glance.clientIp) : glance.kind;
    if (this.#keys[of].size >= MOST_KEYS) return undefined;
    this.#keys[of].set(glance.key, known);
    return { of, key: glance.key, known };
  }

  /** Not that of a request that rules look for: it may be another kind of violation than its like. */
  #isNewKind({ key, url, userAgent }: AlertGlance): boolean {
    return !this.#keys.alert.has(key) && !this.suspects(url, userAgent);
  }

  /** What was added elsewhere. */
  learn(keys: readonly QuietKey[]): void {
    for (const { of, key, known } of keys) this.#keys[of].set(key, known);
  }

  sideOf(clientIp: string): 'inside' | 'outside' {
    let inside = this.#sides.get(clientIp);
    if (inside === undefined) {
      inside = isOurs(this.#rules, clientIp);
      if (this.#sides.size < MOST_SIDES) this.#sides.set(ownText(clientIp), inside);
    }
    return inside ? 'inside' : 'outside';
  }
}
