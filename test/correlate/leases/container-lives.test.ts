import { describe, expect, it } from 'vitest';
import { withinLives } from '../../../src/correlate/leases/container-lives.ts';
import { type Lease, OPEN_END, OPEN_START } from '../../../src/correlate/leases/lease.ts';
import type { Micros } from '../../../src/model/time.ts';

const ID = '89abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567';
const lease = (log: string, span: readonly [number, number], more: Partial<Lease> = {}): Lease => ({
  sandboxId: 's',
  host: undefined,
  ip: undefined,
  uid: undefined,
  containerId: ID,
  rootPid: undefined,
  episodeId: undefined,
  group: undefined,
  sharedIp: false,
  start: span[0] as Micros,
  end: span[1] as Micros,
  errorUs: 0,
  ref: { source: log, line: 1, offset: 0, bytes: 1 },
  log,
  nth: 0,
  ...more,
});
const address = (span: readonly [number, number], more: Partial<Lease> = {}): Lease =>
  lease('inspect', span, { ip: '172.17.0.2', ...more });

describe('an address that a container was seen with', () => {
  it.each<[string, Lease, readonly Lease[], readonly [number, number]]>([
    ['ends with the container', address([10, OPEN_END]), [lease('events', [9, 50])], [10, 50]],
    [
      'is held in its whole life where no start is told',
      address([OPEN_START, OPEN_END]),
      [lease('events', [9, 50])],
      [9, 50],
    ],
    ['ends with it where only that is known', address([10, OPEN_END]), [lease('events', [OPEN_START, 50])], [10, 50]],
    [
      'begins with it where another log tells no bounds',
      address([OPEN_START, OPEN_END]),
      [lease('compose', [OPEN_START, OPEN_END]), lease('events', [9, 50])],
      [9, 50],
    ],
    [
      'begins with it where only that is known',
      address([OPEN_START, OPEN_END]),
      [lease('ps', [9, OPEN_END])],
      [9, OPEN_END],
    ],
    [
      'ends with the life that it was seen in',
      address([60, OPEN_END]),
      [lease('events', [9, 50]), lease('events', [59, 80]), lease('events', [90, 99])],
      [60, 80],
    ],
    [
      'is known by a short id',
      address([10, OPEN_END], { containerId: ID.slice(0, 12) }),
      [lease('events', [9, 50])],
      [10, 50],
    ],
    [
      'stays open by the life of another container',
      address([10, OPEN_END], { containerId: `77${ID.slice(2)}` }),
      [lease('events', [9, 50])],
      [10, OPEN_END],
    ],
    [
      'stays open by what its own log says of other lives',
      address([10, OPEN_END]),
      [lease('inspect', [1, 5]), lease('inspect', [9, 50])],
      [10, OPEN_END],
    ],
    [
      'stays open where the container had ended before',
      address([60, OPEN_END]),
      [lease('events', [9, 50])],
      [60, OPEN_END],
    ],
    [
      'is held from the first life to the last where no start is told, whatever their order',
      address([OPEN_START, OPEN_END]),
      [lease('events', [59, 80]), lease('events', [9, 50]), lease('events', [55, 56])],
      [9, 80],
    ],
    [
      'begins as another life ends: it is of the next',
      address([50, OPEN_END]),
      [lease('events', [9, 50]), lease('events', [50, 80])],
      [50, 80],
    ],
    [
      'stays open at both ends where no other log tells of it',
      address([OPEN_START, OPEN_END]),
      [lease('inspect', [9, 50])],
      [OPEN_START, OPEN_END],
    ],
    [
      'keeps the end that it states where no start is told',
      address([OPEN_START, 20]),
      [lease('events', [9, 50])],
      [9, 20],
    ],
    ['keeps the bounds that it states', address([10, 20]), [lease('events', [9, 50])], [10, 20]],
  ])('%s', (_, seen, lives, span) => {
    const [{ start, end, ip }] = withinLives([seen, ...lives]) as [Lease];
    expect([start, end, ip]).toEqual([...span, '172.17.0.2']);
  });

  it('is as unsure as the life that bounds it', () => {
    const [seen] = withinLives([address([10, OPEN_END]), lease('events', [9, 50], { errorUs: 7 })]) as [Lease];
    expect(seen.errorUs).toBe(7);
    const [free] = withinLives([address([60, OPEN_END]), lease('events', [9, 50], { errorUs: 7 })]) as [Lease];
    expect(free.errorUs).toBe(0);
  });
});
