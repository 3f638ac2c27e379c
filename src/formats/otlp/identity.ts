import { KeyRing } from '../../core/packed/key-ring.ts';
import { RecentKeys } from '../../core/packed/recent-keys.ts';
import { ownText } from '../../core/text/own-text.ts';
import { sharingTexts } from '../../core/text/shared-text.ts';
import { type Attributes, quotedNamed } from './attributes.ts';
import { KIN, KIN_WORDS, putKin } from './kin.ts';
import type { Span } from './message.ts';
import { EPISODE, ownEpisode } from './naming.ts';

/** Spans and traces that are remembered, the last of them. */
const REMEMBERED = 100_000;
const DEEPEST = 100;
const PARENT_WORDS = KIN_WORDS - KIN.parent;
/** Values of a span: its parent, then its key; of a trace: its key. */
const KEY = PARENT_WORDS;
/** Keys that are known by numbers, for each span that is remembered: half of them at most are still asked for. */
const MOST_KEYS = 8;
/** Of a trace that has several: it is useless as a key. */
const SEVERAL = 0xffffffff;

/** What stands for a span when its episode is looked for. */
type Named = Pick<Span, 'traceId' | 'spanId' | 'parentId' | 'resource'>;

/**
 * Which episode a span belongs to: its own attribute, else the nearest ancestor's, across batches. Ids and keys are numbers, because
 * there are very many.
 */
export class EpisodeKeys {
  readonly #spans: KeyRing;
  readonly #traces: RecentKeys;
  /** By number, 0 for none. */
  #keys: string[] = [''];
  readonly #numbers = new Map<string, number>();
  readonly #most: number;
  /** Another one when keys get other numbers. */
  edition = 0;
  readonly #shared = sharingTexts();
  readonly #kin = new Uint32Array(KIN_WORDS);

  constructor(limit = REMEMBERED) {
    this.#most = limit * MOST_KEYS;
    this.#spans = new KeyRing(KIN.parent, limit, PARENT_WORDS + 1);
    this.#traces = new RecentKeys(KIN.span, limit, 1);
  }

  /** The span's own key. */
  learn(span: Span): string | undefined {
    const key = this.keyOf(span.attributes);
    putKin(this.#kin, 0, span);
    this.see(this.#kin, 0, this.numberOf(key));
    return key;
  }

  /** `ownEpisode`, which has few different answers for many spans. */
  keyOf(attributes: Attributes): string | undefined {
    const body = quotedNamed(attributes, EPISODE);
    return body === undefined || body.includes('\\') ? ownEpisode(attributes) : this.#shared(body);
  }

  /** Mostly the same copy of equal names. */
  shared(name: string): string {
    return this.#shared(name);
  }

  /** For `see`; it stays the same until there is another edition. */
  numberOf(key: string | undefined): number {
    if (key === undefined) return 0;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#keys.length > this.#most) this.#renumber();
    const number = this.#keys.push(key) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** Forgets the keys that no span or trace has any more. */
  #renumber(): void {
    const before = this.#keys;
    this.#keys = [''];
    this.#numbers.clear();
    this.edition++;
    for (const [table, n] of [[this.#spans, KEY] as const, [this.#traces, 0] as const]) {
      for (let place = 0; place < table.places; place++) {
        const key = table.value(place, n);
        if (key !== 0 && key !== SEVERAL) table.setValue(place, n, this.numberOf(before[key]));
      }
    }
  }

  /** The same as `learn` of a span whose ids stand among other numbers, see `KIN`. */
  see(kin: Uint32Array, at: number, key: number): void {
    const place = this.#spans.append(kin, at);
    for (let i = 0; i < PARENT_WORDS; i++) this.#spans.setValue(place, i, kin[at + KIN.parent + i] ?? 0);
    this.#spans.setValue(place, KEY, key);
    if (key === 0) return;
    const trace = this.#traces.put(kin, at);
    const isOnly = this.#traces.wasNew || this.#traces.value(trace, 0) === key;
    this.#traces.setValue(trace, 0, isOnly ? key : SEVERAL);
  }

  /** Whether a span was seen, and not long ago. */
  knows(span: Named): boolean {
    putKin(this.#kin, 0, span);
    return this.#spans.find(this.#kin, 0) >= 0;
  }

  /** The key; `open` when an ancestor has not been seen yet and may still name it. */
  find(span: Named): { readonly key: string } | 'open' {
    const kin = this.#kin;
    putKin(kin, 0, span);
    for (let depth = 0; depth < DEEPEST; depth++) {
      const place = this.#spans.find(kin, 0);
      if (place < 0) return 'open';
      const key = this.#spans.value(place, KEY);
      if (key !== 0) return { key: this.#keys[key] ?? '' };
      if (!this.#climb(place)) break;
    }
    return { key: this.last(span) };
  }

  /** Whether a span stands under another one, as far as its ancestors are known. */
  isUnder(span: Span, other: Span): boolean {
    const kin = this.#kin;
    putKin(kin, 0, other);
    const [high, low] = kin.subarray(KIN.span, KIN.parent);
    putKin(kin, 0, span);
    kin.copyWithin(KIN.span, KIN.parent, KIN_WORDS);
    for (let depth = 0; depth < DEEPEST && isId(kin); depth++) {
      if (kin[KIN.span] === high && kin[KIN.span + 1] === low) return true;
      const place = this.#spans.find(kin, 0);
      if (place < 0 || !this.#climb(place)) return false;
    }
    return false;
  }

  /** Turns from a span to its parent; false where there is none. */
  #climb(place: number): boolean {
    for (let i = 0; i < PARENT_WORDS; i++) this.#kin[KIN.span + i] = this.#spans.value(place, i);
    return isId(this.#kin);
  }

  /** The key as far as its ancestors are known. */
  nameOf(span: Named): string {
    const found = this.find(span);
    return found === 'open' ? this.last(span) : found.key;
  }

  /** The only key seen in the trace, else what its resource names, else the trace itself. */
  last(span: Named): string {
    putKin(this.#kin, 0, span);
    const place = this.#traces.find(this.#kin, 0);
    const key = place < 0 ? SEVERAL : this.#traces.value(place, 0);
    if (key !== SEVERAL) return this.#keys[key] ?? '';
    return span.resource.naming.episode ?? ownText(span.traceId);
  }
}

function isId(kin: Uint32Array): boolean {
  return kin[KIN.span] !== 0 || kin[KIN.span + 1] !== 0;
}
