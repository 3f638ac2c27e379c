import { describe, expect, it } from 'vitest';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import { type TrailContext, undoTranslations, type Walk } from '../../../src/correlate/trail/walk.ts';
import type { NatEvent, NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';

const FAR = { ip: '203.0.113.9', port: 3333 };
const FRONT = { ip: '10.70.0.11', port: 50_001 };
const HALF = 500_000;

/** A flow seen by a stamp of whole seconds from 0, its middle, and translated at a moment. */
function walked(began: number, { coarseUs = HALF, stepUs = 1, phase = 'new', notBefore = -Infinity } = {}): Walk {
  const at = began as Micros;
  const event = {
    kind: 'nat',
    phase,
    transport: 'tcp',
    src: { ip: '10.66.1.5', port: 40_001 },
    dst: FAR,
    replySrc: FAR,
    replyDst: FRONT,
    time: { stepUs },
    ref: { source: 'c.log', line: 1, offset: 0, bytes: 1 },
  };
  const nat = new NatTable([{ event, at, lo: at, hi: at, errorUs: 0, host: 'h' } as unknown as Timed<NatEvent>]);
  const walk: Walk = {
    tuple: { transport: 'tcp', srcIp: FRONT.ip, srcPort: FRONT.port, dstIp: FAR.ip, dstPort: FAR.port },
    at: HALF as Micros,
    notBefore: notBefore as Micros,
    anchored: false,
    errorUs: 10 + coarseUs,
    coarseUs,
    host: undefined,
    facts: [],
  };
  undoTranslations(walk, { nat } as unknown as TrailContext);
  return walk;
}

describe('when a flow began', () => {
  it.each<[string, Walk, object]>([
    ['is told by its translation, within a rounded stamp', walked(870_000), { at: 870_000, errorUs: 10, coarseUs: 0 }],
    ['is told by its translation, before it', walked(-200_000), { at: -200_000, errorUs: 10, coarseUs: 0 }],
    [
      'is its own where the port was taken again since its translation began',
      walked(-200_000, { coarseUs: 0, notBefore: -100_000 }),
      { at: HALF, errorUs: 10 },
    ],
    [
      'is told by a translation that began since',
      walked(-50_000, { coarseUs: 0, notBefore: -100_000 }),
      { at: -50_000, errorUs: 10 },
    ],
    ['is no later than the end of a rounded stamp', walked(1_200_000), { at: 2 * HALF, errorUs: 10 }],
    ['is no later than an exact one', walked(870_000, { coarseUs: 0 }), { at: HALF, errorUs: 10 }],
    ['stays as rounded as it was beside a rounded record', walked(0, { stepUs: 1_000_000 }), { at: 0, coarseUs: HALF }],
    ['and beside a session', walked(0, { phase: 'session' }), { at: 0, errorUs: 10 + HALF }],
  ])('%s', (_, walk, expected) => {
    expect(walk).toMatchObject({ ...expected, anchored: true });
  });
});

describe('when a flow began whose firewall tells its end and seconds', () => {
  /** Seen at a moment; the firewall says that it began between 0 and 2 s. */
  const walkedBy = (at: number, { anchored = false, coarseUs = 0 } = {}): Walk => {
    const event = {
      kind: 'network',
      type: 'flow',
      transport: 'tcp',
      src: { ip: '10.66.1.5', port: 40_001 },
      dst: FAR,
      nat: { srcIp: FRONT.ip, srcPort: FRONT.port },
      time: { basis: 'flow-end', stepUs: 1_000_000 },
      ref: { source: 'fw.log', line: 1, offset: 0, bytes: 1 },
    };
    const flow = { event, at: 60e6, lo: 0, hi: 60e6, errorUs: 0, host: 'fw' } as unknown as Timed<NetworkEvent>;
    const walk: Walk = {
      tuple: { transport: 'tcp', srcIp: FRONT.ip, srcPort: FRONT.port, dstIp: FAR.ip, dstPort: FAR.port },
      at: at as Micros,
      anchored,
      errorUs: 10 + coarseUs,
      coarseUs,
      host: undefined,
      facts: [],
    };
    undoTranslations(walk, { nat: new NatTable([], [flow]) } as unknown as TrailContext);
    return walk;
  };

  it.each<[string, Walk, object]>([
    ['lies in those seconds', walkedBy(30e6), { at: 1e6, errorUs: 10 + 1e6, coarseUs: 1e6 }],
    ['lies before it was seen', walkedBy(600_000), { at: 300_000, errorUs: 10 + 300_000, coarseUs: 300_000 }],
    ['lies before the end of a rounded stamp', walkedBy(HALF, { coarseUs: HALF }), { at: HALF, errorUs: 10 + HALF }],
    ['is no later than it was seen, whatever the firewall says', walkedBy(-200_000), { at: -200_000, errorUs: 10 }],
    ['is known better from a record nearer to it', walkedBy(HALF, { anchored: true }), { at: HALF, errorUs: 10 }],
  ])('%s', (_, walk, expected) => {
    expect(walk).toMatchObject({ ...expected, anchored: true, host: undefined });
    expect(walk.tuple.srcIp).toBe('10.66.1.5');
  });
});
