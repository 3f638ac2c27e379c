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

const BAR = '|'.charCodeAt(0);

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
  #lastKey = '';
  #lastHashes = hashesOf('');

  /** Whether a sighting of this key can still be remembered. */
  takes(key: string): boolean {
    const { kind, whole } = this.#hashesOf(key);
    return (whole & (this.#kinds.get(kind)?.mask ?? 0)) === 0;
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

  /** Of a key that is taken right after it was asked about, once. */
  #hashesOf(key: string): Hashes {
    if (key !== this.#lastKey) {
      this.#lastHashes = hashesOf(key);
      this.#lastKey = key;
    }
    return this.#lastHashes;
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

/** FNV-1a of the whole key, and of the word before its first bar. */
function hashesOf(key: string): Hashes {
  let hash = 0x811c9dc5;
  let kind = 0;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (kind === 0 && code === BAR) kind = hash;
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  // The low bits of FNV alone follow the last characters.
  return { kind, whole: (hash ^ (hash >>> 15)) >>> 0 };
}
