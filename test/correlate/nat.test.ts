import { describe, expect, it } from 'vitest';
import { NatTable, type Tuple } from '../../src/correlate/nat.ts';
import type { NatEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Timed } from '../../src/model/timed.ts';

const SECOND = 1_000_000;
const HOST = '10.70.0.11';

/** A flow that a host's log shows as it left, at a second. */
function logged(second: number, from: string, port: number): Timed<NatEvent> {
  const at = (second * SECOND) as Micros;
  return {
    at,
    lo: at,
    hi: at,
    errorUs: 0,
    host: 'train-01',
    event: {
      kind: 'nat',
      phase: 'new',
      transport: 'tcp',
      src: { ip: from, port },
      dst: { ip: '203.0.113.9', port: 443 },
      replySrc: { ip: '203.0.113.9', port: 443 },
      replyDst: { ip: HOST, port },
      ref: { source: 'train-01-conntrack.log', line: second, offset: 0, bytes: 1 },
    },
  } as unknown as Timed<NatEvent>;
}

const flow = (port: number): Tuple => ({
  transport: 'tcp',
  srcIp: HOST,
  srcPort: port,
  dstIp: '203.0.113.9',
  dstPort: 443,
});
const isOwn = (table: NatTable, port: number, second: number): boolean =>
  table.isOwn('train-01', flow(port), (second * SECOND) as Micros, SECOND);

describe('whether a flow with the address of a host is its own', () => {
  const all = new NatTable([
    logged(100, '10.66.1.5', 40_001),
    logged(110, HOST, 40_002),
    logged(200, '10.66.1.5', 40_003),
  ]);
  const translated = new NatTable([logged(100, '10.66.1.5', 40_001), logged(200, '10.66.1.5', 40_003)]);

  it('is where the log of all flows shows it untranslated', () => expect(isOwn(all, 40_002, 110)).toBe(true));

  it('is unknown where a log of all flows lacks it', () => expect(isOwn(all, 40_009, 150)).toBe(false));

  it('is where a log of translations covers the moment and lacks it', () =>
    expect(isOwn(translated, 40_009, 150)).toBe(true));

  it.each([50, 300])('is unknown where such a log does not cover the moment (%i s)', (second) =>
    expect(isOwn(translated, 40_009, second)).toBe(false),
  );

  it('is unknown without a log of the host', () =>
    expect(all.isOwn('train-02', flow(40_002), (110 * SECOND) as Micros, SECOND)).toBe(false));
});
