import type { Micros } from '../model/time.ts';

/** The moment lies in [lo, hi] of a domain's own time. */
export interface Moment {
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

interface Sighting extends Moment {
  readonly domain: string;
  readonly key: string;
  readonly hash: number;
  readonly n: number | undefined;
  readonly total: 'none' | 'one' | 'counted';
}

/** Sightings whose keys begin with the same word. Only keys whose hash ends in zeros under `mask` are remembered. */
interface Kind {
  mask: number;
  sightings: Sighting[];
  /** How often each key was seen, by domain. */
  readonly counts: Map<string, Map<string, number>>;
}

/**
 * Collects sightings, and where there are too many of a kind thins them out by key, so that what is left of one domain still
 * meets what is left of the others. The result does not depend on the order of the events.
 */
export class Sightings {
  readonly #kinds = new Map<number, Kind>();
  #latest: Hashes & { readonly key: string } = { key: '', kind: 0, whole: 0 };

  /** Whether a sighting of this key can still be remembered. */
  takes(key: string): boolean {
    const { kind, whole } = this.#hashesOf(key);
    return (whole & (this.#kinds.get(kind)?.mask ?? 0)) === 0;
  }

  /** The same for a key that need not be put together: what it begins with, and the first characters of a text. */
  takesParts({ kind, hash }: KeyBeginning, text: string, length = text.length): boolean {
    const mask = this.#kinds.get(kind)?.mask ?? 0;
    return mask === 0 || (mixed(hashOn(hash, text, length)) & mask) === 0;
  }

  /** A key that is taken is mostly added next. */
  #hashesOf(key: string): Hashes {
    if (this.#latest.key !== key) this.#latest = { key, ...hashesOf(key) };
    return this.#latest;
  }

  /** The first of its key in its domain. */
  once(domain: string, key: string, moment: Moment): void {
    this.#add(domain, key, moment, { numbered: false, total: 'none' });
  }

  /** As `once`, and pairs only with the single one of a domain that numbers its own. */
  first(domain: string, key: string, moment: Moment): void {
    this.#add(domain, key, moment, { numbered: false, total: 'one' });
  }

  /** Every one, numbered in order of appearance. */
  numbered(domain: string, key: string, moment: Moment): void {
    this.#add(domain, key, moment, { numbered: true, total: 'none' });
  }

  /** Numbered as well, but pairs only with a domain that counts as many. */
  paired(domain: string, key: string, moment: Moment): void {
    this.#add(domain, key, moment, { numbered: true, total: 'counted' });
  }

  all(): Observation[] {
    const out: Observation[] = [];
    for (const { sightings, counts } of this.#kinds.values())
      for (const sighting of sightings) out.push(observationOf(sighting, counts));
    return out;
  }

  #add(
    domain: string,
    key: string,
    { lo, hi }: Moment,
    how: { readonly numbered: boolean; readonly total: Sighting['total'] },
  ): void {
    const { kind: kindHash, whole } = this.#hashesOf(key);
    const kind = this.#kindOf(kindHash);
    if ((whole & kind.mask) !== 0) return;
    const counts = kind.counts.get(domain) ?? new Map<string, number>();
    if (counts.size === 0) kind.counts.set(domain, counts);
    const before = counts.get(key) ?? 0;
    if (before > 0 && !how.numbered) return;
    counts.set(key, before + 1);
    const n = how.numbered ? before + 1 : how.total === 'one' ? 1 : undefined;
    kind.sightings.push({ domain, key, hash: whole, lo, hi, n, total: how.total });
    while (kind.sightings.length > MOST_OF_A_KIND && kind.mask < 0xffff) thinOut(kind);
  }

  #kindOf(hash: number): Kind {
    let kind = this.#kinds.get(hash);
    if (kind === undefined) {
      kind = { mask: 0, sightings: [], counts: new Map() };
      this.#kinds.set(hash, kind);
    }
    return kind;
  }
}

function observationOf({ domain, key, lo, hi, n, total }: Sighting, counts: Kind['counts']): Observation {
  const numbered = n === undefined ? key : `${key}|#${n}`;
  if (total === 'none') return { domain, key: numbered, lo, hi };
  return { domain, key: numbered, lo, hi, total: total === 'one' ? 1 : (counts.get(domain)?.get(key) ?? 0) };
}

/** Forgets every second key. */
function thinOut(kind: Kind): void {
  kind.mask = kind.mask * 2 + 1;
  kind.sightings = kind.sightings.filter(({ hash }) => (hash & kind.mask) === 0);
  for (const counts of kind.counts.values())
    for (const key of counts.keys()) if ((hashesOf(key).whole & kind.mask) !== 0) counts.delete(key);
}

interface Hashes {
  readonly kind: number;
  readonly whole: number;
}

/** What the keys of many sightings begin with, a bar at least. */
export interface KeyBeginning {
  readonly text: string;
  readonly kind: number;
  readonly hash: number;
}

export function keyBeginning(text: string): KeyBeginning {
  return { text, kind: hashesOf(text).kind, hash: hashOn(FIRST_HASH, text, text.length) };
}

/** FNV-1a of the whole key, and of the word before its first bar. */
function hashesOf(key: string): Hashes {
  const bar = key.indexOf('|');
  const kind = bar < 0 ? 0 : hashOn(FIRST_HASH, key, bar);
  return { kind, whole: mixed(hashOn(FIRST_HASH, key, key.length)) };
}

const FIRST_HASH = 0x811c9dc5;

function hashOn(before: number, text: string, length: number): number {
  let hash = before;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** The low bits of FNV alone follow the last characters. */
function mixed(hash: number): number {
  return (hash ^ (hash >>> 15)) >>> 0;
}
