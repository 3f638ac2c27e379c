import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import type { Micros } from '../../src/model/time.ts';
import { inDocument, isSpread, listOfRollouts } from '../../src/rollouts/document.ts';

const row = { id: 'a', reward: 1, messages: [{ role: 'user', content: 'p' }] };
const context = { path: 'x.json', zoneOffsetMin: 0, reference: 0 as Micros };

function listOf(...documents: readonly unknown[]): string | undefined {
  const format = formats.find(({ id }) => id === 'training-dump');
  if (format === undefined) throw new Error('no format');
  return listOfRollouts(Buffer.from(documents.map((document) => JSON.stringify(document)).join('\n')), format, context);
}

it.each<[string, readonly unknown[], string | undefined]>([
  ['the list of a document that has rollouts in it', [{ tasks: [], simulations: [row] }], 'simulations'],
  ['none where two lists have some: which is meant is not said', [{ data: [row], rollouts: [row] }], undefined],
  ['one that has, beside another that has not', [{ simulations: [{ n: 1 }], data: [row] }], 'data'],
  ['none where they only stand in a later document', [{ simulations: [] }, { simulations: [row] }], undefined],
  ['none where its first element is no rollout', [{ simulations: [{ n: 1 }, row] }], undefined],
  ['none where the document is a rollout itself, whatever it lists', [{ ...row, results: [row] }], undefined],
  ['none where rows stand one a line', [row, row], undefined],
  ['none of another name', [{ things: [row] }], undefined],
])('rollouts are taken out of %s', (_, documents, expected) => {
  expect(listOf(...documents)).toBe(expected);
});

it('a row is told as the least document that lists it', () => {
  expect(inDocument('a "list"', '{"n":1}')).toBe('{"a \\"list\\"":[{"n":1}]}');
});

it.each([
  ['{"a":1}\n{"a":2}\n', false],
  ['{"a":1}', false],
  ['{\n"a":1}', true],
  ['\uFEFF {"a":\n1}', true],
  ['\uFEFF\n{"a":1}\n{"a":2}', false],
  ['[\n{"a":1}]', false],
  ['no json\n', false],
  ['', false],
])('whether the first record of %j goes over several lines: %s', (text, expected) => {
  expect(isSpread(Buffer.from(text))).toBe(expected);
});
