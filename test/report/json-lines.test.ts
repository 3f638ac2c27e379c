import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from '../../src/core/redact.ts';
import { jsonText } from '../../src/core/text.ts';
import type { Attribution } from '../../src/model/attribution.ts';
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
const mixed: fc.Arbitrary<Attribution> = fc
  .tuple(some, some, fc.subarray([...FIELDS]), fc.boolean())
  .map(([one, other, fields, isAccepted]) => {
    const taken = Object.fromEntries(fields.flatMap((key) => (other[key] === undefined ? [] : [[key, other[key]]])));
    return { ...one, ...taken, ...(isAccepted ? { accepted } : {}) } as Attribution;
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
