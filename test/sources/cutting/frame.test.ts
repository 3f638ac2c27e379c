import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cut, createFramer, cutOfHead } from '../../../src/sources/cutting/frame.ts';

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

  it.each<[string, string, string, (string | number)[][]]>([
    [
      'a printed document among lines',
      'lines',
      'a\n{\n "b": [\n  1]\n}\nc\n',
      [
        ['a', 1],
        ['{\n "b": [\n  1]\n}', 2],
        ['c', 6],
      ],
    ],
    [
      'an array among lines',
      'lines',
      '[\n{"a":1},\n{"a":2}\n]\nb',
      [
        ['[\n{"a":1},\n{"a":2}\n]', 1],
        ['b', 5],
      ],
    ],
    [
      'no document that ends in the midst of lines',
      'lines',
      '{\n "a": 1,\nb\n}\n',
      [
        ['{', 1],
        [' "a": 1,', 2],
        ['b', 3],
        ['}', 4],
      ],
    ],
    [
      'no document with another line in it',
      'lines',
      '{\n{"b":1}\n}\n',
      [
        ['{', 1],
        ['{"b":1}', 2],
        ['}', 3],
      ],
    ],
    [
      'a document that the file ends in',
      'lines',
      '{\n "a": 1',
      [
        ['{', 1],
        [' "a": 1', 2],
      ],
    ],
    [
      'lines between printed documents',
      'json',
      '{\n "a": 1\n}\nb "{\n{\n}\nc',
      [
        ['{\n "a": 1\n}', 1],
        ['b "{', 4],
        ['{\n}', 5],
        ['c', 7],
      ],
    ],
    [
      'nothing behind a document on its line',
      'json',
      '{\n};\n,\n{\n}',
      [
        ['{\n}', 1],
        ['{\n}', 4],
      ],
    ],
    ['no numbers of an array', 'json', '[1,\n2,\n{"a":1}]', [['{"a":1}', 3]]],
  ])('of several logs in one file cuts %s', (_, how, text, expected) => {
    expect(cut(text, how as Cut).map((record) => [record.text, record.line])).toEqual(expected);
    expect(cut(text, how as Cut, 3)).toEqual(cut(text, how as Cut));
  });

  it.each<[string, number[], (string | number)[][]]>([
    [
      'a line that was left stands in no document',
      [0, 0, 1, 2, 8, 9],
      [
        ['{', 1],
        ['}', 3],
      ],
    ],
    ['what opens a document does not wait behind lines that were left', [0, 0, 1], [['{', 1]]],
    ['a document of lines that are read is one', [0, 0, 1, 1, 2, 7, 2, 8, 9], [['{\n"x":1\n}', 1]]],
  ])('among lines that were looked over, %s', (_, read, expected) => {
    const chunk = Buffer.from('{\n"x":1\n}\n');
    const none = new Uint32Array();
    const records = createFramer('x', 'lines').push(chunk, {
      ...{ from: 0, to: chunk.length, lines: 3, read: Uint32Array.from(read), lastLeft: undefined },
      ...{ later: none, counted: none, lives: none, hosts: [] },
    });
    expect(records.map(({ text, ref }) => [text, ref.line])).toEqual(expected);
  });

  it('gives back lines that open a document too long to stand among others', () => {
    const rows = Array.from({ length: 5000 }, (_, n) => ` "${n}": "${'x'.repeat(1000)}",`);
    const records = cut(['{', ...rows, ' "last": 1', '}'].join('\n'), 'lines', 1 << 16);
    expect(records.length).toBe(5003);
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

  it('ends a record at the line that ends it, and gives what stands behind line by line', () => {
    const framing = { startsRecord: /^<E>/, endsRecord: /<\/E>/ };
    expect(cut('head\n<E>\n a\n</E>\nb\nc\n<E>d</E>\n<E>\ntorn\n<E>e</E>', framing).map(({ text }) => text)).toEqual([
      'head',
      '<E>\n a\n</E>',
      'b',
      'c',
      '<E>d</E>',
      '<E>\ntorn',
      '<E>e</E>',
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

  it.each<[string, string, readonly string[]]>([
    ['a quote that is doubled', 'a,"b ""c\nd"" e",f\ng\n', ['a,"b ""c\nd"" e",f', 'g']],
    ['a quote at the end that is doubled', 'a,"b ""\nc",d\ne\n', ['a,"b ""\nc",d', 'e']],
    ['a cell that begins the row', '"a\nb",c\nd\n', ['"a\nb",c', 'd']],
    ['blanks before its quote', 'a,  "b\nc"\nd\n', ['a,  "b\nc"', 'd']],
    ['two such rows in a row', 'a,"b\nc"\n"d\ne"\n', ['a,"b\nc"', '"d\ne"']],
    ['a quote in free text', 'a said "b\nc\n', ['a said "b', 'c']],
    ['a cell that never ends', 'a\nb,"c\nd\n', ['a', 'b,"c', 'd']],
  ])('cuts CSV with %s', (_, text, expected) => {
    const records = cut(text, 'csv');
    expect(records.map((record) => record.text)).toEqual(expected);
    for (const record of records) expect(text.slice(record.offset, record.offset + record.bytes)).toBe(record.text);
  });

  it('takes a CSV cell for a stray quote that goes on for 4 MiB, wherever in the file it begins', () => {
    const line = `${'x'.repeat((1 << 20) - 1)}\n`;
    const row = (lines: number): string => `"${line.repeat(lines).slice(1)}"\n`;
    const longest = `${row(3)}${row(3)}`;
    expect(cut(longest, 'csv').map(({ line: first }) => first)).toEqual([1, 5]);
    expect(cut(row(5), 'csv').map(({ line: first }) => first)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('says of a record of several lines over the cap how long it is, and keeps its beginning', () => {
    const text = `2025-01-01 a\n${'b'.repeat(30)}\n${'c'.repeat(9000)}\n2025-01-02 d\n e`;
    const records = cut(text, { startsRecord: /^\d{4}-/ }, 7, 40);
    expect(records.map(({ line, offset, bytes, oversize }) => [line, offset, bytes, oversize])).toEqual([
      [1, 0, 9044, true],
      [4, 9045, 15, undefined],
    ]);
    expect(records[0]?.text).toBe(text.slice(0, 43));
    expect(records[1]?.text).toBe('2025-01-02 d\n e');
    const [long] = cut(`2025-01-01 a\n${'b'.repeat(9000)}\n`, { startsRecord: /^\d{4}-/ }, 1 << 20, 8000);
    expect([long?.text.length, long?.bytes, long?.oversize]).toEqual([4096, 9013, true]);
  });

  it.each<[string, string, readonly string[]]>([
    ['one list behind another', '[{"a":1}]\n[{"b":2}]', ['{"a":1}', '{"b":2}']],
    ['lists in a list', '[[1],[{"a":2}]]', ['[1]', '[{"a":2}]']],
    ['a list behind a document, which is one', '{"a":1}\n[2]', ['{"a":1}', '[2]']],
    [
      'brackets in strings, and quotes that are escaped',
      '[{"a":"]}\\""},{"b":"\\\\"}]',
      ['{"a":"]}\\""}', '{"b":"\\\\"}'],
    ],
    ['a bracket too many', '}{"a":1}]{"b":2}', ['{"a":1}', '{"b":2}']],
    ['a document that is cut off', '{"a":1}{"b":[', ['{"a":1}', '{"b":[']],
  ])('cuts JSON with %s', (_, text, expected) => {
    for (const chunk of [1, 3, 1 << 20]) {
      const records = cut(text, 'json', chunk);
      expect(records.map((record) => record.text)).toEqual(expected);
      for (const record of records) expect(text.slice(record.offset, record.offset + record.bytes)).toBe(record.text);
    }
  });

  it('cuts lists with brackets in strings, and quotes that are escaped', () => {
    const text = '{"n\\"[{":"[{\\\\","d":[{"a":"]}\\"}"},{"b":2}]}';
    for (const chunk of [1, 3, 1 << 20])
      expect(cut(text, 'lists', chunk).map((record) => record.text)).toEqual(['{"a":"]}\\"}"}', '{"b":2}']);
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
            expect(bytes.toString('utf8', record.offset, record.offset + record.bytes).replace(/\r\n/g, '\n')).toBe(
              record.text,
            );
      }),
    );
  });
});
