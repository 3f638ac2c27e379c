import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cut, createFramer, cutOfHead } from '../../src/sources/frame.ts';

function cut(
  text: string | Buffer,
  how: Cut,
  chunk = 1 << 20,
  cap?: number,
): { text: string; line: number; offset: number; bytes: number; oversize?: true }[] {
  const bytes = Buffer.from(text as string);
  const framer = createFramer('x', how, cap === undefined ? {} : { maxBytes: cap });
  const records = [];
  for (let i = 0; i < bytes.length; i += chunk) records.push(...framer.push(bytes.subarray(i, i + chunk)));
  records.push(...framer.end());
  return records.map(({ text: body, ref, oversize }) => ({
    text: body,
    line: ref.line,
    offset: ref.offset,
    bytes: ref.bytes,
    ...(oversize ? { oversize } : {}),
  }));
}

describe('framing', () => {
  it('drops BOM and carriage returns, keeps the torn last line, and counts bytes of the file', () => {
    expect(cut('\uFEFFa\r\n\nbé\nlast', 'lines')).toEqual([
      { text: 'a', line: 1, offset: 3, bytes: 1 },
      { text: 'bé', line: 3, offset: 7, bytes: 3 },
      { text: 'last', line: 4, offset: 11, bytes: 4 },
    ]);
  });

  it('cuts array elements and pretty-printed documents', () => {
    expect(cut('[{"a":[1]},\n {"b":"}"}]', 'json').map(({ text, line }) => [text, line])).toEqual([
      ['{"a":[1]}', 1],
      ['{"b":"}"}', 2],
    ]);
    expect(cut('{\n "a": 1\n}\n{\n "b": "\\"}"\n}\n', 'json').map(({ line }) => line)).toEqual([1, 4]);
  });

  it.each<[string, string, (string | number)[][]]>([
    [
      'the objects of a list in a document',
      '{"n":2,"data":[{"a":[1]},\n {"b":"}]"}]}',
      [
        ['{"a":[1]}', 1],
        ['{"b":"}]"}', 2],
      ],
    ],
    ['those of a list further in', '{"data":{"items":[{"a":1}]},"more":false}', [['{"a":1}', 1]]],
    [
      'those of every list, but of none in another',
      '{"a":[{"b":[{"c":1}]}],"d":["x"],"e":[{"f":1}]}',
      [
        ['{"b":[{"c":1}]}', 1],
        ['{"f":1}', 1],
      ],
    ],
    [
      'those of every document',
      '{"data":[{"a":1}]}\n{"data":[{"a":2}]}\n',
      [
        ['{"a":1}', 1],
        ['{"a":2}', 2],
      ],
    ],
    [
      'what the end of the file cuts off',
      '{"data":[{"a":1},{"b',
      [
        ['{"a":1}', 1],
        ['{"b', 1],
      ],
    ],
  ])('cuts as lists %s', (_, text, expected) => {
    const records = cut(text, 'lists');
    expect(records.map((record) => [record.text, record.line])).toEqual(expected);
    for (const record of records) expect(text.slice(record.offset, record.offset + record.bytes)).toBe(record.text);
  });

  it('cuts as members the values of a document, however they are named', () => {
    const text = '{"x":{"a":[1]},\n "y":{"b":{}}, "n":1}\n{"z":{"c":2}}';
    expect(cut(text, 'members', 3).map((record) => [record.text, record.line])).toEqual([
      ['{"a":[1]}', 1],
      ['{"b":{}}', 2],
      ['{"c":2}', 3],
    ]);
  });

  it('says of a listed record over the cap how long it is', () => {
    expect(cut(`{"data":[{"a":"${'x'.repeat(50)}"},{"b":1}]}`, 'lists', 7, 20)).toMatchObject([
      { offset: 9, bytes: 58, oversize: true },
      { text: '{"b":1}', offset: 68 },
    ]);
  });

  it.each<[Cut, string]>([
    ['json', '{"a":"0123456789"} {"b":1}'],
    ['lists', '{"data":[{"a":"0123456789"},{"b":1}]}'],
  ])('takes a record of %s whole up to the cap', (how, text) => {
    expect(cut(text, how, 5, 18).map((record) => [record.text, record.oversize])).toEqual([
      ['{"a":"0123456789"}', undefined],
      ['{"b":1}', undefined],
    ]);
    expect(cut(text, how, 5, 17).map((record) => [record.bytes, record.oversize])).toEqual([
      [18, true],
      [7, undefined],
    ]);
  });

  it('joins CSV rows with line breaks in quotes, and log records that start with a date', () => {
    expect(cut('a,"b\nc",d\ne,f\n', 'csv').map(({ text }) => text)).toEqual(['a,"b\nc",d', 'e,f']);
    expect(
      cut('2025-01-01 x\n  more\n2025-01-02 y', { startsRecord: /^\d{4}-/ }).map(({ text, line }) => [text, line]),
    ).toEqual([
      ['2025-01-01 x\n  more', 1],
      ['2025-01-02 y', 3],
    ]);
  });

  it('reports a record over the cap and goes on', () => {
    expect(
      cut(`${'x'.repeat(50)}\nok\n`, 'lines', 7, 20).map(({ text, oversize }) => [text.length <= 50, oversize]),
    ).toEqual([
      [true, true],
      [true, undefined],
    ]);
    expect(cut(`${'x'.repeat(50)}\nok\n`, 'lines', 7, 20)[1]).toMatchObject({ text: 'ok', line: 2, offset: 51 });
  });

  it.each([
    ['[{"a":1}]', 'json'],
    ['{\n  "a": 1\n}\n', 'json'],
    ['{"a":1}\n{"a":2}\n', 'lines'],
    ['{\n{"a":1}\n{"a":2}\n', 'lines'],
    ['{\nMar  1 02:00:01 node-1 named[7]: a\n', 'lines'],
    ['{"a":1,\n"b":2}\n', 'json'],
    ['[1765433301.9] [NEW] tcp', 'lines'],
    ['plain', 'lines'],
  ])('cuts %j as %s', (head, expected) => {
    expect(cutOfHead(head)).toBe(expected);
  });

  it('gives equal records for any chunking, and their offsets point back at the text (property)', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\r\n', '"', '{', '}', '[', ']', 'é', 'a,b', '2025-01-01 '),
      fc.string({ maxLength: 6 }),
    );
    const how = fc.constantFrom<Cut>('lines', 'json', 'lists', 'members', 'csv', { startsRecord: /^2025/ });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), how, fc.integer({ min: 1, max: 9 }), (pieces, mode, chunk) => {
        const text = pieces.join('');
        const whole = cut(text, mode);
        expect(cut(text, mode, chunk)).toEqual(whole);
        const bytes = Buffer.from(text);
        if (mode === 'lines')
          for (const record of whole)
            expect(bytes.subarray(record.offset, record.offset + record.bytes).toString()).toBe(record.text);
      }),
    );
  });
});
