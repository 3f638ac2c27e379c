import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyChunk } from '../../../src/core/calls/chunk.ts';
import { putCall } from '../../../src/core/calls/put.ts';
import { OTHER_RAW, rawNumberOf, rawOfNumber } from '../../../src/core/calls/raw.ts';
import { NameTable, SaidTable } from '../../../src/core/calls/texts.ts';
import { formatIso } from '../../../src/core/time/time.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';
import type { EventTime, Micros } from '../../../src/model/time.ts';

const AT = 1_795_464_000_123_456 as Micros;

const timeOf = (at: Micros, raw: string): EventTime => ({
  at,
  lo: at,
  hi: at,
  raw,
  basis: 'request-start',
  zone: 'explicit',
  stepUs: 1,
});

const written: readonly ((at: Micros) => string)[] = [
  (at) => formatIso(at),
  (at) => `${formatIso(at).slice(0, 23)}Z`,
  (at) => `${formatIso(at).slice(0, 26)}+`,
  (at) => formatIso((at + 1) as Micros),
  (at) => `${at}007`,
  (at) => `${at}`,
  (at) => `${formatIso(at).slice(0, 19)}Z`,
];

describe('a raw stamp as a number', () => {
  it('comes out as it went in, however it is written', () => {
    const ats = fc.integer({ min: -1e15, max: 8e15 }).map((at) => at as Micros);
    fc.assert(
      fc.property(ats, fc.constantFrom(...written), (at, write) => {
        const raw = write(at);
        const number = rawNumberOf(timeOf(at, raw));
        if (number !== OTHER_RAW) expect(rawOfNumber(number, at)).toBe(raw);
      }),
    );
  });

  it.each([
    ['2026-11-23T20:00:00.123456Z', AT, true],
    ['2026-11-23T20:00:00.123Z', AT, true],
    ['1795464000123456789', AT, true],
    ['2026-11-23T21:00:00.123456+01:00', AT, false],
    ['2026-11-23T20:00:01.123456Z', AT, false],
  ])('of %s', (raw, at, follows) => {
    expect(rawNumberOf(timeOf(at, raw)) !== OTHER_RAW).toBe(follows);
  });

  it('needs no text beside the columns', () => {
    const chunk = emptyChunk({ frames: [], names: new NameTable(), said: new SaidTable() }, 2);
    for (const write of [written[0], written[1]]) putCall(chunk, 0, callAt(AT, write?.(AT) ?? ''));
    expect(chunk.raws).toBeUndefined();
  });
});

function callAt(at: Micros, raw: string): ToolCallEvent {
  return {
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time: timeOf(at, raw),
    ref: { source: 'x', line: 1, offset: 0, bytes: 1 },
    episodeId: 'e',
    index: 0,
    name: 'bash',
    startBasis: 'recorded',
    endBasis: 'recorded',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
  };
}
