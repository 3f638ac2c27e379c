import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { plainSuspect } from '../../../src/correlate/suspects/plain-suspects.ts';
import type { Met } from '../../../src/correlate/suspects/recent-calls.ts';
import type { Scene } from '../../../src/correlate/suspects/scene.ts';
import type { SuspectContext } from '../../../src/correlate/suspects/suspect-facts.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';
import type { Fact } from '../../../src/model/case.ts';

const SECOND = 1_000_000;
const CALL = {
  key: 'e/1',
  episodeId: 'e',
  sandboxId: 's',
  start: 10 * SECOND,
  end: 20 * SECOND,
  earlyUs: 0,
  lateUs: 0,
  timing: 'recorded',
  background: false,
  command: 'xmrig',
} as unknown as Call;

const context = {
  episodes: { episodes: new Map() },
  named: () => ({ id: 'e' }),
  called: () => ({ id: '1' }),
  classify: () => ['cryptomining', 'scan'],
  goesElsewhere: () => false,
} as unknown as SuspectContext;

const fact = (says: string): Fact => ({ code: 'lease', strength: 'only', says, trust: 'outside', refs: [] });
const [LEASE, OTHER] = [fact('lease'), fact('other')];

interface Seen {
  readonly begun?: number;
  readonly category?: string;
  readonly leases?: readonly Fact[];
}

const sceneOf = ({ begun = 15, category = 'cryptomining', leases = [LEASE] }: Seen): Scene =>
  ({
    trail: { begun: begun * SECOND, windowUs: 0, errorUs: 0 } as unknown as Trail,
    category,
    leaseFacts: () => leases,
  }) as unknown as Scene;

const met = (call: Partial<Call> = {}): Met => ({ call: { ...CALL, ...call }, suspects: [] });
const told = (one: Met, seen: Seen = {}) =>
  plainSuspect(one, sceneOf(seen), context).facts.map(({ code, strength }) => `${code} ${strength}`);

describe('a call that nothing ties to the flow', () => {
  it('is suspected for what its command looks like, for what leases say of its sandbox, and for its time', () => {
    expect(told(met())).toEqual(['behaviour-match category', 'lease only', 'time-in-call inside']);
    expect(told(met(), { category: 'exfiltration', leases: [] })).toEqual(['time-in-call inside']);
  });

  it('has no leases without a sandbox, and no time where nothing tells it', () => {
    expect(told(met({ sandboxId: undefined, start: undefined } as Partial<Call>))).toEqual([
      'behaviour-match category',
    ]);
  });

  it('is one suspect of all violations that know the same of it', () => {
    const one = met();
    const suspect = (seen: Seen) => plainSuspect(one, sceneOf(seen), context);
    const first = suspect({});
    const others = [{ begun: 25 }, { category: 'scan' }, { leases: [LEASE, OTHER] }, { leases: [OTHER] }].map(suspect);
    expect(new Set([first, ...others]).size).toBe(5);
    // The last four of them are kept.
    expect(suspect({ begun: 26 })).toBe(others[0]);
    expect(suspect({})).not.toBe(first);
    expect(suspect({})).toEqual(first);
  });
});
