import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Template, TemplatePart } from '../../src/model/template.ts';
import { createMatcher, type Matcher } from '../../src/scan/matcher.ts';
import { newScanMemory } from '../../src/scan/memory.ts';
import { newMatcher, rowsOf, scan } from './rows.ts';

describe('values of lines that are no JSON', () => {
  const isTaken = (part: TemplatePart, line: string): boolean =>
    scan(newMatcher([{ literal: '<' }, part, { literal: '>' }]), [line])[0]?.hash !== undefined;
  const field = { kind: 'field', use: 'same', stop: '>', refused: '"' } as const;
  const digits = { kind: 'digits', use: 'free' } as const;

  it.each([
    [field, '<>', true],
    [field, '<a b,ü\x7f>', true],
    [field, `<${'x'.repeat(40)}>`, true],
    [field, '<a"b>', false],
    [field, '<a\tb>', false],
    [field, '<a\r>', false],
    [field, '<a', false],
    [field, '<a>>', false],
    [{ ...field, most: 3 }, '<abc>', true],
    [{ ...field, most: 3 }, '<abcd>', false],
    [digits, '<0>', true],
    [digits, `<${'1'.repeat(40)}>`, true],
    [digits, '<>', false],
    [digits, '<1a>', false],
    [{ ...digits, count: 2 }, '<12>', true],
    [{ ...digits, count: 2 }, '<1>', false],
    [{ ...digits, count: 2 }, '<123>', false],
  ] as const)('%j in %s: %s', (part, line, expected) => {
    expect(isTaken(part, line)).toBe(expected);
  });

  it('a field may end with the line', () => {
    const rows = scan(newMatcher([{ literal: '<' }, field]), ['<a', '<b', '<a']);
    // Without a hash no template took the line.
    expect(rows.map(({ hash }) => typeof hash)).toEqual(['string', 'string', 'string']);
    expect(rows.map(({ hash }) => hash === rows[0]?.hash)).toEqual([true, false, true]);
  });

  it('rows of fields are taken as cutting them at their stops says (property)', () => {
    const cell = fc.oneof(fc.constantFrom('', '-', 'x'.repeat(16), 'y'.repeat(33)), fc.stringMatching(/^[a-b.]{0,9}$/));
    const uses = fc.array(fc.constantFrom('free' as const, 'same' as const), { minLength: 1, maxLength: 12 });
    const rest = fc.constantFrom('', '', '', '|', '\\', '\u0001', '"');
    const rows = uses.chain((columns) => {
      const row = fc.array(cell, { minLength: columns.length, maxLength: columns.length });
      const line = fc.tuple(row, rest, fc.nat()).map(([cells, sign, at]) => {
        const text = cells.join('|');
        return text.slice(0, at % (text.length + 1)) + sign + text.slice(at % (text.length + 1));
      });
      return fc.tuple(fc.constant(columns), fc.array(line, { minLength: 2, maxLength: 8 }));
    });
    fc.assert(
      fc.property(rows, ([columns, lines]) => {
        const template = columns.flatMap(
          (use, i): Template => [
            ...(i === 0 ? [] : [{ literal: '|' }]),
            { kind: 'field', use, stop: '|', refused: '\\' },
          ],
        );
        const keys = lines.map((line) => {
          const cells = line.split('|');
          const isTaken = cells.length === columns.length && !line.includes('\\') && !line.includes('\u0001');
          return isTaken ? cells.filter((_, i) => columns[i] === 'same').join('|') : undefined;
        });
        const found = scan(newMatcher(template), lines);
        expect(found.map(({ hash }) => hash !== undefined)).toEqual(keys.map((key) => key !== undefined));
        for (const [i, row] of found.entries())
          for (const [j, other] of found.entries()) expect(row.hash === other.hash).toBe(keys[i] === keys[j]);
      }),
      { numRuns: 500 },
    );
  });

  it('fields that differ in what ends them are not taken for one another', () => {
    const templates = ['>', ','].map((stop): Template => [{ kind: 'field', use: 'free', stop }, { literal: stop }]);
    const matcher = newMatcher(...templates);
    expect(scan(matcher, ['a>', 'b,', 'c;']).map(({ hash }) => hash !== undefined)).toEqual([true, true, false]);
    for (const template of templates) expect(matcher.add(template)).toBe(false);
  });
});

