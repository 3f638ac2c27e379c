import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { readShape } from '../../src/core/shape.ts';
import { templateOf } from '../../src/core/shape-template.ts';
import { parseIso } from '../../src/core/time.ts';
import type { Template, TemplatePart, ValueUse } from '../../src/model/template.ts';
import { PATH_BITS, ROW, ROW_NUMBERS } from '../../src/scan/layout.ts';
import { createMatcher, type Matcher, MOST_BYTES } from '../../src/scan/matcher.ts';
import { type Area, newScanMemory } from '../../src/scan/memory.ts';

const root = join(import.meta.dirname, '../..');

const newArea = (): Area => newScanMemory({ others: 0, buffers: 0, bytes: 0 }).area;

function newMatcher(...templates: readonly Template[]): Matcher {
  const matcher = createMatcher(newArea());
  if (matcher === undefined) throw new Error('this machine has no vector instructions');
  for (const template of templates) matcher.add(template);
  return matcher;
}

interface Row {
  readonly hash: string | undefined;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly path: string;
  readonly lines: number;
}

/** Rows of lines, which are bytes, one character each. */
function scan(matcher: Matcher, lines: readonly string[]): readonly Row[] {
  return rowsOf(matcher, Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'));
}

function rowsOf(matcher: Matcher, lines: Uint8Array): readonly Row[] {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  matcher.load(lines);
  const rows: Row[] = [];
  for (let from = 0; from < bytes.length; ) {
    const count = matcher.scan(from);
    for (let i = 0; i < count; i++) {
      const numbers = matcher.rows.subarray(i * ROW_NUMBERS, (i + 1) * ROW_NUMBERS);
      const [low = 0, high = 0] = [numbers[ROW.low], numbers[ROW.high]];
      const path = numbers[ROW.path] ?? 0;
      const start = path >>> PATH_BITS;
      rows.push({
        hash: low === 0 && high === 0 ? undefined : `${high} ${low}`,
        a: numbers[ROW.a] ?? 0,
        b: numbers[ROW.b] ?? 0,
        c: numbers[ROW.c] ?? 0,
        path: bytes.toString('latin1', start, start + (path & (2 ** PATH_BITS - 1))),
        lines: numbers[ROW.lines] ?? 0,
      });
      from = (numbers[ROW.to] ?? 0) + 1;
    }
  }
  return rows;
}

const WANTED = {
  values: ['a'],
  compared: new Set(['b', 'o\nc']),
  loose: new Set(['l']),
  refused: new Set<string>(),
  texts: new Set<string>(),
};

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('', '\\', '"', 'ü€', 'a/b', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17), '\u0001', '\u2028'),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const list = fc.array(fc.oneof(value, fc.array(value, { maxLength: 3 })), { maxLength: 4 });
const record = fc.record({ t: value, a: value, o: fc.record({ c: value, d: text }), b: value, l: list, z: text });
const gap = fc.constantFrom('', ' ', '\t', '  ');

