import { expect, it } from 'vitest';
import { nfdump } from '../../src/formats/nfdump/index.ts';

const CONTEXT = { path: 'x', folder: undefined, zoneOffsetMin: 0, reference: 0 as never };
const ref = { source: 'x', line: 1, offset: 0, bytes: 0 };
const statuses = (lines: readonly string[]) => {
  const decoder = nfdump.open(CONTEXT);
  return lines.map((text) => decoder.decode({ text, ref }).status);
};

it.each(['1,2,3,4,5,6', 'Summary of the night', 'flows,bytes,packets'])('takes no line of others: %s', (text) => {
  expect(nfdump.claims({ text, json: undefined }).score).toBe(0);
  expect(statuses([text])).toEqual(['failed']);
});

it('skips totals only below their heading', () => {
  const heading = 'flows,bytes,packets,avg_bps,avg_pps,avg_bpp';
  expect(statuses(['Summary', heading, '2,3,4,5,6,7', '2,3,4,5,6,7'])).toEqual([
    'skipped',
    'skipped',
    'skipped',
    'failed',
  ]);
});
