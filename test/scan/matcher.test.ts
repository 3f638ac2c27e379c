import { Buffer } from 'node:buffer';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { plainMoment } from '../../src/core/looks/look.ts';
import { readShape } from '../../src/core/looks/shape.ts';
import { templateOf } from '../../src/core/looks/shape-template.ts';
import { parseIso } from '../../src/core/time/time.ts';
import type { Template, ValueUse } from '../../src/model/template.ts';
import { PATH_BITS } from '../../src/scan/layout.ts';
import { createMatcher, MOST_BYTES } from '../../src/scan/matcher.ts';
import { newScanMemory } from '../../src/scan/memory.ts';
import { newArea, newMatcher, type Row, rowsOf, scan } from './rows.ts';

const root = join(import.meta.dirname, '../..');

const WANTED = {
  values: ['a'],
  compared: new Set(['b', 'o\nc']),
  loose: new Set(['l']),
  refused: new Set<string>(),
  texts: new Set<string>(),
};

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '',
    '\\',
    '"',
    '\udfff',
    'ü€',
    'a/b',
    'x'.repeat(15),
    'x'.repeat(16),
    'x'.repeat(17),
    '\u0001',
    '\u2028',
  ),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const inner = fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.dictionary(text, value, { maxKeys: 3 }));
const list = fc.oneof(
  fc.array(inner, { maxLength: 4 }),
  fc.dictionary(text, fc.oneof(inner, fc.array(inner, { maxLength: 3 })), { maxKeys: 3 }),
);
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
  byte: fc.constantFrom('', '"', '\\', ',', '}', ']', ':', '/', '0', 'e', '.', ' ', 'x'),
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
        // Without a hash no template took the line.
        expect(scan(matcher, lines).map(({ hash }) => typeof hash)).toEqual(lines.map(() => 'string'));
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
    ['moment', ['', 'late', '2026-11-29T02:08:53Z', '2026-11-29T02:08:53.12345Z', '2026-11-29T02:08:53.1234567Z']],
    ['moment', ['2026-11-29T02:08:53.123456', '2026-11-29T02:08:53.123456z', '2026-11-29T02:08:53.12345x+0000']],
    [
      'moment',
      ['2026-11-29T02:08:53.123456+1500', '2026-11-29T02:08:53.123456+0060', '2026-11-29T02:08:53.123456+00.00'],
    ],
    ['moment', ['2026-11-29T02:08:53.123456 0000', '2026-11-29T02:60:53.123456+0000', '1969-12-31T23:59:59.123456Z']],
    [
      'stamp',
      [
        '',
        '-',
        '12345678',
        '12345678901',
        '1795918133.',
        '1795918133.1234567890',
        '1795918133x',
        '179591813 ',
        '2026-11-29',
      ],
    ],
    [
      'second',
      [
        '2026-11-29T02:08:60Z',
        '2026-00-29T02:08:53Z',
        '2026-11-00T02:08:53Z',
        '2026-11-32T02:08:53Z',
        '2106-01-01T00:00:00Z',
      ],
    ],
    [
      'second',
      [
        '2026-11-29T02:60:53Z',
        '2026-11-29T02-08:53Z',
        '2026-11-29T02:08-53Z',
        '2026/11-29T02:08:53Z',
        '2026-11/29T02:08:53Z',
      ],
    ],
    ['second', ['2026-11-29T02:08:53.1+00:00', '2026-11-2xT02:08:53Z', '1969-12-31T23:59:59Z', '2026-11-29T24:00:00Z']],
  ] as const)('%s takes none of %j', (use, values) => {
    expect(values.filter((v) => isTaken(use, v))).toEqual([]);
  });

  it('escapes of a text are those of JSON', () => {
    const taken = ['\\u00af', '\\uABCD', '\\uEF09', '\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t'];
    const refused = ['\\u00ag', '\\u00@0', '\\u00`0', '\\u0:00', '\\u/000', '\\u12', '\\x', "\\'", '\\U0041', '\\'];
    for (const text of [...taken, ...refused]) {
      expect([text, isTaken('same', text)]).toEqual([text, taken.includes(text)]);
      expect([text, isTaken('same', `${'x'.repeat(13)}${text}y`)]).toEqual([text, taken.includes(text)]);
    }
  });

  it('whichever time is taken, and told apart by nothing', () => {
    const rows = rowOf('stamp', '1795918133', '179591813.1', '1795918133.123456789', '2026-11-29T02:08:53.123456Z');
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(1);
    expect(rows[0]?.hash).toEqual(expect.any(String));
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

  it('a moment is the one that is read (property)', () => {
    const date = fc.date({ min: new Date('1970-01-03'), max: new Date('2105-12-30'), noInvalidDate: true });
    const zone = fc.stringMatching(/^(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])$/);
    fc.assert(
      fc.property(date, fc.integer({ min: 0, max: 999_999 }), zone, (day, micros, where) => {
        const stamp = `${day.toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}${where}`;
        expect(rowOf('moment', stamp)[0]).toMatchObject({ hash: expect.any(String), at: parseIso(stamp)?.at });
        expect(plainMoment(stamp)).toBe(parseIso(stamp)?.at);
      }),
    );
  });

  it('a moment is taken where a look takes it (property)', () => {
    const stamp = fc.stringMatching(
      /^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\.[0-9]{5,7}(?:Z|[+ -][0-9]{2}:?[0-9]{2})?$/,
    );
    fc.assert(
      fc.property(stamp, (text) => {
        expect(isTaken('moment', text) && plainMoment(text) === undefined).toBe(false);
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