/** A record, written with the same gap everywhere. */
const written = fc.tuple(record, gap, fc.boolean()).map(([object, space, isEscaped]) => {
  const json = JSON.stringify(object, undefined, space === '' ? undefined : 1).replace(/\n\s*/g, space);
  return isEscaped ? json.replace(/\//g, '\\/') : json;
});

/** One byte of a line is another, or is not there. */
const damage = fc.record({
  at: fc.nat(),
  byte: fc.constantFrom('', '"', '\\', ',', '}', ']', '0', 'e', '.', ' ', 'x'),
});

function damaged(line: string, { at, byte }: { readonly at: number; readonly byte: string }): string {
  const place = at % line.length;
  return line.slice(0, place) + byte + line.slice(place + 1);
}

const asBytes = (line: string): string => Buffer.from(line).toString('latin1');

describe('templates of JSON lines', () => {
  it('take the lines that the expression of their shape takes, and hash what is compared (property)', () => {
    fc.assert(
      fc.property(
        written,
        fc.array(written, { maxLength: 5 }),
        fc.array(damage, { maxLength: 5 }),
        (first, more, damages) => {
          const line = asBytes(first);
          const shape = readShape(line, WANTED);
          fc.pre(shape !== undefined);
          if (shape === undefined) return;
          const regex = new RegExp(shape.source);
          const lines = [line, ...more.map(asBytes), ...damages.map((one) => damaged(line, one))].filter(
            (other) => !other.includes('\n'),
          );
          const rows = scan(newMatcher(templateOf(shape.parts, ['free'])), lines);
          const values = lines.map((other) => {
            const match = regex.exec(other);
            return match === null ? undefined : shape.compared.map((group) => match[group]).join('\n');
          });
          expect(rows.map(({ hash }) => hash !== undefined)).toEqual(values.map((compared) => compared !== undefined));
          for (const [i, row] of rows.entries())
            for (const [j, other] of rows.entries()) expect(row.hash === other.hash).toBe(values[i] === values[j]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('find their own lines among others, and are added once (property)', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 12 }), (all) => {
        const lines = all.map(asBytes);
        const templates = lines.flatMap((line) => {
          const shape = readShape(line, WANTED);
          return shape === undefined ? [] : [templateOf(shape.parts, ['literal'])];
        });
        fc.pre(templates.length === lines.length);
        const matcher = newMatcher(...templates);
        for (const template of templates) expect(matcher.add(template)).toBe(false);
        for (const { hash } of scan(matcher, lines)) expect(hash).toBeDefined();
      }),
    );
  });
});

describe('values that are of use', () => {
  const rowOf = (use: ValueUse, ...values: readonly string[]): readonly Row[] =>
    scan(
      newMatcher([{ literal: '{"v":"' }, { kind: 'text', use }, { literal: '"}' }]),
      values.map((v) => `{"v":"${v}"}`),
    );
  const isTaken = (use: ValueUse, v: string): boolean => rowOf(use, v)[0]?.hash !== undefined;

  it.each([
    ['client', '10.66.3.18', 'a', 0x0a420312],
    ['client', '255.255.255.255', 'a', 0xffffffff],
    ['client', '0.0.0.1', 'a', 1],
    ['port', '443', 'b', 443],
    ['port', '65535', 'b', 65535],
    ['port', '', 'b', 0],
    ['natPort', '53', 'c', 53],
    ['pid', '4194304', 'b', 4194304],
    ['parent', '1', 'c', 1],
    ['second', '2026-11-29T02:08:53.123456789Z', 'a', 1795918133],
  ] as const)('%s: %s is %s = %d', (use, v, column, number) => {
    expect(rowOf(use, v)[0]).toMatchObject({ hash: expect.any(String), [column]: number });
  });

  it.each([
    [
      'client',
      ['', '10.1.2', '10.1.2.3.4', '10.1.2.256', '10.01.2.3', '10.1.2.3 ', '::1', '0.0.0.0', '1..2.3', '1.2.3.'],
    ],
    ['port', ['65536', '53', '-1', '1e3', '100000', 'http']],
    ['natPort', ['65536', '4 4']],
    ['few', ['1234567890', '-1', '1.5', 'many']],
    ['pid', ['0', '', '-1', '12345678', '1a']],
    ['url', ['', '-', 'http://a', '/a\\\\b', `/${'x'.repeat(2 ** PATH_BITS)}`]],
    ['second', ['', '2026-11-29 02:08:53Z', '2026-11-29T02:08:53', '2026-11-29T02:08:53.Z', '2026-13-01T00:00:00Z']],
    ['second', ['2026-11-29T02:08:53.1+00:00', '2026-11-2xT02:08:53Z', '1969-12-31T23:59:59Z', '2026-11-29T24:00:00Z']],
  ] as const)('%s takes none of %j', (use, values) => {
    expect(values.filter((v) => isTaken(use, v))).toEqual([]);
  });

  it('few bytes are taken, and told apart by nothing', () => {
    const [none, some] = rowOf('few', '', '123456789');
    expect(some?.hash).toBe(none?.hash);
  });

  it('a path is told by its place', () => {
    expect(rowOf('url', '/a', '/b/c')).toMatchObject([{ path: '/a' }, { path: '/b/c' }]);
  });

  it('a second is the one that is read (property)', () => {
    const date = fc.date({ min: new Date('1970-01-02'), max: new Date('2105-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.stringMatching(/^(?:\.\d{1,9})?$/), (day, fraction) => {
        const stamp = `${day.toISOString().slice(0, 19)}${fraction}Z`;
        expect(rowOf('second', stamp)[0]?.a).toBe(Math.floor((parseIso(stamp)?.at ?? 0) / 1e6));
      }),
    );
  });

  it('addresses, ports and pids are those that a reading sign by sign tells (property)', () => {
    const digits = fc.stringMatching(/^[0-9]{0,4}$/);
    const address = fc.tuple(fc.array(digits, { minLength: 3, maxLength: 5 }), fc.constantFrom('', ' ', 'x'));
    const texts = fc.oneof(
      fc.ipV4(),
      address.map(([parts, rest]) => parts.join('.') + rest),
      fc.stringMatching(/^[0-9:/ ]{0,9}$/),
    );
    const numberOf = (text: string, most: number): number => (/^\d+$/.test(text) && text.length <= most ? +text : -1);
    fc.assert(
      fc.property(texts, (text) => {
        const parts = text.split('.');
        const isIp = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && +part <= 255);
        const ip = isIp ? parts.reduce((sum, part) => sum * 256 + +part, 0) : 0;
        expect(rowOf('client', text)[0]).toMatchObject({ a: ip, hash: ip > 0 ? expect.anything() : undefined });
        const port = text === '' ? 0 : numberOf(text, 5);
        const isPort = port >= 0 && port <= 65535;
        expect(isTaken('natPort', text)).toBe(isPort);
        if (isPort) expect(rowOf('natPort', text)[0]?.c).toBe(port);
        expect(isTaken('pid', text)).toBe(numberOf(text, 7) > 0);
        if (isTaken('pid', text)) expect(rowOf('pid', text)[0]?.b).toBe(+text);
        expect(isTaken('few', text)).toBe(/^\d{0,9}$/.test(text));
      }),
      { numRuns: 500 },
    );
  });

  it('what a template that failed noted is forgotten', () => {
    const head = [{ literal: '{"v":"' }, { kind: 'text', use: 'client' }, { literal: '","w":' }] as const;
    const matcher = newMatcher(
      [...head, { kind: 'scalar', use: 'natPort' }, { literal: ',"x":1}' }],
      [...head, { kind: 'scalar', use: 'free' }, { literal: ',"y":1}' }],
    );
    expect(scan(matcher, ['{"v":"10.0.0.1","w":7,"y":1}'])).toMatchObject([{ a: 0x0a000001, c: 0 }]);
  });
});

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
    expect(rows[0]?.hash).toBeDefined();
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

  it.each(['4294967296', '179546400', '17954640000', '1795464x00'])('%s is no second', (epoch) => {
    expect(scan(newMatcher(head('A')), [`A audit(${epoch}:1) x`])[0]?.hash).toBeUndefined();
  });
});