describe('events of several lines', () => {
  const head = (type: string): Template => [
    { literal: `${type} audit(` },
    { kind: 'digits', use: 'epoch', count: 10 },
    { literal: ':' },
    { kind: 'digits', use: 'free' },
    { literal: ') ' },
    { kind: 'rest', use: 'free' },
  ];
  const next = (type: string): Template => [
    { literal: `\n${type} audit(` },
    { kind: 'mark', use: 'free' },
    { literal: ' ' },
    { kind: 'field', use: 'same', stop: '\n' },
  ];
  const matcher = newMatcher([...head('A'), ...next('B')]);
  const line = (type: string, serial: number, rest = 'x'): string => `${type} audit(1795464000:${serial}) ${rest}`;
  const isTaken = (...lines: readonly string[]): boolean => scan(matcher, lines)[0]?.hash !== undefined;

  it('are one row', () => {
    const rows = scan(matcher, [
      line('A', 1, '\u001d'),
      line('B', 1),
      line('A', 2),
      line('B', 2, 'y'),
      line('A', 3),
      line('B', 3),
    ]);
    expect(rows.map(({ a, lines }) => [a, lines])).toEqual(Array(3).fill([1795464000, 2]));
    expect(rows.map(({ hash }) => hash === rows[0]?.hash)).toEqual([true, false, true]);
  });

  it('are taken whole or not at all', () => {
    expect(isTaken(line('A', 1), line('B', 1))).toBe(true);
    expect(isTaken(line('A', 1), line('B', 1), line('C', 2))).toBe(true);
    expect(isTaken(line('A', 1), line('B', 1), '', line('C', 2))).toBe(true);
    expect(isTaken(line('A', 1))).toBe(false);
    expect(isTaken(line('A', 1), line('B', 2))).toBe(false);
    expect(isTaken(line('A', 1), line('B', 11))).toBe(false);
    expect(isTaken(line('A', 1), line('B', 1), line('C', 1))).toBe(false);
    const [long, other] = ['1'.repeat(40), `${'1'.repeat(39)}2`].map((serial) => `audit(1795464000:${serial}) x`);
    expect(isTaken(`A ${long}`, `B ${long}`)).toBe(true);
    expect(isTaken(`A ${long}`, `B ${other}`)).toBe(false);
  });

  it('go on as far as lines bear their mark, wherever in the head of a line it stands', () => {
    const event = [line('A', 1), line('B', 1)];
    const next = (at: number, mark = '1795464000:1', word = 'audit') =>
      `${'x'.repeat(at - word.length)}${word}(${mark}) y`;
    for (const at of [5, 15, 16, 17, 40, 90]) {
      expect(isTaken(...event, next(at))).toBe(false);
      expect(isTaken(...event, next(at, '1795464000:2'))).toBe(true);
    }
    expect(isTaken(...event, next(40, '1795464000:1', 'audio'))).toBe(false);
    expect(isTaken(...event, next(40, '1795464000:1', 'edit'))).toBe(false);
    const long = '1795464000:00000000000000000001';
    const ofLong = (mark: string) => [`A audit(${long}) x`, `B audit(${mark}) x`];
    expect(isTaken(...ofLong(long))).toBe(true);
    expect(isTaken(...ofLong(long.replace('000000001', '010000001')))).toBe(false);
    expect(isTaken(...ofLong(long.replace('1795', '1796')))).toBe(false);
  });

  it('end where the lines do that are scanned', () => {
    const { area, buffers } = newScanMemory({ others: 0, buffers: 1, bytes: 1000 });
    const within = createMatcher(area);
    within?.add([...head('A'), ...next('B')]);
    const bytes = Buffer.from(`${line('A', 1)}\n${line('B', 1)}\n`);
    buffers[0]?.set(bytes);
    const rows = (length: number) => rowsOf(within as Matcher, buffers[0]?.subarray(0, length) as Uint8Array);
    expect(rows(bytes.length)).toMatchObject([{ lines: 2 }]);
    expect(rows(bytes.length / 2)).toMatchObject([{ hash: undefined, lines: 1 }]);
  });

  it.each(['4294967296', '4294967297', '9999999999', '179546400', '17954640000', '1795464x00'])(
    '%s is no second',
    (epoch) => {
      expect(scan(newMatcher(head('A')), [`A audit(${epoch}:1) x`])[0]?.hash).toBeUndefined();
    },
  );
});
