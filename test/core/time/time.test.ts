import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatIso,
  micros,
  nearestEpoch,
  parseEpoch,
  parseIso,
  parseMonthDay,
  parseSlashed,
} from '../../../src/core/time/time.ts';
import type { Micros } from '../../../src/model/time.ts';

const at = (iso: string): number => Date.parse(iso) * 1000;

describe('stamps', () => {
  it.each([
    ['a zone with a colon', '2025-12-11T14:00:41+08:00', at('2025-12-11T06:00:41Z'), 'explicit', 1_000_000],
    [
      'a zone without a colon and microseconds',
      '2018-10-04T09:34:59.009897+0000',
      at('2018-10-04T09:34:59Z') + 9897,
      'explicit',
      1,
    ],
    ['a comma', '2026-11-23T17:19:11,139827+00:00', at('2026-11-23T17:19:11Z') + 139_827, 'explicit', 1],
    [
      'nine digits are cut, never rounded up',
      '2023-10-06T22:03:57.700327999Z',
      at('2023-10-06T22:03:57Z') + 700_327,
      'explicit',
      1,
    ],
    ['one digit is tenths', '2023-10-06T22:03:57.4Z', at('2023-10-06T22:03:57Z') + 400_000, 'explicit', 100_000],
    [
      'slashes, and no zone is assumed UTC',
      '2024/05/01 12:00:00.123',
      at('2024-05-01T12:00:00Z') + 123_000,
      'assumed',
      1000,
    ],
  ])('reads ISO with %s', (_, text, expected, zone, step) => {
    expect(parseIso(text)).toEqual({ at: expected, zone, stepUs: step });
  });

  it.each([
    ['1557773104815101919', 1_557_773_104_815_102],
    ['1557773104815101419', 1_557_773_104_815_101],
    ['1673277244.954105815', 1_673_277_244_954_106],
    ['1673277244.9999995', 1_673_277_245_000_000],
    ['1673277244954105', 1_673_277_244_954_105],
    ['1673277244', 1_673_277_244_000_000],
  ])('%s is nearest to %i us', (text, expected) => {
    expect(nearestEpoch(text)?.at).toBe(expected);
  });

  it('reads plain stamps as it reads all others', () => {
    const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const fraction = fc.option(fc.stringMatching(/^[.,]\d{0,14}$/), { nil: '' });
    const year = fc.integer({ min: 1, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    const zone = fc.oneof(
      fc.constantFrom('', 'Z', 'z', '+0130', '-11:00', '+1:00', '+00:0'),
      fc.stringMatching(/^[+-]\d\d:?\d\d$/),
    );
    const stamp = fc.tuple(
      year,
      part(14),
      part(33),
      part(26),
      part(99),
      part(62),
      fraction,
      zone,
      fc.constantFrom('T', ' ', '_'),
    );
    fc.assert(
      fc.property(stamp, ([y, m, d, h, min, s, f, z, t]) => {
        const text = `${y}-${m}-${d}${t}${h}:${min}:${s}${f}${z}`;
        // With a space before it, it is not plain.
        expect(parseIso(text, 90)).toEqual(parseIso(` ${text}`, 90));
      }),
      { numRuns: 2000 },
    );
    for (const text of [
      '2025-12-11T14:00:41.Z',
      '2025-12-11T14:0x:41Z',
      '2025-12-11T14:00:41.1x3Z',
      '2025-12-1aT14:00:41Z',
      '2025-12-11T14:00:41+0x00',
      '2025-12-11T14:00:41-08:0',
      '2025-12-11T14:00:41.+0800',
    ])
      expect(parseIso(text)).toBe(undefined);
  });

  it('applies the given zone only to stamps without one', () => {
    expect(parseIso('2025-12-11T14:00:41', 480)?.at).toBe(at('2025-12-11T06:00:41Z'));
    expect(parseIso('2025-12-11T14:00:41Z', 480)?.at).toBe(at('2025-12-11T14:00:41Z'));
  });

  it.each([
    ['seconds', '1765433301', 1_765_433_301_000_000],
    ['seconds with a fraction', '1765433301.993545', 1_765_433_301_993_545],
    ['milliseconds', 1_765_433_301_993, 1_765_433_301_993_000],
    ['microseconds', '1765433301993545', 1_765_433_301_993_545],
    ['nineteen digits keep their microseconds', '1765433301993545123', 1_765_433_301_993_545],
  ])('tells %s by magnitude', (_, value, expected) => {
    expect(parseEpoch(value)?.at).toBe(expected);
  });

  it('reads a number like its digits, to the microsecond and without final zeros (property)', () => {
    const digitsOf = (value: number): string =>
      Number.isInteger(value) ? String(BigInt(value)) : value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
    const seconds = fc.tuple(fc.integer({ min: 9e8, max: 9.9e10 }), fc.nat(999_999)).map(([s, us]) => s + us / 1e6);
    const numbers = fc.oneof(seconds, fc.double(), fc.double({ min: 1e8, max: 1e22 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(numbers, (value) => {
        if (Number.isFinite(value)) expect(parseEpoch(value)).toEqual(parseEpoch(digitsOf(value)));
      }),
    );
    expect(parseEpoch(1_765_433_301.25)?.stepUs).toBe(10_000);
  });

  it('does not take a time since boot for a date', () => {
    expect(parseEpoch('51234.5')).toBe(undefined);
  });

  it('takes the latest year that is not after the reference for stamps without one', () => {
    const reference = at('2026-01-02T00:00:00Z') as Micros;
    expect(parseMonthDay('Dec 31 23:59:59', reference)?.at).toBe(at('2025-12-31T23:59:59Z'));
    expect(parseMonthDay('Jan  1 00:00:01', reference)?.at).toBe(at('2026-01-01T00:00:01Z'));
    expect(parseMonthDay('Jan  1 00:00:01', reference)?.yearAssumed).toBe(true);
    expect(parseSlashed('05/30-19:09:10.917356', reference)?.at).toBe(at('2025-05-30T19:09:10Z') + 917_356);
    expect(parseMonthDay('Feb 29 12:00:00', reference)?.at).toBe(at('2024-02-29T12:00:00Z'));
    expect(parseSlashed('02/29-12:00:00.000000', reference)?.at).toBe(at('2024-02-29T12:00:00Z'));
  });

  it('formats what it reads (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_000_000_000_000_000 }), (value) => {
        expect(parseIso(formatIso(micros(value)))?.at).toBe(value);
      }),
    );
  });
});
