import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../src/core/time/instant.ts';
import { idOf, nanosOf, usualNanos } from '../../src/formats/otlp/message.ts';

describe('stamps and ids of spans', () => {
  it('have the time that any other reading finds (property)', () => {
    const usual = fc.bigInt({ min: 10n ** 18n, max: 9n * 10n ** 18n - 1n }).map(String);
    fc.assert(
      fc.property(usual, (raw) => {
        expect(usualNanos(raw)).toStrictEqual(instantOf(raw));
        expect(nanosOf(raw)).toStrictEqual(instantOf(raw));
      }),
    );
  });

  it('are none where they say so', () => {
    expect(['0', 0, '', undefined].map(nanosOf)).toEqual([undefined, undefined, undefined, undefined]);
    expect(['0'.repeat(16), '', 7].map((id) => idOf(id, 8))).toEqual([undefined, undefined, undefined]);
  });

  it('are lower-case hex whatever they were', () => {
    const hex = '00f067aa0ba902b7';
    const base64 = Buffer.from(hex, 'hex').toString('base64');
    expect([hex, hex.toUpperCase(), base64].map((id) => idOf(id, 8))).toEqual([hex, hex, hex]);
    // Of another length it is no hex of an id.
    expect(idOf('00f067aa', 8)).toBe('00f067aa');
  });
});
