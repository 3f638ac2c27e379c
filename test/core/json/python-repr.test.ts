import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parsePythonRepr } from '../../../src/core/json/python-repr.ts';

/** As Python prints it: apostrophes around a text, unless it holds some and no quotation marks. */
function repr(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value as object).map(([key, inner]) => `${repr(key)}: ${repr(inner)}`);
    return `{${members.join(', ')}}`;
  }
  if (typeof value !== 'string') return String(value);
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const body = value
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll(quote, `\\${quote}`);
  return `${quote}${body}${quote}`;
}

it('reads back what was printed', () => {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
        tie('tree'),
        {
          maxKeys: 3,
          noNullPrototype: true,
        },
      ),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(parsePythonRepr(repr(value))).toEqual(value);
    }),
  );
});

it.each([
  [`{'command': "curl 'https://a.example'"}`, { command: "curl 'https://a.example'" }],
  [`('a', 1)`, ['a', 1]],
  [`('a',)`, ['a']],
  [`{'x': '\\x41\\u00e9\\U0001f600'}`, { x: 'Aé😀' }],
  [`{}`, {}],
])('reads %s', (text, value) => expect(parsePythonRepr(text)).toEqual(value));

it.each(["{'a': object()}", "{'a'", "{'a': 'b'", 'curl x', "{'a': 'b'} more", '[1 2]', '['.repeat(500)])(
  'takes %s for no literal',
  (text) => expect(parsePythonRepr(text)).toBeUndefined(),
);

it('makes nothing of a prototype', () => {
  expect(Object.getPrototypeOf(parsePythonRepr("{'__proto__': {'x': 1}}"))).toBe(Object.prototype);
});
