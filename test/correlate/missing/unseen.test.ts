import { describe, expect, it } from 'vitest';
import { isByTime, openUnseenHosts, unseenMissing } from '../../../src/correlate/missing/unseen.ts';
import type { Owner } from '../../../src/correlate/processes/owner.ts';

const HOST_OF: Readonly<Record<string, string>> = { a1: 'train-01', b1: 'train-02', c1: 'train-03' };
const episode = (sandboxIds: readonly string[], hosts: readonly string[] = []) => ({
  sandboxIds,
  calls: { extent: { hosts } },
});

/** `seen`: hosts with process records. */
function unseenIn(seen: readonly string[], episodes = [episode(['a1']), episode(['b1'], ['train-02', ''])]) {
  return openUnseenHosts({
    processes: { hasHost: (host?: string) => seen.includes(host ?? '') },
    leases: { hostOfSandbox: (id: string) => HOST_OF[id] },
    episodes: { episodes: new Map(episodes.entries()) },
  } as unknown as Parameters<typeof openUnseenHosts>[0]);
}

const senders = (...sorted: string[]) => ({ sandboxes: new Set(sorted), sorted });

describe('hosts that may have sent a flow and tell nothing of their processes', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['are those of sandboxes without process records', ['train-01'], ['train-02']],
    ['are none where records call hosts by other names', ['node-1', 'node-2'], []],
    ['are none where every host has some', ['train-01', 'train-02'], []],
  ])('%s', (_, seen, expected) => expect(unseenIn(seen)({ host: undefined }, undefined)).toEqual(expected));

  it('are those of calls where no lease tells', () =>
    expect(
      unseenIn(['train-01'], [episode(['a1']), episode([], ['train-09'])])({ host: undefined }, undefined),
    ).toEqual(['train-09']));

  it('are none where the host of the flow is known', () =>
    expect(unseenIn(['train-01'])({ host: 'train-01' }, undefined)).toEqual([]));

  it('are those of the sandboxes that can have sent it', () => {
    const unseen = unseenIn(['train-01']);
    expect(unseen({ host: undefined }, senders('a1'))).toEqual([]);
    expect(unseen({ host: undefined }, senders('a1', 'c1'))).toEqual(['train-03']);
  });

  it('are named among what is missing', () => expect(unseenMissing(['x', 'y'])).toMatch(/telemetry of x, y .*by time/));
});

it.each<[Owner['how'], boolean]>([
  ['destination', true],
  ['resolver', true],
  ['tuple', false],
  ['shared-tuple', false],
  ['snapshot', false],
  ['exec-arguments', false],
])('a process found by its %s is tied by time alone: %s', (how, expected) => expect(isByTime({ how })).toBe(expected));
