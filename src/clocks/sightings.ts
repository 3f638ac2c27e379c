import type { Micros } from '../model/time.ts';

/** The moment lies in [lo, hi] of a domain's own time. */
interface Moment {
  readonly lo: Micros;
  readonly hi: Micros;
}

/** One sighting of something that other clocks may have seen as well. Equal keys are one moment, whatever the stamps say. */
export interface Observation extends Moment {
  readonly domain: string;
  readonly key: string;
  /** How often the numbered key occurs in its domain; pairs need equal totals. */
  readonly total?: number;
}

/** Sightings of one kind that are remembered; some ten thousands place a clock as well as millions. */
const MOST_OF_A_KIND = 60_000;
/** Of those that only all together tell something: as many differences as are looked at come of fewer. */
const MOST_REACHING = 20_000;
/** So many times as many are expected of a kind that is thinned out beforehand: that there were too many is then as good as certain. */
const SURPLUS = 1.5;
const MOST_THINNED = 0xffff;

interface Sighting extends Moment {
  readonly domain: string;
  readonly key: string;
}

/** What was seen of many moments by all clocks. */
export interface Sighted {
  /** Sightings of keys that several domains have: others tell nothing of another clock. */
  readonly meeting: readonly Observation[];
  /** Sightings that are moments of the same kind rather than the same moment: which belong together, all of them must tell. */
  readonly reaching: readonly Observation[];
  /** The stamps of these and of all others. */
  eachStamp(visit: (domain: string, lo: Micros, hi: Micros) => void): void;
}

type Total = 'none' | 'one' | 'counted';

export interface How {
  readonly numbered: boolean;
  readonly total: Total;
  readonly isEach?: true;
}

export const HOW = {
  /** The first of its key in its domain. */
  once: { numbered: false, total: 'none' },
  /** As `once`, and pairs only with the single one of a domain that numbers its own. */
  first: { numbered: false, total: 'one' },
  /** Every one, under the same key. */
  each: { numbered: false, total: 'none', isEach: true },
  /** Every one, numbered in order of appearance. */
  numbered: { numbered: true, total: 'none' },
  /** Numbered as well, but pairs only with a domain that counts as many. */
  paired: { numbered: true, total: 'counted' },
} as const satisfies Record<string, How>;

/** Sightings whose keys begin with the same word. Only keys whose hash ends in zeros under `mask` are remembered. */
export interface Kind {
  mask: number;
  readonly most: number;
  readonly rows: Rows;
  /** How often each key was seen, by domain. */
  readonly counts: Map<string, Map<string, number>>;
}

/** Sightings in columns: of the hundred thousands of a long night few meet others. */
interface Rows {
  readonly domains: string[];
  readonly keys: string[];
  readonly lo: Micros[];
  readonly hi: Micros[];
  /** From 1; 0 where the key is not numbered. */
  readonly n: number[];
  readonly totals: Total[];
}

/**
 * Collects sightings, and where there are too many of a kind thins them out by key, so that what is left of one domain still
 * meets what is left of the others. The result does not depend on the order of the events.
 */
export class Sightings {
  readonly #kinds = new Map<number, Kind>();
  /** The masks that kinds begin with, see `presume`. */
  readonly #presumed = new Map<number, number>();
  /** The kind that was asked for last: of one after the other many are. */
  #last: { readonly hash: number; readonly kind: Kind | undefined } = { hash: 0, kind: undefined };

  /** Where a sighting of this key is remembered; undefined where it no longer is. */
  kindTaking(key: string): Kind | undefined {
    const kind = this.#kindOf(kindOf(key));
    return fits(key, kind.mask) ? kind : undefined;
  }

  /**
   * Whether a key would be remembered that need not be put together: what it begins with, and the first characters of a text. Once
   * false, always false.
   */
  takesParts({ kind, hash }: KeyBeginning, text: string, length = text.length): boolean {
    const mask = this.#maskOf(kind);
    return mask === 0 || (mixed(hashOn(hash, text, length)) & mask) === 0;
  }

