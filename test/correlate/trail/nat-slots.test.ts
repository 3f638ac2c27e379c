import { describe, expect, it } from 'vitest';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import { isSlot } from '../../../src/correlate/trail/nat-slots.ts';
import type { Tuple } from '../../../src/correlate/trail/tuple.ts';
import type { NatEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { flow, logged, SECOND } from './translated.ts';

describe('a translation without a far end', () => {
  const ends = (...which: readonly string[]): NatEvent => {
    const end = (name: string) => (which.includes(name) ? { ip: '192.0.2.1' } : {});
    return { src: end('src'), dst: end('dst'), replySrc: end('replySrc'), replyDst: end('replyDst') } as NatEvent;
  };
  it.each<[readonly string[], boolean]>([
    [['src', 'replyDst'], true],
    [['src', 'replyDst', 'dst'], false],
    [['src', 'replyDst', 'replySrc'], false],
    [['src'], false],
    [['replyDst'], false],
  ])('states %j: %s', (which, expected) => expect(isSlot(ends(...which))).toBe(expected));

  const OUTER = '203.0.113.2';
  /** A slot of an address translator as its log shows it. */
  const slot = (second: number, phase: 'new' | 'destroy', from: string, ports: readonly [number?, number?]) => {
    const timed = logged(second, from, 0);
    const [port, outer] = ports;
    const event = {
      ...timed.event,
      phase,
      transport: port === undefined ? 'ip' : 'tcp',
      src: { ip: from, ...(port === undefined ? {} : { port }) },
      dst: {},
      replySrc: {},
      replyDst: { ip: OUTER, ...(outer === undefined ? {} : { port: outer }) },
    };
    return { ...timed, event } as Timed<NatEvent>;
  };
  const seen = (port: number): Tuple => ({ ...flow(port), srcIp: OUTER });
  const undone = (events: readonly Timed<NatEvent>[], port: number, second: number) =>
    new NatTable(events).undo(seen(port), (second * SECOND) as Micros, SECOND)?.inside;

  it('is undone for any far end while it lives', () => {
    const events = [
      slot(100, 'new', '10.66.1.5', [40_001, 61_001]),
      slot(160, 'destroy', '10.66.1.5', [40_001, 61_001]),
    ];
    expect(undone(events, 61_001, 130)).toEqual({ ...seen(61_001), srcIp: '10.66.1.5', srcPort: 40_001 });
    expect(undone(events, 61_001, 90)).toBeUndefined();
    expect(undone(events, 61_001, 170)).toBeUndefined();
    expect(undone(events, 61_002, 130)).toBeUndefined();
  });

  it('is over where the next of its port begins', () => {
    const events = [slot(100, 'new', '10.66.1.5', [40_001, 61_001]), slot(200, 'new', '10.66.1.6', [40_002, 61_001])];
    expect(undone(events, 61_001, 150)?.srcIp).toBe('10.66.1.5');
    expect(undone(events, 61_001, 250)?.srcIp).toBe('10.66.1.6');
  });

  it('tells nothing where a port served two senders at a time', () => {
    const events = [
      slot(100, 'new', '10.66.1.5', [40_001, 61_001]),
      slot(110, 'new', '10.66.1.6', [40_002, 61_001]),
      slot(150, 'destroy', '10.66.1.5', [40_001, 61_001]),
    ];
    expect(undone(events, 61_001, 130)).toBeUndefined();
    expect(undone(events, 61_001, 170)?.srcIp).toBe('10.66.1.6');
  });

  it('tells nothing where a port served the same port of two senders at a time', () => {
    const events = [
      slot(100, 'new', '10.66.1.5', [40_001, 61_001]),
      slot(110, 'new', '10.66.1.6', [40_001, 61_001]),
      slot(150, 'destroy', '10.66.1.5', [40_001, 61_001]),
    ];
    expect(undone(events, 61_001, 130)).toBeUndefined();
  });

  it('is one that was logged by two firewalls, and one that ends as the next begins', () => {
    const elsewhere = (timed: Timed<NatEvent>): Timed<NatEvent> => ({
      ...timed,
      event: { ...timed.event, ref: { ...timed.event.ref, source: 'train-02-conntrack.log' } },
    });
    const [begins, ends] = [
      slot(100, 'new', '10.66.1.5', [40_001, 61_001]),
      slot(150, 'destroy', '10.66.1.5', [40_001, 61_001]),
    ];
    expect(undone([begins, ends, elsewhere(begins), elsewhere(ends)], 61_001, 130)?.srcIp).toBe('10.66.1.5');
    expect(undone([begins, ends, slot(150, 'new', '10.66.1.6', [40_002, 61_001])], 61_001, 150)?.srcIp).toBe(
      '10.66.1.6',
    );
  });

  it('of which only the end was logged is undone from when it began', () => {
    const ended = slot(160, 'destroy', '10.66.1.5', [40_001, 61_001]);
    const events = [{ ...ended, lo: (100 * SECOND) as Micros }];
    expect([90, 130, 170].map((second) => undone(events, 61_001, second)?.srcIp)).toEqual([
      undefined,
      '10.66.1.5',
      undefined,
    ]);
  });

  it('tells nothing where a port served two ports of one sender at a time', () => {
    const events = [
      slot(100, 'new', '10.66.1.5', [40_001, 61_001]),
      slot(110, 'new', '10.66.1.5', [40_002, 61_001]),
      slot(150, 'destroy', '10.66.1.5', [40_001, 61_001]),
    ];
    expect(undone(events, 61_001, 130)).toBeUndefined();
  });

  it('stands as much longer as clocks may be off', () => {
    const events = [
      slot(100, 'new', '10.66.1.5', [40_001, 61_001]),
      slot(160, 'destroy', '10.66.1.5', [40_001, 61_001]),
    ].map((timed) => ({ ...timed, errorUs: 5 * SECOND }));
    expect([93, 94, 166, 167].map((second) => undone(events, 61_001, second)?.srcIp)).toEqual([
      undefined,
      '10.66.1.5',
      '10.66.1.5',
      undefined,
    ]);
  });

  it('of a whole address keeps the port', () => {
    expect(undone([slot(100, 'new', '10.66.1.5', [])], 40_123, 5000)).toEqual({ ...seen(40_123), srcIp: '10.66.1.5' });
  });

  it('says nothing of when a flow began', () => {
    const table = new NatTable([slot(100, 'new', '10.66.1.5', [40_001, 61_001])]);
    expect(table.isEmpty).toBe(false);
    expect(table.undo(seen(61_001), (130 * SECOND) as Micros, SECOND)).toMatchObject({
      isNoBeginning: true,
      translates: true,
      windowed: false,
    });
  });
});
