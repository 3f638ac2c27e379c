import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forgetOldest } from '../../src/core/tools/tool-call.ts';
import { EpisodeKeys } from '../../src/formats/otlp/identity.ts';
import type { Span } from '../../src/formats/otlp/message.ts';
import { ownEpisode } from '../../src/formats/otlp/naming.ts';

const few = { max: 5 };
const hex = (digits: number) => (n: number) => n.toString(16).padStart(digits, 'a');
const spans: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.oneof(fc.nat({ max: 2 }).map(hex(32)), fc.constant('odd')),
    span: fc.nat(few).map(hex(16)),
    parent: fc.option(fc.nat(few).map(hex(16)), { nil: undefined }),
    key: fc.option(fc.constantFrom('one', 'two'), { nil: undefined }),
    resourceName: fc.option(fc.constant('three'), { nil: undefined }),
  })
  .map(({ trace, span, parent, key, resourceName }) => ({
    traceId: trace,
    spanId: span,
    parentId: parent,
    name: '',
    start: undefined,
    end: undefined,
    attributes: new Map(key === undefined ? [] : [['session.id', key]]),
    events: [],
    failed: false,
    resource: {
      attributes: new Map(),
      spanClock: '',
      place: { sandboxId: undefined, containerId: undefined },
      naming: resourceName === undefined ? {} : { episode: resourceName },
    },
  }));

/** The same with maps of texts. */
class Plain {
  readonly #spans: { readonly id: string; readonly parentId: string | undefined; readonly key: string | undefined }[] =
    [];
  readonly #traces = new Map<string, string | null>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  learn({ traceId, spanId, parentId, attributes }: Span): string | undefined {
    const key = ownEpisode(attributes);
    this.#spans.push({ id: `${traceId}/${spanId}`, parentId, key });
    if (this.#spans.length > this.#limit) this.#spans.shift();
    if (key === undefined) return key;
    const before = this.#traces.get(traceId);
    this.#traces.set(traceId, before === undefined || before === key ? key : null);
    forgetOldest(this.#traces, this.#limit);
    return key;
  }

  find(span: Span): { readonly key: string } | 'open' {
    const { traceId, spanId } = span;
    let id: string | undefined = spanId;
    for (let depth = 0; id !== undefined && depth < 100; depth++) {
      const known = this.#known(traceId, id);
      if (known === undefined) return 'open';
      if (known.key !== undefined) return { key: known.key };
      id = known.parentId;
    }
    return { key: this.last(span) };
  }

  isUnder({ traceId, parentId }: Span, { spanId }: Span): boolean {
    let id = parentId;
    for (let depth = 0; id !== undefined && depth < 100; depth++) {
      if (id === spanId) return true;
      id = this.#known(traceId, id)?.parentId;
    }
    return false;
  }

  #known(traceId: string, spanId: string) {
    return this.#spans.findLast(({ id }) => id === `${traceId}/${spanId}`);
  }

  last({ traceId, resource }: Span): string {
    return this.#traces.get(traceId) ?? resource.naming.episode ?? traceId;
  }
}

it('a span is found as in maps of ids (property)', () => {
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (list, limit) => {
      const [keys, plain] = [new EpisodeKeys(limit), new Plain(limit)];
      for (const span of list) expect(keys.learn(span)).toBe(plain.learn(span));
      for (const span of list) {
        expect(keys.find(span)).toEqual(plain.find(span));
        expect(keys.last(span)).toBe(plain.last(span));
        for (const other of list) expect(keys.isUnder(span, other)).toBe(plain.isUnder(span, other));
      }
    }),
    { numRuns: 100 },
  );
});

it('the spans read last are remembered, and no others', () => {
  const keys = new EpisodeKeys(200);
  const [sample] = fc.sample(spans, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error('no sample');
  const at = (n: number): Span => ({ ...sample, traceId: hex(32)(n), spanId: hex(16)(n), parentId: undefined });
  for (let n = 0; n < 1000; n++) keys.learn(at(n));
  expect([799, 800, 999].map((n) => keys.find(at(n)) === 'open')).toEqual([true, false, false]);
});

it('keys that no span has any more are forgotten, and the others stay', () => {
  const keys = new EpisodeKeys(50);
  const [sample] = fc.sample(spans, { numRuns: 1, seed: 1 });
  if (sample === undefined) throw new Error('no sample');
  const at = (n: number): Span => ({
    ...sample,
    traceId: hex(32)(n >> 1),
    spanId: hex(16)(n),
    parentId: undefined,
    attributes: new Map([['session.id', `episode ${n}`]]),
  });
  for (let n = 0; n < 5000; n++) {
    keys.learn(at(n));
    expect(keys.find(at(n))).toEqual({ key: `episode ${n}` });
    if (n >= 49) expect(keys.find(at(n - 49))).toEqual({ key: `episode ${n - 49}` });
    // Two spans of each trace name different ones.
    if (n % 2 === 1) expect(keys.last(at(n))).toBe(at(n).resource.naming.episode ?? at(n).traceId);
    else expect(keys.last(at(n))).toBe(`episode ${n}`);
  }
  expect(keys.edition).toBeGreaterThan(1);
});
