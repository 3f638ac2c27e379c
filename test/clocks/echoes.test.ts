import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findEcho, type Reaching } from '../../src/clocks/echoes.ts';
import { randomOf } from '../random.ts';

const START = 1_795_454_000_000_000;
const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;

interface Night {
  readonly count?: number;
  readonly seed?: number;
  /** By how much the firewall's clock is ahead, microseconds behind the night's beginning. */
  readonly ahead: (t: number) => number;
  /** So long after each its packet is sent again. */
  readonly again?: readonly number[];
  /** Of ten, so many packets of which the host tells nothing. */
  readonly strange?: number;
  /** Stamps are cut to so much. */
  readonly step?: number;
  /** Calls that name an address run so long, at most. */
  readonly runsUs?: number;
}

/** What a firewall and hosts, or the calls on them, saw of one night of two hours. */
function nightOf({ count = 60, seed = 3, ahead, again = [], strange = 0, step = 0, runsUs = 0 }: Night) {
  const random = randomOf(seed);
  const own: Reaching[] = [];
  const others: Reaching[] = [];
  const stamp = (key: string, t: number): void => {
    const seen = START + t + ahead(t);
    const lo = step === 0 ? seen : Math.floor(seen / step) * step;
    own.push({ key, lo, hi: lo + step });
  };
  for (let i = 0; i < count; i++) {
    const t = Math.floor(random() * 120 * MINUTE);
    const key = `reach|h|192.0.2.${Math.floor(random() * 7)}|443`;
    others.push({ key, lo: START + t, hi: START + t + runsUs });
    const sent = t + random() * Math.max(20_000, runsUs * 0.8);
    stamp(key, sent);
    for (const us of again) stamp(key, sent + us);
    if (random() * 10 < strange) stamp(key, random() * 120 * MINUTE);
  }
  return { own, others };
}

function errorOf(night: Night, at: number): number | undefined {
  const { own, others } = nightOf(night);
  const echo = findEcho(own, others);
  if (echo === undefined) return undefined;
  const reading = START + at + night.ahead(at);
  const segment = echo.segments.findLast(({ from }) => reading >= from);
  if (segment === undefined) return undefined;
  return Math.abs(segment.offset + segment.slope * (reading - segment.origin) - night.ahead(at)) - echo.halfWidth;
}

describe('the clock of a firewall that tells no more than where packets of a host went', () => {
  it.each<[string, Night]>([
    ['is right', { ahead: () => 0 }],
    ['is nine seconds ahead', { ahead: () => 9 * SECOND }],
    ['is hours behind', { ahead: () => -7 * 3600 * SECOND - 3 * SECOND }],
    ['drifts', { ahead: (t) => SECOND + t * 40e-6 }],
    ['steps ahead', { ahead: (t) => (t < 60 * MINUTE ? SECOND : 6 * SECOND) }],
    ['steps back', { ahead: (t) => (t < 60 * MINUTE ? SECOND : -40 * SECOND) }],
    ['sees packets that are sent again', { ahead: () => 3 * SECOND, again: [SECOND, 3 * SECOND, 7 * SECOND] }],
    ['sees packets of others', { ahead: () => 3 * SECOND, strange: 8 }],
    ['cuts its stamps to seconds', { ahead: () => 3.4 * SECOND, step: SECOND, count: 200 }],
    ['is held against calls that name the address', { ahead: () => 9 * SECOND, runsUs: 2 * SECOND, count: 100 }],
  ])('is found where it %s', (_, night) => {
    for (const at of [10 * MINUTE, 110 * MINUTE]) expect(errorOf(night, at)).toBeLessThanOrEqual(60_000);
  });

  it('is found whatever it is off by', () => {
    fc.assert(
      fc.property(fc.integer({ min: -86_400, max: 86_400 }), fc.integer({ min: 1, max: 9999 }), (seconds, seed) => {
        expect(errorOf({ ahead: () => seconds * SECOND, seed }, MINUTE)).toBeLessThanOrEqual(20_000);
      }),
      { numRuns: 40 },
    );
  });

  it('is not found by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), fc.integer({ min: 4, max: 150 }), (seed, count) => {
        const random = randomOf(seed);
        const seen = (): Reaching[] =>
          Array.from({ length: count }, () => {
            const lo = START + random() * 120 * MINUTE;
            return { key: `reach|h|192.0.2.${Math.floor(random() * 7)}|443`, lo, hi: lo };
          });
        expect(findEcho(seen(), seen())).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('is not found where all comes at one pace', () => {
    const every = (from: number): Reaching[] =>
      Array.from({ length: 100 }, (_, i) => {
        const lo = START + from + i * 30 * SECOND;
        return { key: 'reach|h|192.0.2.1|443', lo, hi: lo };
      });
    expect(findEcho(every(4 * SECOND), every(0))).toBeUndefined();
  });

  it.each<[string, number]>([
    ['is not found by a few', 5],
    ['is found by some', 12],
  ])('%s', (_, count) => {
    const night = { ahead: () => 9 * SECOND, count };
    expect(errorOf(night, MINUTE) === undefined).toBe(count < 6);
  });
});
