import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { blockYaml } from '../../../src/core/json/block-yaml.ts';

const PROPERTIES = { numRuns: 200 };
const word = fc.stringMatching(/^[ -~]{0,20}$/);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.integer({ min: -1e9, max: 1e9 }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z_@][\w./-]{0,9}$/), tie('tree'), { maxKeys: 4 }),
  ),
}));

describe('YAML in blocks', () => {
  it('holds what another writer put into it (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tree, { minKeys: 1, maxKeys: 5 }), (value) => {
        const text = stringify(value, { lineWidth: 0, indentSeq: Object.keys(value).length % 2 === 0 });
        expect(JSON.parse(JSON.stringify(blockYaml(`---\n${text}`)))).toEqual(value);
      }),
      PROPERTIES,
    );
  });

  it('of any text is a value or none, and never throws (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^ {0,4}(?:- ?)?[ -~]{0,12}$/)), (lines) => {
        blockYaml(lines.join('\n'));
      }),
      PROPERTIES,
    );
  });

  it.each<[string, string, unknown]>([
    ['a list as deep as its key', 'a:\n- b: 1\n  c:\n  - x\n- 2\nd: e', { a: [{ b: 1, c: ['x'] }, 2], d: 'e' }],
    ['a text that goes on in the next line', 'a: one\n  two: three\nb: 1', { a: 'one two: three', b: 1 }],
    [
      'a quoted text over two lines',
      'a: "one\n  two \\"x\\" \\\n  three"\nb: \'it\'\'s\'',
      { a: 'one two "x" three', b: "it's" },
    ],
    ['escapes one after the other', 'a: "\\\\ \\x41\\\\x41\\ \\u0042"', { a: '\\ A\\x41 B' }],
    ['a literal text', 'a: |-\n  one\n    two: 2\n\n  three\nb: 1', { a: 'one\n  two: 2\n\nthree', b: 1 }],
    ['a number too long for one', "a: 12345678901234567890\nb: '7'", { a: '12345678901234567890', b: '7' }],
    ['nothing', 'a:\nb: {}\nc: []', { a: null, b: {}, c: [] }],
    ['what is none', 'a: 1\nno member', undefined],
    ['a quote that is never closed', 'a: "one\nb: 2', undefined],
  ])('reads %s', (_, text, expected) => {
    expect(JSON.parse(JSON.stringify(blockYaml(text) ?? null))).toEqual(expected ?? null);
  });
});
