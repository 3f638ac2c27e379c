import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { placeCalls } from '../../../src/correlate/episodes/placing.ts';
import type { Micros } from '../../../src/model/time.ts';

const s = (seconds: number): Micros => (1_795_454_000_000_000 + seconds * 1_000_000) as Micros;
const EPISODE = { start: s(0), end: s(300) };

function call(index: number, start?: number, end?: number, command = 'ls'): Call {
  return {
    key: `k${index}`,
    episodeId: 'ep',
    index,
    callId: `c${index}`,
    name: 'bash',
    command,
    argumentsText: undefined,
    start: start === undefined ? undefined : s(start),
    end: end === undefined ? undefined : s(end),
    earlyUs: 0,
    lateUs: 0,
    timing: 'recorded',
    rejected: undefined,
    executed: true,
    background: false,
    truncated: false,
    trust: 'outside',
    sandboxId: 'sb',
    host: 'h',
    ref: { source: 'dump.jsonl', line: index + 1, offset: 0, bytes: 0 },
  };
}

const placed = (calls: readonly Call[], bounds: Parameters<typeof placeCalls>[1] = EPISODE) =>
  placeCalls(calls, bounds).map(({ start, end, timing }) => [start, end, timing]);

describe('calls without a time of their own', () => {
  it('ran between their neighbours, or inside the episode', () => {
    expect(placed([call(0), call(1, 20, 30), call(2), call(3, 90, 95), call(4)])).toEqual([
      [s(0), s(20), 'inferred'],
      [s(20), s(30), 'recorded'],
      [s(30), s(90), 'inferred'],
      [s(90), s(95), 'recorded'],
      [s(95), s(300), 'inferred'],
    ]);
  });

  it('keep the end that they have', () => {
    expect(placed([call(0, 10, 12), call(1, undefined, 40), call(2)])[1]).toEqual([s(12), s(40), 'inferred']);
  });

  it('stay without a time where nothing bounds them or neighbours contradict each other', () => {
    expect(placed([call(0)], { start: undefined, end: undefined })).toEqual([[undefined, undefined, 'recorded']]);
    expect(placed([call(0, 50, 60), call(1), call(2, 20, 25)])[1]).toEqual([undefined, undefined, 'recorded']);
  });
});

describe('stamps of a conversion', () => {
  it('are rejected by name when six calls of minutes stand within milliseconds', () => {
    const calls = placeCalls(
      Array.from({ length: 6 }, (_, i) => call(i, 299 + i / 1000)),
      EPISODE,
    );
    expect(calls.every(({ timing, start, end }) => timing === 'inferred' && start === s(0) && end === s(300))).toBe(
      true,
    );
    expect(calls[0]?.rejected).toBe('its stamps are those of a conversion: 6 calls within 5 ms');
  });

  it('are rejected when the commands slept longer than all of them took', () => {
    const calls = [call(0, 299, 299.001, 'sleep 30; ls'), call(1, 299.002), call(2, 299.003)];
    expect(placeCalls(calls, EPISODE).every(({ timing }) => timing === 'inferred')).toBe(true);
  });

  it('are not seen in a few calls made at once', () => {
    const calls = [call(0, 10, 11), call(1, 10, 12), call(2, 10.1, 11)];
    expect(
      placeCalls(calls, EPISODE).every(({ timing, rejected }) => timing === 'recorded' && rejected === undefined),
    ).toBe(true);
  });
});
