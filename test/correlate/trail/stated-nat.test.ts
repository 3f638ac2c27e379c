import { describe, expect, it } from 'vitest';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import type { Tuple } from '../../../src/correlate/trail/tuple.ts';
import type { NatEvent, NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';

const SECOND = 1_000_000;

describe('a translation that a firewall states beside its flow', () => {
  const OUTER = { ip: '203.0.113.2', port: 61_001 };
  const seen: Tuple = {
    transport: 'tcp',
    srcIp: OUTER.ip,
    srcPort: OUTER.port,
    dstIp: '203.0.113.9',
    dstPort: 443,
  };
  const at = (second: number): Micros => (second * SECOND) as Micros;
  /** From one second to another; a moment where both are the same. */
  const stated = (from: string, begun: number, ended = begun): Timed<NetworkEvent> =>
    ({
      at: at(ended),
      lo: at(begun),
      hi: at(ended),
      errorUs: 0,
      host: 'edge-fw',
      event: {
        kind: 'network',
        type: 'flow',
        transport: 'tcp',
        src: { ip: from, port: 40_001 },
        dst: { ip: seen.dstIp, port: seen.dstPort },
        nat: { srcIp: OUTER.ip, srcPort: OUTER.port },
        time: { basis: ended === begun ? 'event' : 'flow-end', stepUs: SECOND },
        ref: { source: 'fw.log', line: begun, offset: 0, bytes: 1 },
      },
    }) as unknown as Timed<NetworkEvent>;
  const undone = (network: readonly Timed<NetworkEvent>[], second: number, nat: readonly Timed<NatEvent>[] = []) =>
    new NatTable(nat, network).undo(seen, at(second), SECOND)?.inside.srcIp;

  it.each<[string, readonly Timed<NetworkEvent>[], readonly (string | undefined)[]]>([
    ['stands as long as its flow', [stated('10.66.1.5', 100, 200)], [undefined, '10.66.1.5', undefined, undefined]],
    [
      'gives way to the next of its port',
      [stated('10.66.1.5', 100, 200), stated('10.66.1.6', 300, 400)],
      [undefined, '10.66.1.5', undefined, '10.66.1.6'],
    ],
    [
      'tells nothing where two flows of one port overlap',
      [stated('10.66.1.5', 100, 200), stated('10.66.1.6', 120, 400)],
      [undefined, undefined, '10.66.1.6', '10.66.1.6'],
    ],
    [
      'seen at one moment stands at any time',
      [stated('10.66.1.5', 150)],
      ['10.66.1.5', '10.66.1.5', '10.66.1.5', '10.66.1.5'],
    ],
    [
      'seen at one moment tells nothing where another sender had the port',
      [stated('10.66.1.5', 150), stated('10.66.1.6', 350)],
      [undefined, undefined, undefined, undefined],
    ],
  ])('%s', (_, network, expected) =>
    expect([50, 150, 250, 350].map((second) => undone(network, second))).toEqual(expected),
  );

  it('stands as long as clocks may be wrong', () => {
    const unsure = { ...stated('10.66.1.5', 100, 200), errorUs: 2 * SECOND };
    const held = [96, 97, 203, 204].map((second) => undone([unsure], second) !== undefined);
    expect(held).toEqual([false, true, true, false]);
  });

  it('tells nothing where its sender had two ports', () => {
    const one = stated('10.66.1.5', 100, 200);
    const other = { ...one, event: { ...one.event, src: { ip: '10.66.1.5', port: 40_002 } } };
    expect(undone([one, other], 150)).toBeUndefined();
  });

  it('is told by the whole flow where moments of it are seen too', () => {
    const [moment, whole] = [stated('10.66.1.5', 120), stated('10.66.1.5', 100, 200)];
    const entry = new NatTable([], [moment, whole, moment]).undo(seen, at(150), SECOND);
    expect(entry).toMatchObject({ translates: true, windowed: true, start: at(100) });
  });

  it('begins no later than a short flow ended', () => {
    const table = new NatTable([], [stated('10.66.1.5', 100, 101)]);
    expect(table.undo(seen, at(100), SECOND)?.lateUs).toBe(SECOND);
  });

  it('is of no host of processes, and tells no beginning where it is a moment', () => {
    const entry = (network: Timed<NetworkEvent>) => new NatTable([], [network]).undo(seen, at(150), SECOND);
    expect(entry(stated('10.66.1.5', 100, 200))).toMatchObject({ host: undefined, start: at(100), lateUs: 2 * SECOND });
    expect(entry(stated('10.66.1.5', 150))).toMatchObject({ host: undefined, isNoBeginning: true });
    expect(new NatTable([], [stated('10.66.1.5', 150)]).isEmpty).toBe(false);
  });

  it('is not asked where a log of translations knows', () => {
    const far = { ip: seen.dstIp, port: seen.dstPort };
    const known = {
      at: at(100),
      lo: at(100),
      hi: at(100),
      errorUs: 0,
      event: {
        kind: 'nat',
        phase: 'new',
        transport: 'tcp',
        src: { ip: '10.66.1.9', port: 40_009 },
        dst: far,
        replySrc: far,
        replyDst: OUTER,
        time: { stepUs: 1 },
        ref: { source: 'conntrack.log', line: 1, offset: 0, bytes: 1 },
      },
    } as unknown as Timed<NatEvent>;
    expect(undone([stated('10.66.1.5', 150)], 150, [known])).toBe('10.66.1.9');
  });
});
