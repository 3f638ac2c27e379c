import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHUNK_ROWS, type Chunk, emptyChunk } from '../../../src/core/calls/chunk.ts';
import { Frames } from '../../../src/core/calls/frame.ts';
import { IdsInChunks } from '../../../src/core/calls/ids.ts';
import { putCall } from '../../../src/core/calls/put.ts';
import { eventOf } from '../../../src/core/calls/row.ts';
import { sealed } from '../../../src/core/calls/seal.ts';
import { NameTable, SaidTable } from '../../../src/core/calls/texts.ts';
import { hashOfId, isUniqueId } from '../../../src/core/tools/unique-id.ts';
import type { ToolCallEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';

function chunkOf(events: readonly ToolCallEvent[]): Chunk {
  const frames = new Frames();
  const chunk = emptyChunk({ frames: frames.all, names: new NameTable(), said: new SaidTable() }, events.length);
  for (const event of events) putCall(chunk, frames.numberOf(event), event);
  return sealed(chunk);
}

interface Own {
  readonly at: number;
  readonly offset: number;
  readonly line: number;
  readonly bytes: number;
  readonly index: number;
  readonly lasted: number;
  readonly callId?: string | undefined;
  readonly command?: string | undefined;
  readonly sandboxId?: string | undefined;
}

function call({ at, offset, line, bytes, index, lasted, ...texts }: Own): ToolCallEvent {
  const start = at as Micros;
  return {
    kind: 'tool-call',
    format: 'x',
    clock: 'x',
    time: {
      at: start,
      lo: start,
      hi: (at + lasted) as Micros,
      raw: `${at}000`,
      basis: 'request-start',
      zone: 'epoch',
      stepUs: 1,
    },
    ref: { source: 'x', line, offset, bytes },
    episodeId: `episode ${index % 3}`,
    index,
    name: 'bash',
    start,
    end: (at + lasted) as Micros,
    startBasis: 'recorded',
    endBasis: 'recorded',
    slack: { earlyUs: 0, lateUs: 0 },
    executed: 'yes',
    trust: 'outside',
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)),
  };
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const numbers = { index: fc.nat(), lasted: fc.nat({ max: 0xfffffff0 }), sandboxId: maybe(fc.constantFrom('a', 'b')) };
const any = fc
  .record({
    at: fc.oneof(
      fc.integer({ min: 1e15, max: 2e15 }),
      fc.nat(),
      fc.nat().map((n) => n + 0.5),
    ),
    offset: fc.oneof(fc.maxSafeNat(), fc.nat()),
    line: fc.nat(),
    bytes: fc.nat(),
    callId: maybe(fc.string({ unit: 'binary', maxLength: 3 })),
    command: maybe(fc.string({ maxLength: 3 })),
    ...numbers,
  })
  .map(call);
const anything = fc.array(any, { minLength: 1, maxLength: 20 });
/** As one writer writes them, one behind the other. */
const regular = fc
  .record({
    step: fc.nat(),
    jitter: fc.nat({ max: 9 }),
    lines: fc.constantFrom(0, 0.3, 1, 2),
    begin: fc.constantFrom('', 'call_', 'call_1'),
  })
  .chain(({ step, jitter, lines, begin }) =>
    fc
      .array(
        fc.record({
          wait: fc.nat(jitter),
          bytes: fc.nat(300),
          id: maybe(fc.stringMatching(/^[0-9a-f]{0,20}$/)),
          ...numbers,
        }),
        {
          minLength: 1,
          maxLength: 40,
        },
      )
      .map((all) =>
        all.map(({ wait, bytes, id, ...own }, n) =>
          call({
            ...own,
            at: 1e15 + n * step + wait,
            offset: n * 700 + bytes,
            line: Math.floor(n * lines),
            bytes,
            callId: id === undefined ? id : begin + id,
          }),
        ),
      ),
  );

it('calls of a chunk that is sealed are what they were, and so are their ids (property)', () => {
  fc.assert(
    fc.property(fc.oneof(anything, regular), (events) => {
      const chunk = chunkOf(events);
      const ids = new IdsInChunks([chunk]);
      for (const [row, event] of events.entries()) {
        expect(eventOf(chunk, row)).toStrictEqual(event);
        const { callId } = event;
        expect(ids.has(row)).toBe(callId !== undefined);
        expect(ids.length(row)).toBe(callId?.length ?? 0);
        expect(ids.isUnique(row)).toBe(isUniqueId(callId ?? ''));
        expect(ids.hash(row)).toBe(callId === undefined ? 0 : hashOfId(callId));
        expect(ids.hashBehind(row, hashOfId('x'))).toBe(hashOfId(`x${callId ?? ''}`));
      }
    }),
    { numRuns: 500 },
  );
});

it('a chunk as most are takes a few bytes for each call', () => {
  const events = Array.from({ length: CHUNK_ROWS }, (_, n) =>
    call({
      at: 1e15 + n * 11_327,
      offset: n * 700 + (n % 90),
      line: n,
      bytes: 700 + (n % 90),
      index: n % 50,
      lasted: 500_000,
      callId: `call_${1e6 + n}`,
    }),
  );
  const chunk = chunkOf(events);
  const columns = Object.values(chunk).filter((column) => ArrayBuffer.isView(column));
  const buffers = new Set(columns.map(({ buffer }) => buffer));
  const bytes = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(bytes / CHUNK_ROWS).toBeLessThan(16);
  expect(eventOf(chunk, CHUNK_ROWS - 1)).toStrictEqual(events.at(-1));
});
