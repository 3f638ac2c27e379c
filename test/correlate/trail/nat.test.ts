import { describe, expect, it } from 'vitest';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import { toTuple } from '../../../src/correlate/trail/tuple.ts';
import type { NatEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { flow, HOST, logged, SECOND } from './translated.ts';

const isOwn = (table: NatTable, port: number, second: number): boolean =>
  table.isOwn('train-01', flow(port), (second * SECOND) as Micros, SECOND);

describe('whether a flow with the address of a host is its own', () => {
  const all = new NatTable([
    logged(100, '10.66.1.5', 40_001),
    logged(110, HOST, 40_002),
    logged(200, '10.66.1.5', 40_003),
  ]);
  const translated = new NatTable([logged(100, '10.66.1.5', 40_001), logged(200, '10.66.1.5', 40_003)]);

  it('is not known where the record does not tell its port: in no log can it be found', () => {
    expect(isOwn(all, 0, 110)).toBe(false);
    expect(isOwn(translated, 0, 110)).toBe(false);
  });

  it('is where the log of all flows shows it untranslated', () => expect(isOwn(all, 40_002, 110)).toBe(true));

  it('is where only its port was changed', () =>
    expect(isOwn(new NatTable([logged(100, HOST, 40_004, 50_004)]), 40_004, 100)).toBe(true));

  it('is unknown where a log of all flows lacks it', () => expect(isOwn(all, 40_009, 150)).toBe(false));

  it('is where a log of translations covers the moment and lacks it', () =>
    expect(isOwn(translated, 40_009, 150)).toBe(true));

  it.each([50, 300])('is unknown where such a log does not cover the moment (%i s)', (second) =>
    expect(isOwn(translated, 40_009, second)).toBe(false),
  );

  it('is unknown as near to where such a log begins and ends as clocks may be off', () =>
    expect([100, 101, 199, 200].map((second) => isOwn(translated, 40_009, second))).toEqual([
      false,
      true,
      true,
      false,
    ]));

  it('is unknown where such a log is silent for more than twice its next longest pause', () => {
    const at = [100, 101, 106, 108, 119, 121].map((second) => logged(second, '10.66.1.5', 40_001));
    expect([103, 107, 110, 117, 120].map((second) => isOwn(new NatTable(at), 40_009, second))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    const steadier = [100, 101, 107, 108, 119, 121].map((second) => logged(second, '10.66.1.5', 40_001));
    expect(isOwn(new NatTable(steadier), 40_009, 110)).toBe(true);
  });

  it('is told within the sessions that such a log sums up', () => {
    const first = logged(101, '10.66.1.5', 40_001);
    const session = { ...first, hi: (150 * SECOND) as Micros, event: { ...first.event, phase: 'session' as const } };
    const log = [logged(100, '10.66.1.5', 40_002), session, logged(152, '10.66.1.5', 40_003)];
    expect(isOwn(new NatTable(log), 40_009, 120)).toBe(true);
  });

  it('is told from where a session began that the log tells of when it is over', () => {
    const over = logged(160, '10.66.1.5', 40_001);
    const session = { ...over, lo: (50 * SECOND) as Micros, event: { ...over.event, phase: 'session' as const } };
    const log = new NatTable([logged(100, '10.66.1.5', 40_002), session]);
    expect([50, 51].map((second) => isOwn(log, 40_009, second))).toEqual([false, true]);
  });

  it('is told up to the last end that such a log holds', () => {
    const end = logged(300, '10.66.1.5', 40_003);
    const ended = { ...end, event: { ...end.event, phase: 'destroy' as const } };
    const all = new NatTable([logged(100, '10.66.1.5', 40_001), logged(200, '10.66.1.5', 40_003), ended]);
    expect([250, 302].map((second) => isOwn(all, 40_009, second))).toEqual([true, false]);
  });

  it('is told by the log in whatever order its lines come', () => {
    const backwards = new NatTable([logged(200, '10.66.1.5', 40_003), logged(100, '10.66.1.5', 40_001)]);
    expect([98, 150, 202].map((second) => isOwn(backwards, 40_009, second))).toEqual([false, true, false]);
  });

  it('is not told by what another host shows untranslated', () => {
    const other = { ...logged(110, HOST, 40_002), host: 'train-02' };
    expect(isOwn(new NatTable([logged(300, '10.66.1.5', 40_001), other]), 40_002, 110)).toBe(false);
  });

  it('is unknown without a log of the host', () =>
    expect(all.isOwn('train-02', flow(40_002), (110 * SECOND) as Micros, SECOND)).toBe(false));
});

describe('a translation', () => {
  const OUTSIDE = flow(40_001);
  const at = (second: number): Micros => (second * SECOND) as Micros;
  const entry = (phase: NatEvent['phase'], second: number, { lasts = 0, errorUs = 0 } = {}): Timed<NatEvent> => {
    const timed = logged(second, '10.66.1.5', 40_001);
    const hi = (timed.at + lasts * SECOND) as Micros;
    return { ...timed, hi, errorUs, event: { ...timed.event, phase } };
  };
  /** Since when the translation stands that made the flow at a second. */
  const since = (events: readonly Timed<NatEvent>[], second: number, slackUs = 0): number | undefined => {
    const found = new NatTable(events).undo(OUTSIDE, at(second), slackUs);
    return found === undefined ? undefined : found.start / SECOND;
  };

  it.each<[string, readonly Timed<NatEvent>[], readonly (number | undefined)[]]>([
    [
      'stands from its beginning to its end',
      [entry('new', 5), entry('destroy', 7)],
      [undefined, 5, 5, undefined, undefined],
    ],
    ['stands for ever without an end', [entry('new', 5)], [undefined, 5, 5, 5, 5]],
    ['is told by its end alone', [entry('destroy', 7)], [undefined, undefined, 7, undefined, undefined]],
    ['gives way to the next', [entry('new', 5), entry('new', 8)], [undefined, 5, 5, 8, 8]],
    [
      'comes again after its end',
      [entry('new', 5), entry('destroy', 6), entry('new', 7)],
      [undefined, 5, 7, undefined, undefined],
    ],
    [
      'without an end is not known after its log, where that follows entries',
      [entry('new', 5), entry('new', 7), entry('update', 8)],
      [undefined, 5, 7, 7, undefined],
    ],
    ['stands as long as its session', [entry('session', 5, { lasts: 2 })], [undefined, 5, 5, undefined, undefined]],
    [
      'goes on with the next record of it',
      [entry('session', 5), entry('session', 7, { lasts: 1 })],
      [undefined, 5, 5, 5, undefined],
    ],
  ])('%s', (_, events, expected) => {
    expect([4, 5, 7, 8, 9].map((second) => since(events, second))).toEqual(expected);
  });

  it('is the same in whatever order its lines come', () => {
    const events = [entry('new', 8), entry('destroy', 7), entry('new', 5)];
    expect([4, 5, 7, 8].map((second) => since(events, second))).toEqual([undefined, 5, 5, 8]);
  });

  it('stands as much longer as clocks may be off', () => {
    const events = [entry('new', 5, { errorUs: SECOND }), entry('destroy', 7)];
    expect([2, 3, 9, 10].map((second) => since(events, second, SECOND))).toEqual([undefined, 5, 5, undefined]);
  });

  it('is none where the log shows the flow as it was, which tells when it began', () => {
    const table = new NatTable([logged(100, HOST, 40_002)]);
    expect(table.undo(flow(40_002), at(100), 0)).toBe(undefined);
    expect(table.witness(flow(40_002), at(100), 0)?.host).toBe('train-01');
    expect([table.isEmpty, new NatTable([]).isEmpty]).toEqual([false, true]);
  });

  it('to a far end is found by when it began', () => {
    const table = new NatTable([entry('new', 5), logged(8, '10.66.1.6', 40_003)]);
    const begun = (from: number, to: number, dstPort = 443) =>
      Array.from(table.begunTo('203.0.113.9', dstPort, HOST, at(from), at(to)), ({ start }) => start / SECOND);
    expect([begun(5, 8), begun(6, 8), begun(5, 7), begun(5, 8, 80)]).toEqual([[5, 8], [8], [5], []]);
  });
});

it('of a ping the id stands for the port', () => {
  const [src, dst] = [
    { ip: 'a', port: 1 },
    { ip: 'b', port: 2 },
  ];
  expect(toTuple('icmp', src, dst, 7)).toMatchObject({ srcPort: 7, dstPort: 0 });
  expect(toTuple('icmp6', src, dst, undefined)).toMatchObject({ srcPort: 0, dstPort: 0 });
  expect(toTuple('udp', src, dst, 7)).toMatchObject({ srcPort: 1, dstPort: 2 });
  expect(toTuple('udp', { ip: 'a' }, { ip: 'b' }, 7)).toMatchObject({ srcPort: 0, dstPort: 0 });
  expect([toTuple('udp', {}, dst, 7), toTuple('udp', src, {}, 7)]).toEqual([undefined, undefined]);
});

describe('a log of ends alone', () => {
  const end = logged(200, '10.66.1.5', 40_001);
  const ended = { ...end, lo: (100 * SECOND) as Micros, event: { ...end.event, phase: 'destroy' as const } };
  const later = logged(210, '10.66.1.5', 40_001);
  const table = new NatTable([ended]);
  const undone = (second: number): boolean =>
    table.undo(flow(40_001), (second * SECOND) as Micros, SECOND) !== undefined;

  it('shows translations from when their entries began', () =>
    expect([90, 101, 200].map(undone)).toEqual([false, true, true]));

  it('says nothing of other flows before its first line', () =>
    expect([150, 199, 205].map((second) => isOwn(new NatTable([ended, later]), 40_009, second))).toEqual([
      false,
      false,
      true,
    ]));
});

describe('the host of an address', () => {
  it('is the one whose translations put it in front of others', () => {
    expect(new NatTable([logged(100, '10.66.1.5', 40_001)]).hostOf(HOST)).toBe('train-01');
  });

  it('is not told by flows of the address itself, nor by two hosts', () => {
    expect(new NatTable([logged(100, HOST, 40_002)]).hostOf(HOST)).toBeUndefined();
    const twice = [logged(100, '10.66.1.5', 40_001), { ...logged(101, '10.66.1.6', 40_002), host: 'train-02' }];
    expect(new NatTable(twice).hostOf(HOST)).toBeUndefined();
  });
});

describe('a translation of which only the source and the port of the service are known', () => {
  const ask = (table: NatTable, dstPort = 443, srcPort = 50_001) =>
    table.undo({ ...flow(srcPort), dstIp: '', dstPort }, (100 * SECOND) as Micros, SECOND)?.inside.srcIp;
  const one = logged(100, '10.66.1.5', 40_001, 50_001);

  it('is undone', () => {
    expect(ask(new NatTable([one]))).toBe('10.66.1.5');
    expect(ask(new NatTable([one]), 0)).toBe('10.66.1.5');
  });

  it('is not one to another service, nor one of another port', () => {
    expect(ask(new NatTable([one]), 53)).toBeUndefined();
    expect(ask(new NatTable([one]), 443, 50_002)).toBeUndefined();
    expect(ask(new NatTable([one]), 443, 0)).toBeUndefined();
  });

  it('is not known of a source without a port, not even where a translation has none either', () => {
    expect(ask(new NatTable([logged(100, '10.66.1.5', 0)]), 443, 0)).toBeUndefined();
  });

  it('is not known where two senders had the port, or two ports of one', () => {
    const elsewhere = (ip: string, port: number) => {
      const other = logged(100, ip, port, 50_001);
      return { ...other, event: { ...other.event, replySrc: { ip: '203.0.113.10', port: 443 } } };
    };
    expect(ask(new NatTable([one, elsewhere('10.66.1.6', 40_001)]))).toBeUndefined();
    expect(ask(new NatTable([one, elsewhere('10.66.1.5', 40_002)]))).toBeUndefined();
    expect(ask(new NatTable([one, elsewhere('10.66.1.5', 40_001)]))).toBe('10.66.1.5');
  });
});

describe('a translation the end of which a log may have missed', () => {
  const OTHERS = Array.from({ length: 60 }, (_, i) => i + 100).filter((second) => second <= 120 || second >= 140);
  const others = OTHERS.map((second) => logged(second, '10.66.1.9', 41_000 + second));
  const entry = logged(110, '10.66.1.5', 40_001, 50_001);
  const ended = (second: number): Timed<NatEvent> => {
    const { event, ...timed } = logged(second, '10.66.1.5', 40_001, 50_001);
    return { ...timed, event: { ...event, phase: 'destroy' } };
  };
  const again = logged(150, '10.66.1.5', 40_001, 50_001);
  const finds = (events: readonly Timed<NatEvent>[], second: number): boolean =>
    new NatTable([...others, ...events]).undo(flow(50_001), (second * SECOND) as Micros, SECOND) !== undefined;

  it.each<[string, readonly Timed<NatEvent>[], number, boolean]>([
    ['is found until the log falls silent', [entry], 119, true],
    ['is not found in the silence', [entry], 130, false],
    ['is not found behind it', [entry], 145, false],
    ['is found in the silence where its end is told behind it', [entry, ended(150)], 130, true],
    ['is not found there where it began anew behind it', [entry, again], 130, false],
  ])('%s', (_, events, second, is) => expect(finds(events, second)).toBe(is));
});
