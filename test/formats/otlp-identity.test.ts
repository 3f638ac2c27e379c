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

it('a span is found the same whether somebody asked before it was read or only then (property)', () => {
  fc.assert(
    fc.property(fc.array(spans, { minLength: 1, maxLength: 30 }), (list) => {
      const [asked, late] = [new EpisodeKeys(), new EpisodeKeys()];
      for (const span of list) {
        const key = asked.learn(span);
        expect(late.learn(span)).toBe(key);
        if (key !== undefined) expect(asked.find(span)).toEqual({ key });
        else asked.find(span);
      }
      for (const span of list) {
        expect(late.find(span)).toEqual(asked.find(span));
        expect(late.last(span)).toBe(asked.last(span));
        for (const other of list) expect(late.isUnder(span, other)).toBe(asked.isUnder(span, other));
      }
    }),
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
