import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readFields } from '../../src/formats/auditd/fields.ts';

/** The grammar of a field. */
const FIELD = /([A-Za-z_][\w-]*(?:\[\d+\])?)=(?:"([^"]*)"|'([^']*)'|(\S*))/g;

function byPattern(body: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [, key = '', double, single, bare = ''] of body.replaceAll('\u001d', ' ').matchAll(FIELD)) {
    const quoted = double ?? single;
    if (quoted !== undefined) out[key] = quoted;
    else if (bare !== '(null)' && bare !== '?') out[key] = bare;
  }
  return out;
}

const pieces = [
  'a',
  'b_',
  'Z',
  '7',
  '-',
  '[',
  ']',
  '=',
  '=',
  '"',
  "'",
  ' ',
  '\t',
  '\u001d',
  '\u00a0',
  '(null)',
  '?',
  'ä',
  '.',
];
const body = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(''));

it('reads the fields of any record as their grammar says', () => {
  fc.assert(
    fc.property(body, (text) => {
      expect(Object.entries(readFields(text, new Set()))).toEqual(Object.entries(byPattern(text)));
    }),
    { numRuns: 2000 },
  );
});

it.each([
  ['a0="x y" a1[2]=6162 pid=7', { a0: 'x y', 'a1[2]': '6162', pid: '7' }],
  [`msg='op=login acct="root" res=success' exe=2F62`, { msg: 'op=login acct="root" res=success', exe: '/b' }],
  ['tty=(null) key=? comm="open', { comm: '"open' }],
  ['a==b 7x=1 [0]=2', { a: '=b', x: '1' }],
])('reads %j', (text, fields) => {
  expect(readFields(text, new Set(['exe']))).toEqual(fields);
});
