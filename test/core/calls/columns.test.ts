import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallColumns, glances } from '../../../src/core/calls/columns.ts';
import { idFactsOf } from '../../../src/core/calls/id-facts.ts';
import { hashOfId, isUniqueId } from '../../../src/core/tools/unique-id.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';

const at = fc.integer({ min: 0, max: 4_102_444_800_000_000 }).map((value) => value as Micros);
const word = fc.string({ maxLength: 4 });
const some = fc.constantFrom('a', 'b', 'null', '');
const yes = fc.constant(true as const);

const time = fc.record(
  {
    at,
    lo: at,
    hi: at,
    raw: word,
    basis: fc.constantFrom('request-start', 'completion', 'none'),
    zone: fc.constantFrom('explicit', 'epoch', 'assumed'),
    stepUs: fc.constantFrom(1, 1000),
    yearAssumed: yes,
    observed: at,
  },
  { requiredKeys: ['at', 'lo', 'hi', 'raw', 'basis', 'zone', 'stepUs'], noNullPrototype: true },
);

const REQUIRED = [
  'kind',
  'time',
  'ref',
  'format',
  'clock',
  'episodeId',
  'index',
  'name',
  'startBasis',
  'endBasis',
  'slack',
  'executed',
  'trust',
] as const;

/** Every field of the model; few values, so that some are shared and some are not. */
const calls: fc.Arbitrary<ToolCallEvent> = fc.record(
  {
    kind: fc.constant('tool-call'),
    time,
    ref: fc.record(
      { source: some, line: fc.nat(), offset: fc.maxSafeNat(), bytes: fc.nat() },
      { noNullPrototype: true },
    ),
    format: some,
    clock: some,
    host: some,
    episodeId: word,
    index: fc.nat(),
    callId: word,
    name: some,
    command: word,
    argumentsText: word,
    start: at,
    end: at,
    startBasis: fc.constantFrom('recorded', 'inferred', 'none'),
    endBasis: fc.constantFrom('recorded', 'step-end', 'none'),
    slack: fc.record({ earlyUs: fc.constantFrom(0, 1), lateUs: fc.constantFrom(0, 1) }, { noNullPrototype: true }),
    executed: fc.constantFrom('yes', 'no', 'unknown'),
    status: fc.constantFrom('completed', 'failed'),
    exit: fc.integer(),
    background: fc.record({ handle: word, pid: fc.nat() }, { requiredKeys: [] }),
    cwd: word,
    agentPath: fc.array(word, { maxLength: 2 }),
    sandboxId: word,
    containerId: word,
    pid: fc.nat(),
    step: fc.nat(),
    execs: fc.array(fc.record({ command: word, start: at }), { maxLength: 2 }),
    truncated: yes,
    trust: fc.constantFrom('outside', 'agent-writable'),
  },
  { requiredKeys: [...REQUIRED], noNullPrototype: true },
);

function columnsOf(events: readonly ToolCallEvent[]): CallColumns {
  const columns = new CallColumns();
  for (const event of events) columns.push(event);
  return columns;
}

/** The raw stamp of a time in nanoseconds, as many traces have it. */
const nanoseconds = (event: ToolCallEvent, nanos: number): ToolCallEvent => ({
  ...event,
  time: { ...event.time, raw: `${event.time.at}${String(nanos).padStart(3, '0')}` },
});

function expectEqualFields(glimpse: object | undefined, whole: object): void {
  for (const [name, value] of Object.entries(whole)) {
    const seen: unknown = Reflect.get(glimpse ?? {}, name);
    if (name === 'time' || name === 'ref') expectEqualFields(seen as object, value);
    else expect([name, seen]).toStrictEqual([name, value]);
  }
}

