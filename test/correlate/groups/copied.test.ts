import { expect, it } from 'vitest';
import type { Flagged } from '../../../src/correlate/groups/group.ts';
import { groupRecords } from '../../../src/correlate/groups/grouping.ts';
import type { NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Piece } from '../../../src/model/timed.ts';

/** A record that names no ports, in a piece of a log. */
function record(source: string, line: number, rest: Partial<NetworkEvent> = {}, stepUs = 1000): Flagged {
  const at = 1_766_000_000_000_000 as Micros;
  const time = { at, lo: at, hi: at, raw: '', basis: 'completion', zone: 'epoch', stepUs } as const;
  const event: NetworkEvent = {
    kind: 'network',
    format: 'x',
    clock: 'x',
    time,
    ref: { source, line, offset: 0, bytes: 1 },
    type: 'proxy',
    action: 'deny',
    src: { ip: '10.0.0.5' },
    dst: { domain: 'pool.example', port: 443 },
    ...rest,
  };
  const piece: Piece = { log: 'x.log', nth: source === 'x.log' ? 1 : 0 };
  const finding = { ruleId: 'r', category: 'policy-violation', severity: 'medium' };
  return { timed: { event, at, lo: at, hi: at, errorUs: 0, piece }, finding } as unknown as Flagged;
}

const sizes = (...flagged: Flagged[]): number[] => groupRecords(flagged).map(({ members }) => members.length);
const flow: Partial<NetworkEvent> = { type: 'flow', count: 3 };

it.each([
  ['requests', {}],
  ['flows that are counted', flow],
])('%s that stand in two pieces of a log are one violation', (_, rest) => {
  expect(sizes(record('x.log.1', 7, rest), record('x.log', 2, rest))).toEqual([2]);
});

it('a record that each file holds twice was written twice', () => {
  const twice = (source: string) => [record(source, 1), record(source, 2)];
  expect(sizes(...twice('x.log.1'), ...twice('x.log'))).toEqual([2, 2]);
  expect(sizes(...twice('x.log'))).toEqual([1, 1]);
});

it('records that differ, or whose stamps are cut to seconds, are two', () => {
  expect(sizes(record('x.log.1', 7), record('x.log', 2, { action: 'allow' }))).toEqual([1, 1]);
  expect(sizes(record('x.log.1', 7, flow, 1_000_000), record('x.log', 2, flow, 1_000_000))).toEqual([1, 1]);
});
