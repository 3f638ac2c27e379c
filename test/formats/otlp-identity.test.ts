import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EpisodeKeys } from '../../src/formats/otlp/identity.ts';
import type { Span } from '../../src/formats/otlp/message.ts';

const few = { max: 5 };
const hex = (digits: number) => (n: number) => n.toString(16).padStart(digits, 'a');
const spans: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.oneof(fc.nat({ max: 2 }).map(hex(32)), fc.constant('odd')),
    span: fc.nat(few).map(hex(16)),
    parent: fc.option(fc.nat(few).map(hex(16)), { nil: undefined }),
    key: fc.option(fc.constantFrom('one', 'two'), { nil: undefined }),
  })
  .map(({ trace, span, parent, key }) => ({
    traceId: trace,
    spanId: span,
    parentId: parent,
    name: '',
    start: undefined,
    end: undefined,
    attributes: new Map(key === undefined ? [] : [['session.id', key]]),
    events: [],
    failed: false,
    resource: { attributes: new Map(), spanClock: '', place: { sandboxId: undefined, containerId: undefined } },
  }));

const limits = fc.record({ remembered: fc.integer({ min: 1, max: 8 }), unseen: fc.nat({ max: 40 }) });

it('a span is found the same whether each was looked at when it came or only when somebody asks (property)', () => {
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 40 }), limits, (list, { remembered, unseen }) => {
      const [eager, late] = [new EpisodeKeys(remembered, 0), new EpisodeKeys(remembered, unseen)];
      for (const span of list) expect(late.learn(span)).toBe(eager.learn(span));
      for (const span of list) {
        expect(late.find(span)).toEqual(eager.find(span));
        expect(late.last(span)).toBe(eager.last(span));
        for (const other of list) expect(late.isUnder(span, other)).toBe(eager.isUnder(span, other));
      }
    }),
    { numRuns: 1000 },
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