describe('the matcher', () => {
  it('forgets its templates, and takes new ones', () => {
    const matcher = newMatcher([{ literal: 'a' }], [{ literal: 'b' }]);
    matcher.clear();
    expect(scan(matcher, ['a'])[0]?.hash).toBeUndefined();
    matcher.add([{ literal: 'c' }]);
    expect(scan(matcher, ['a', 'c']).map(({ hash }) => hash !== undefined)).toEqual([false, true]);
  });

  it('takes no more templates than fit, and still finds those that it has', () => {
    const templates = Array.from({ length: 200 }, (_, n): Template => [{ literal: `${n}${'x'.repeat(1000)}` }]);
    const matcher = newMatcher();
    const taken = templates.map((template) => matcher.add(template));
    expect(taken.slice(0, 100)).not.toContain(false);
    expect(taken.at(-1)).toBe(false);
    const lines = templates.map((_, n) => `${n}${'x'.repeat(1000)}`);
    expect(scan(matcher, lines).map(({ hash }) => hash !== undefined)).toEqual(taken);
  });

  it('scans as many lines as it has room for, and goes on behind them', () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => (n % 2 === 0 ? 'x' : 'y'));
    const rows = scan(newMatcher([{ literal: 'x' }]), lines);
    expect(rows.map(({ hash }) => hash !== undefined)).toEqual(lines.map((line) => line === 'x'));
  });

  it('scans lines where they stand in its memory as it does copies of them, beside other matchers (property)', () => {
    const { area, others, buffers } = newScanMemory({ others: 1, buffers: 2, bytes: 1024 });
    const matchers = [area, ...others].map((place) => createMatcher(place));
    const template: Template = [{ literal: 'x' }, { kind: 'text', use: 'same' }, { literal: '"' }];
    const other: Template = [{ literal: 'y' }, { kind: 'text', use: 'same' }, { literal: '"' }];
    matchers[0]?.add(template);
    matchers[1]?.add(other);
    const line = fc.constantFrom('x"', 'xa"', 'xab"', 'y"', 'ya"', 'z', '');
    const place = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 9 }), place, (lines, from) => {
        for (const matcher of matchers) {
          if (matcher === undefined) throw new Error('this machine has no vector instructions');
          const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
          for (const buffer of buffers) {
            // What stands around them is no part of them.
            buffer.fill(0x22);
            buffer.set(bytes, from);
            expect(rowsOf(matcher, buffer.subarray(from, from + bytes.length))).toEqual(rowsOf(matcher, bytes));
          }
        }
        const [one, two] = matchers.map((matcher) => (matcher === undefined ? [] : scan(matcher, lines)));
        expect(one?.map(({ hash }) => hash !== undefined)).toEqual(lines.map((text) => text.startsWith('x')));
        expect(two?.map(({ hash }) => hash !== undefined)).toEqual(lines.map((text) => text.startsWith('y')));
      }),
    );
  });

  it('has room for the longest piece', () => {
    const line = 'x'.repeat(MOST_BYTES - 1);
    expect(scan(newMatcher(), [line])).toHaveLength(1);
  });

  it('is left out on a machine that cannot run it; other trouble is told', async () => {
    const refusing = (error: Error) =>
      class {
        constructor() {
          throw error;
        }
      };
    const { CompileError } = WebAssembly;
    const area = newArea();
    for (const error of [new CompileError('no vectors'), new RangeError('no memory')]) {
      vi.resetModules();
      vi.stubGlobal('WebAssembly', { CompileError, Module: refusing(error) });
      const fresh = await import('../../src/scan/matcher.ts');
      if (error instanceof CompileError) expect(fresh.createMatcher(area)).toBeUndefined();
      else expect(() => fresh.createMatcher(area)).toThrow('no memory');
    }
    vi.unstubAllGlobals();
  });

  it('is what its source compiles to', () => {
    execFileSync(process.execPath, [join(root, 'scripts/compile-scan.mjs'), '--check'], { stdio: 'pipe' });
  });
});