  /** The same for the hash of a whole key. Once false, always false. */
  takesHash({ kind }: KeyBeginning, hash: number): boolean {
    if (this.#last.hash !== kind || this.#last.kind === undefined)
      this.#last = { hash: kind, kind: this.#kinds.get(kind) };
    return (mixed(hash) & (this.#last.kind?.mask ?? this.#presumed.get(kind) ?? 0)) === 0;
  }

  /** How many sightings of each kind are remembered. */
  sizes(): ReadonlyMap<number, number> {
    return new Map(Array.from(this.#kinds, ([kind, { rows }]) => [kind, rows.keys.length]));
  }

  /** Thins kinds out beforehand of which so many sightings are to come: most of these need not be remembered for a while. */
  presume(sizes: ReadonlyMap<number, number>): void {
    for (const [hash, size] of sizes) {
      let mask = this.#presumed.get(hash) ?? 0;
      while (size > MOST_OF_A_KIND * SURPLUS * 2 * (mask + 1) && mask < MOST_THINNED) mask = mask * 2 + 1;
      if (mask === 0) continue;
      this.#presumed.set(hash, mask);
      const kind = this.#kinds.get(hash);
      while (kind !== undefined && kind.mask < mask) thinOut(kind);
    }
  }

  /** Whether fewer came than were presumed: the same must be collected again without. */
  get isMistaken(): boolean {
    return [...this.#presumed].some(([hash, mask]) => this.#maskOf(hash) <= mask);
  }

  sighted(): Sighted {
    return {
      meeting: this.#meeting((hash) => !REACHING.has(hash)),
      reaching: this.#meeting((hash) => REACHING.has(hash)),
      eachStamp: (visit) => this.#eachStamp(visit),
    };
  }

  #meeting(isWanted: (hash: number) => boolean): Observation[] {
    const out: Observation[] = [];
    for (const [hash, { rows, counts }] of this.#kinds) {
      if (!isWanted(hash)) continue;
      const shared = sharedKeys(counts);
      if (shared.size === 0) continue;
      for (let i = 0; i < rows.keys.length; i++)
        if (shared.has(rows.keys[i] ?? '')) out.push(observationOf(rows, i, counts));
    }
    return out;
  }

  #eachStamp(visit: (domain: string, lo: Micros, hi: Micros) => void): void {
    for (const [hash, { rows }] of this.#kinds)
      for (let i = 0; i < rows.keys.length && !REACHING.has(hash); i++)
        visit(rows.domains[i] ?? '', rows.lo[i] as Micros, rows.hi[i] as Micros);
  }

  #maskOf(hash: number): number {
    return this.#kinds.get(hash)?.mask ?? this.#presumed.get(hash) ?? 0;
  }

  /** `kind`: the one that takes the key. */
  add(kind: Kind, { domain, key, lo, hi }: Sighting, how: How): void {
    const counts = kind.counts.get(domain) ?? new Map<string, number>();
    if (counts.size === 0) kind.counts.set(domain, counts);
    const before = counts.get(key) ?? 0;
    if (before > 0 && !how.numbered && how.isEach !== true) return;
    counts.set(key, before + 1);
    const { rows } = kind;
    rows.domains.push(domain);
    rows.keys.push(key);
    rows.lo.push(lo);
    rows.hi.push(hi);
    rows.n.push(how.numbered ? before + 1 : how.total === 'one' ? 1 : 0);
    rows.totals.push(how.total);
    while (rows.keys.length > kind.most && kind.mask < MOST_THINNED) thinOut(kind);
  }

  #kindOf(hash: number): Kind {
    let kind = this.#kinds.get(hash);
    if (kind === undefined) {
      kind = {
        mask: this.#presumed.get(hash) ?? 0,
        most: REACHING.has(hash) ? MOST_REACHING : MOST_OF_A_KIND,
        rows: { domains: [], keys: [], lo: [], hi: [], n: [], totals: [] },
        counts: new Map(),
      };
      this.#kinds.set(hash, kind);
    }
    return kind;
  }
}

/** Keys that more than one domain has. */
function sharedKeys(counts: Kind['counts']): ReadonlySet<string> {
  const shared = new Set<string>();
  if (counts.size < 2) return shared;
  const seen = new Set<string>();
  for (const keys of counts.values())
    for (const key of keys.keys()) {
      if (seen.has(key)) shared.add(key);
      else seen.add(key);
    }
  return shared;
}

function observationOf({ domains, keys, lo, hi, n, totals }: Rows, i: number, counts: Kind['counts']): Observation {
  const domain = domains[i] ?? '';
  const key = keys[i] ?? '';
  const moment = { lo: lo[i] as Micros, hi: hi[i] as Micros };
  const numbered = (n[i] ?? 0) === 0 ? key : `${key}|#${n[i]}`;
  const total = totals[i];
  if (total === 'none') return { domain, key: numbered, ...moment };
  return { domain, key: numbered, ...moment, total: total === 'one' ? 1 : (counts.get(domain)?.get(key) ?? 0) };
}

/** Forgets every second key. */
function thinOut(kind: Kind): void {
  kind.mask = kind.mask * 2 + 1;
  const { domains, keys, lo, hi, n, totals } = kind.rows;
  let left = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? '';
    if (!fits(key, kind.mask)) continue;
    keys[left] = key;
    domains[left] = domains[i] ?? '';
    lo[left] = lo[i] as Micros;
    hi[left] = hi[i] as Micros;
    n[left] = n[i] ?? 0;
    totals[left] = totals[i] ?? 'none';
    left++;
  }
  for (const column of [domains, keys, lo, hi, n, totals]) column.length = left;
  for (const counts of kind.counts.values())
    for (const key of counts.keys()) if (!fits(key, kind.mask)) counts.delete(key);
}

/** Of sightings that are all at hand. */
export function sightedOf(observations: readonly Observation[]): Sighted {
  return {
    meeting: observations,
    reaching: [],
    eachStamp: (visit) => {
      for (const { domain, lo, hi } of observations) visit(domain, lo, hi);
    },
  };
}

export function together(a: Sighted, b: Sighted): Sighted {
  return {
    meeting: [...a.meeting, ...b.meeting],
    reaching: [...a.reaching, ...b.reaching],
    eachStamp: (visit) => {
      a.eachStamp(visit);
      b.eachStamp(visit);
    },
  };
}

/** Whether a key is one of those that are remembered; as long as all are, none is hashed. */
function fits(key: string, mask: number): boolean {
  return mask === 0 || (mixed(hashOn(FIRST_HASH, key, key.length)) & mask) === 0;
}

/** What the keys of many sightings begin with, a bar at least. */
export interface KeyBeginning {
  readonly text: string;
  readonly kind: number;
  readonly hash: number;
}

export function keyBeginning(text: string): KeyBeginning {
  return { text, kind: kindOf(text), hash: hashOn(FIRST_HASH, text, text.length) };
}

const FIRST_HASH = 0x811c9dc5;

/** The word before the first bar, as a number. */
function kindOf(key: string): number {
  return hashOn(FIRST_HASH, key, key.indexOf('|'));
}

/** FNV-1a, draft-eastlake-fnv, of what came before and the first characters of a text. */
function hashOn(before: number, text: string, length: number): number {
  let hash = before;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** Kinds whose keys name a host and a far end that it reached, at an address and port, or at an address that a command names. */
const REACHING: ReadonlySet<number> = new Set(['reach|', 'aimed|'].map(kindOf));

/** The low bits of FNV alone follow the last characters. */
function mixed(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}
