import { describe, expect, it } from 'vitest';
import type { Endpoint, NatEvent, NetworkEvent, ProcessEvent } from '../../../src/model/event.ts';
import { FINDING, openRetention, recordAt } from '../open-retention.ts';

const BAD = '203.0.113.9';
const violation = (src: Endpoint, dst: Endpoint = { ip: BAD, port: 3333 }): NetworkEvent =>
  ({ ...recordAt(1), kind: 'network', type: 'alert', action: 'alert', transport: 'tcp', src, dst }) as NetworkEvent;
const connect = (
  second: number,
  local: Endpoint,
  { pid = 7, remote = { ip: BAD, port: 3333 } } = {},
): ProcessEvent => ({
  ...recordAt(second),
  kind: 'process',
  op: 'connect',
  host: 'h',
  pid,
  socket: { transport: 'tcp', local, remote },
});
const nat = (src: Endpoint, replyDst: Endpoint): NatEvent => ({
  ...recordAt(5),
  kind: 'nat',
  phase: 'new',
  transport: 'tcp',
  src,
  dst: { ip: BAD, port: 3333 },
  replySrc: { ip: BAD, port: 3333 },
  replyDst,
});

/** After these violations and one connection, which is all that there is memory for. */
function full(seen: readonly NetworkEvent[], mostFlows = 1) {
  const observe = (event: unknown) => (seen.includes(event as NetworkEvent) ? FINDING : undefined);
  const { retention } = openRetention({ observe, mostFlows });
  for (const event of seen) retention.first(event, { asOf: Infinity });
  expect(retention.first(connect(2, { ip: '10.0.0.5', port: 50_000 }), { asOf: Infinity })).toBe('keep');
  return retention;
}

describe('connections to far ends of violations that are more than there is memory for', () => {
  const seen = [violation({ ip: '10.0.0.5', port: 40_000 })];
  const nameless = violation({ ip: '10.0.0.5' });
  const far = { ip: '10.0.0.5', port: 41_000 };

  it.each([
    ['the connection of a violation', connect(3, { ip: '10.0.0.5', port: 40_000 }), 'keep'],
    ['another of the same process', connect(3, far), 'drop'],
    ['a translation of its port', nat({ ip: '10.0.0.5', port: 40_000 }, { ip: '192.0.2.1', port: 2000 }), 'keep'],
    ['a translation to its port', nat({ ip: '10.0.0.9', port: 2000 }, { ip: '192.0.2.1', port: 40_000 }), 'keep'],
    ['another translation', nat({ ip: '10.0.0.9', port: 2000 }, { ip: '192.0.2.1', port: 2001 }), 'drop'],
  ])('%s', (_, event, decision) => {
    const retention = full(seen);
    expect(retention.first(event, { asOf: Infinity })).toBe(decision);
    expect(retention.leftFlows).toBe(decision === 'keep' ? 0 : 1);
    expect(full(seen, 10).first(event, { asOf: Infinity })).toBe('keep');
  });

  it.each([
    ['the record names no port', seen, {}],
    ['no violation names one', [nameless], far],
    ['only some violations name one', [...seen, nameless], far],
  ])('are kept one a second of each process where %s', (_, violations, local) => {
    const retention = full(violations);
    const kept = (second: number, pid: number): string =>
      retention.first(connect(second, local, { pid }), { asOf: Infinity });
    expect([kept(10, 7), kept(10, 7), kept(11, 7), kept(11, 8)]).toEqual(['keep', 'drop', 'keep', 'keep']);
    expect(retention.leftFlows).toBe(1);
  });

  it('count for the clocks only while none was left out', () => {
    const retention = full(seen);
    const own = connect(3, { ip: '10.0.0.5', port: 40_000 });
    expect([retention.isWhole(own), retention.isNumbered(own)]).toEqual([true, true]);
    retention.first(connect(3, far), { asOf: Infinity });
    expect([retention.isWhole(own), retention.isNumbered(own)]).toEqual([false, false]);
  });
});