describe('tool calls in columns', () => {
  it('keep raw stamps in nanoseconds (property)', () => {
    fc.assert(
      fc.property(calls, fc.nat({ max: 999 }), (event, nanos) => {
        const stamped = nanoseconds(event, nanos);
        expect(columnsOf([stamped]).at(0)).toStrictEqual(stamped);
      }),
    );
  });

  it('are the same in passing, and are not what is not known (property)', () => {
    const names = [...REQUIRED, 'host', 'callId', 'command', 'start', 'end', 'sandboxId', 'exit', 'step'] as const;
    fc.assert(
      fc.property(fc.array(calls, { maxLength: 10 }), (events) => {
        const columns = columnsOf(events);
        let row = 0;
        for (const glimpse of glances(columns)) {
          const event = events[row++];
          if (event === undefined) throw new Error('too many');
          expectEqualFields(glimpse, event);
          for (const name of names) if (event[name] === undefined) expect(glimpse[name]).toBe(undefined);
        }
        expect(row).toBe(events.length);
        const backwards = events.map((_, i) => events.length - 1 - i);
        const seen = Array.from(glances(columns, backwards), ({ time }) => time.at);
        expect(seen).toEqual(events.map(({ time }) => time.at).reverse());
      }),
    );
  });

  it('come out equal to what went in, one by one and all in order', () => {
    fc.assert(
      fc.property(fc.array(calls, { maxLength: 20 }), (events) => {
        const columns = columnsOf(events);
        expect([...columns]).toStrictEqual(events);
        expect(columns.length).toBe(events.length);
        for (const [row, event] of events.entries()) expect(columns.at(row)).toStrictEqual(event);
        expect(columns.at(events.length)).toBe(undefined);
      }),
    );
  });

  it('keep what is longer, farther away or of other characters than most', () => {
    const [event] = fc.sample(calls, { numRuns: 1, seed: 3 });
    if (event === undefined) throw new Error('no sample');
    const { at } = event.time;
    const far = (us: number): Micros => (at + us) as Micros;
    const odd: readonly ToolCallEvent[] = [
      { ...event, callId: 'é' },
      { ...event, callId: 'call_\u4e2d' },
      { ...event, callId: '' },
      { ...event, callId: 'x'.repeat(100_000) },
      { ...event, command: 'y'.repeat(100_000), argumentsText: 'z'.repeat(100_000) },
      { ...event, command: 'same', argumentsText: 'text' },
      { ...event, command: 'other', argumentsText: 'text' },
      { ...event, time: { ...event.time, lo: far(5), hi: far(-5) }, start: far(-1), end: far(-2) },
      { ...event, time: { ...event.time, lo: far(-0xffffffff), hi: far(0xffffffff) }, start: at, end: far(0xffffffff) },
      { ...event, time: { ...event.time, lo: far(-1), hi: far(1) }, start: at, end: far(0xfffffffe) },
    ];
    const plain = { ...event, time: { ...event.time, lo: at, hi: at }, start: at, end: at, callId: 'plain' };
    const mixed = odd.flatMap((one, n) => [{ ...plain, callId: `plain ${n}` }, one]);
    expect([...columnsOf(mixed)]).toStrictEqual(mixed);
  });

  it('tell of their ids without making them (property)', () => {
    const ids = fc.oneof(
      fc.stringMatching(/^[a-g0-9_-]{6,20}$/),
      fc.stringMatching(/^[A-Za-z0-9.]{14,20}$/),
      fc.string({ unit: 'binary' }),
      fc.constant(undefined),
    );
    const withIds = fc.array(fc.tuple(calls, ids), { maxLength: 10 }).map((list) =>
      list.map(([{ callId: _, ...event }, callId], n): ToolCallEvent => {
        const { at: start } = event.time;
        const even = { ...event, time: { ...event.time, lo: start, hi: start }, start, end: start };
        return { ...(n % 2 === 0 ? event : even), ...(callId === undefined ? {} : { callId }) };
      }),
    );
    fc.assert(
      fc.property(withIds, (events) => {
        for (const { ids: told } of [columnsOf(events), { ids: idFactsOf(events) }]) {
          for (const [row, { callId }] of events.entries()) {
            expect(told.has(row)).toBe(callId !== undefined);
            expect(told.length(row)).toBe(callId?.length ?? 0);
            expect(told.isUnique(row)).toBe(isUniqueId(callId ?? ''));
            expect(told.hash(row)).toBe(callId === undefined ? 0 : hashOfId(callId));
          }
        }
      }),
    );
  });

  it('have some that tell which hosts, sandboxes and clocks there are, and between which moments (property)', () => {
    /** Of each episode in the order of the log: frames and sandboxes; and the stamps of each of these. */
    const toldBy = (events: readonly ToolCallEvent[]): object => {
      const order = new Map<string, string[]>();
      const stamps = new Map<string, { first: number; last: number }>();
      for (const { episodeId, sandboxId, host, name, time } of events) {
        const what = JSON.stringify([sandboxId, host, name]);
        const list = order.get(episodeId) ?? [];
        order.set(episodeId, list);
        if (list.at(-1) !== what) list.push(what);
        const key = `${episodeId} ${what}`;
        const { first, last } = stamps.get(key) ?? { first: time.at, last: time.at };
        stamps.set(key, { first: Math.min(first, time.at), last: Math.max(last, time.at) });
      }
      return [[...order], [...stamps]];
    };
    const few = fc
      .array(calls, { maxLength: 4 })
      .chain((pool) =>
        fc
          .array(fc.tuple(fc.constantFrom(...pool, undefined), fc.nat({ max: 9 })), { maxLength: 60 })
          .map((picks) =>
            picks.flatMap(([event, n]) =>
              event === undefined ? [] : [{ ...event, time: { ...event.time, at: (event.time.at + n) as Micros } }],
            ),
          ),
      );
    fc.assert(
      fc.property(few, (events) => {
        const rows = [...columnsOf(events).telling()];
        expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
        expect(toldBy(rows.flatMap((row) => events[row] ?? []))).toEqual(toldBy(events));
      }),
    );
    const [event] = fc.sample(calls, { numRuns: 1, seed: 4 });
    if (event === undefined) throw new Error('no sample');
    const alike = Array.from({ length: 10_000 }, (_, index) => ({ ...event, index }));
    expect(columnsOf(alike).telling().length).toBe(1);
  });

  it('go on beyond a chunk', () => {
    const [event] = fc.sample(calls, { numRuns: 1, seed: 1 });
    if (event === undefined) throw new Error('no sample');
    const events = Array.from({ length: 10_000 }, (_, index) => ({ ...event, index, name: `tool ${index % 30}` }));
    expect([...columnsOf(events)]).toStrictEqual(events);
  });

  it('forget the output, which nothing reads', () => {
    const [event] = fc.sample(calls, { numRuns: 1, seed: 2 });
    if (event === undefined) throw new Error('no sample');
    expect(columnsOf([{ ...event, output: 'long' }]).at(0)).toStrictEqual(event);
  });
});
