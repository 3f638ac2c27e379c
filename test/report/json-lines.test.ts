import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from '../../src/core/text/redact.ts';
import { jsonText } from '../../src/core/text/text.ts';
import type { Attribution } from '../../src/model/attribution.ts';
import type { ViolatingEvent, Violation } from '../../src/model/violation.ts';
import { investigate } from '../../src/pipeline.ts';
import { jsonLines, jsonRecords } from '../../src/report/json/index.ts';
import { writtenOnce } from '../../src/report/json/shared.ts';

const report = await investigate({ paths: ['fixtures/night/inputs'], cwd: join(import.meta.dirname, '../..') });

/** Each field that attributions may share or not, taken from another one. */
const FIELDS = [
  'verdict',
  'probability',
  'episode',
  'toolCall',
  'process',
  'candidates',
  'nullProbability',
  'evidence',
  'missing',
  'reason',
  'incident',
] as const;
const accepted = { owner: 'infra', reason: 'known\u202e', expires: '2099-01-31' };
const some = fc.constantFrom(...report.attributions);
const [
  {
    violation: { finding: anyFinding },
  },
] = report.attributions as [Attribution];
const text = fc.constantFrom('', 'plain', '"', 'a\\b', '\u202e', '\n', 'é', '\ud800');
/** What a violation may say, hostile texts and missing members included. */
const violation: fc.Arbitrary<Partial<Violation>> = fc.record(
  {
    event: fc
      .tuple(fc.constantFrom(...report.attributions), fc.record({ raw: text, ip: text, port: fc.nat(), url: text }))
      .map(
        ([
          {
            violation: { event },
          },
          { raw, ip, port, url },
        ]): ViolatingEvent => {
          const common = { ...event, time: { ...event.time, raw } };
          if (common.kind !== 'network') return common;
          return { ...common, src: { ip, port }, dst: { port }, http: { url, host: ip }, transport: raw };
        },
      ),
    finding: fc.record({ id: text, name: text }).map((rule) => ({ ...anyFinding, rule })),
    alsoSeen: fc.array(fc.record({ source: text, line: fc.nat(), offset: fc.nat(), bytes: fc.nat() }), {
      maxLength: 2,
    }),
    repeats: fc.record({ path: text, lines: fc.uint32Array({ maxLength: 2 }) }),
    count: fc.nat(),
  },
  { requiredKeys: [] },
);
const mixed: fc.Arbitrary<Attribution> = fc
  .tuple(some, some, fc.subarray([...FIELDS]), fc.boolean(), violation)
  .map(([one, other, fields, isAccepted, said]) => {
    const taken = Object.fromEntries(fields.flatMap((key) => (other[key] === undefined ? [] : [[key, other[key]]])));
    const own = { violation: { ...one.violation, ...said } };
    const { episode } = other;
    const suspects = episode === undefined ? [] : [{ episode, probability: 0.01 }];
    const unlisted = isAccepted ? { unlisted: { count: 2, probability: 0.02, suspects } } : {};
    return { ...one, ...taken, ...own, ...unlisted, ...(isAccepted ? { accepted } : {}) } as Attribution;
  });

it('writes the same lines as record by record, whatever attributions share', () => {
  fc.assert(
    fc.property(
      fc.array(mixed, { maxLength: 20 }),
      fc.constantFrom(redact, (text: string) => `${text}\u200b`),
      (all, clean) => {
        const night = { ...report, attributions: all };
        const lines = Array.from(jsonRecords(night, clean), (record) => `${jsonText(record)}\n`);
        expect([...jsonLines(night, clean)]).toEqual(lines);
      },
    ),
    { numRuns: 50 },
  );
});

it('writes a decision that is shared once, and one that differs in a field again', () => {
  const [one] = report.attributions as [Attribution];
  let written = 0;
  const text = writtenOnce(() => String(++written));
  expect([text(one), text({ ...one })]).toEqual(['1', '1']);
  expect(text({ ...one, reason: 'another' })).toBe('2');
});
