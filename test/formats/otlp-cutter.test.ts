import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callSkimmerOf } from '../../src/call-skimmer-of.ts';
import { CallColumns } from '../../src/core/call-columns.ts';
import { CutCalls } from '../../src/cut-calls.ts';
import { formats } from '../../src/formats/index.ts';
import { otlp } from '../../src/formats/otlp/index.ts';
import type { Event } from '../../src/model/event.ts';
import type { RawRecord } from '../../src/model/source.ts';
import type { Micros } from '../../src/model/time.ts';
import type { SkimmedCalls } from '../../src/reach/call-skimmer.ts';
import type { Recognised } from '../../src/recognise.ts';
import { createFramer, type Framer } from '../../src/sources/frame.ts';
import { createUnwrapper } from '../../src/sources/unwrap.ts';
import { Tally } from '../../src/tally.ts';

const file: Recognised = {
  input: { path: 'x', absolute: 'x', bytes: 0, modifiedUs: 0 },
  head: { auto: 'lines', jsonLines: true, complete: false, digest: '', empty: false },
  detection: { format: otlp, others: [], candidates: [] },
};

/** What reading a file tells, in the order of its lines. */
class Reading {
  readonly calls = new CallColumns();
  readonly others: Event[] = [];
  readonly tally = new Tally(file, formats, { path: 'x', zoneOffsetMin: 0, reference: 0 as Micros });
  readonly #unwrap = createUnwrapper();

  keep(events: readonly Event[]): void {
    for (const event of events)
      if (event.kind === 'tool-call') this.calls.push(event);
      else this.others.push(event);
  }

  read(record: RawRecord): void {
    const inner = this.#unwrap(record);
    if (inner === undefined) return;
    const events = this.tally.read(inner);
    this.tally.note(events, events, record.ref.line);
    this.keep(events);
  }

  told(): object {
    this.keep(this.tally.flush());
    const { sha256: _, ...report } = this.tally.report(Promise.resolve(''), 1);
    return { calls: [...this.calls], others: this.others, report };
  }
}

function parsed(bytes: Buffer): object {
  const reading = new Reading();
  const framer = createFramer('x', 'lines');
  for (const record of [...framer.push(bytes), ...framer.end()]) reading.read(record);
  return reading.told();
}

interface Cut {
  readonly told: object;
  /** Lines that had to be read. */
  readonly read: number;
}

/** `ends`: of the chunks, which two threads take in turn. */
async function cut(bytes: Buffer, ends: readonly number[]): Promise<Cut> {
  const reading = new Reading();
  const cuts = new CutCalls(reading.calls, reading.tally, (events) => reading.keep(events));
  const framer = createFramer('x', 'lines', { onLeft: (skimmed, base) => cuts.left(skimmed, base) });
  const threads = [0, 1].map((writer) => callSkimmerOf({ format: 'otlp', source: 'x' }, writer));
  let read = 0;
  const take = async (records: ReturnType<Framer['push']>): Promise<void> => {
    for (const record of records) {
      await cuts.takeUntil(record.ref.line);
      reading.read(record);
    }
    await cuts.takeUntil(Infinity);
    read += records.length;
  };
  let from = 0;
  for (const [n, end] of [...ends.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length].entries()) {
    const chunk = bytes.subarray(from, end);
    const skimmed = threads[n % 2]?.skim({ chunk, isFirst: n === 0 });
    // As another thread would hand it on.
    const handed: SkimmedCalls | undefined = structuredClone(skimmed);
    await take(framer.push(chunk, handed));
    from = end;
  }
  await take(framer.end());
  return { told: reading.told(), read };
}

const pair = (key: string, value: string): object => ({ key, value: { stringValue: value } });
const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, 'c');
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const texts: Record<string, fc.Arbitrary<string>> = {
  'gen_ai.operation.name': fc.constantFrom('execute_tool', 'execute_tool', 'execute_tool', 'chat', 'invoke_agent'),
  'gen_ai.tool.name': fc.constantFrom('bash', 'bash', 'str_replace', ''),
  'gen_ai.tool.call.id': fc.constantFrom('call_1', 'call_2', 'call_1795464000000_ab', 'é', 'a\\b', ''),
  'session.id': fc.constantFrom('one', 'two', 'thr\\"ee', ''),
  'gen_ai.tool.call.arguments': fc.constantFrom(
    '{"command":"ls"}',
    '{"command":"sleep 9 &"}',
    '{"command": "ls"}',
    '{"path":"x"}',
    '{"command":"l',
    'ls',
    '',
    `{"command":"${'x'.repeat(1200)}"}`,
  ),
  'error.type': fc.constantFrom('timeout', 'rejected', 'Error'),
  exit_code: fc.constantFrom('0', '1'),
  'sandbox.id': fc.constantFrom('rock-1', 'rock-2'),
  'container.id': fc.constantFrom('abc'),
  'gen_ai.tool.call.result': fc.constantFrom('a', 'b', 'c'),
  'gen_ai.usage.input_tokens': fc.constantFrom('1', '2'),
  'rl.global_step': fc.constantFrom('7'),
};
const USUAL = Object.keys(texts).slice(0, 5);
const names = fc.oneof(
  { arbitrary: fc.constant(USUAL), weight: 5 },
  { arbitrary: fc.subarray(Object.keys(texts).slice(5)).map((more) => [...USUAL, ...more]), weight: 2 },
  fc.subarray(Object.keys(texts)),
);
/** Of a writer whose spans are mostly tool calls that say where they belong. */
const calm: typeof texts = {
  ...texts,
  'gen_ai.operation.name': fc.constantFrom('execute_tool', 'execute_tool', 'execute_tool', 'execute_tool', 'chat'),
  'gen_ai.tool.call.id': fc.constantFrom('call_1', 'call_2', 'call_3', 'call_4', 'é', 'a\\b'),
  'session.id': fc.constantFrom('one', 'two', 'three'),
  'rl.global_step': fc.constant(''),
};
const attributesOf = (chosen: readonly string[], values: typeof texts) =>
  fc.tuple(...chosen.map((name) => (values[name] ?? fc.constant('')).map((text) => pair(name, text))));
const odds = fc.constantFrom({}, {}, {}, { status: { code: 2 } }, { endTimeUnixNano: '0' }, { traceId: 'odd' });

const spanOf = (attributes: fc.Arbitrary<object[]>, odd: fc.Arbitrary<object> = odds) =>
  fc
    .record({
      trace: fc.nat({ max: 2 }),
      id: fc.nat({ max: 6 }),
      parent: maybe(fc.nat({ max: 6 })),
      start: fc.nat({ max: 999 }),
      lasted: fc.constantFrom(-1, 0, 5_000_000, 7_200_000_000_000),
      odd,
      attributes,
    })
    .map(({ trace, id, parent, start, lasted, odd, ...rest }) => ({
      traceId: hex(trace, 32),
      spanId: hex(id, 16),
      ...(parent === undefined ? {} : { parentSpanId: hex(parent, 16) }),
      name: 'execute_tool bash',
      kind: 1,
      startTimeUnixNano: `179546400000000${1000 + start}`,
      endTimeUnixNano: String(1_795_464_000_000_001_000n + BigInt(start) + BigInt(lasted)),
      ...rest,
      ...odd,
    }));

const requestOf = (spans: ReturnType<typeof spanOf>) =>
  fc
    .record({
      host: fc.constantFrom('train-01', 'train-02', 'trän'),
      spans: fc.array(spans, { minLength: 1, maxLength: 3 }),
      around: fc.constantFrom({}, {}, {}, { _source: {}, _id: 1 }, { logEvents: [], logGroup: 'x' }),
    })
    .map(({ host, spans, around }) => {
      const resource = { attributes: [pair('host.name', host)] };
      return JSON.stringify({
        ...around,
        resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'a' }, spans }] }],
      });
    });

const samples = join(import.meta.dirname, '../../src/formats/otlp/samples');
const sampled = readdirSync(samples)
  .filter((name) => !name.endsWith('.expected.json'))
  .flatMap((name) => readFileSync(join(samples, name), 'utf8').split('\n'));

const lines = fc.oneof(
  { arbitrary: requestOf(spanOf(names.chain((chosen) => attributesOf(chosen, texts)))), weight: 8 },
  fc.constantFrom(...sampled),
  fc.constantFrom('', ' ', '{', 'no JSON', '{"resourceSpans":[]}'),
);
/** One writer puts the same attributes into all spans. */
const uniform = names.chain((chosen) =>
  fc.array(requestOf(spanOf(attributesOf(chosen, calm), fc.constant({}))), { minLength: 20, maxLength: 40 }),
);
const documents = fc
  .tuple(fc.oneof(fc.array(lines, { minLength: 1, maxLength: 14 }), uniform), fc.constantFrom('\n', '\n', '\n', '\r\n'))
  .map(([list, end]) => list.join(end));

describe('tool calls that are cut from their lines on other threads', () => {
  it('are those that decoding finds, and so is what decoding the others finds (property)', async () => {
    const ends = fc.array(fc.nat({ max: 20_000 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(documents, ends, async (text, chunks) => {
        const bytes = Buffer.from(text);
        expect((await cut(bytes, chunks)).told).toEqual(parsed(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('are the same whatever happened to a line (property)', async () => {
    const put = fc.constantFrom('', '"', '\\', '{}', 'null', '-1', '\n', ']', ',', '\u0001', 'é', ']}]}]}', '"a":1,');
    await fc.assert(
      fc.asyncProperty(documents, fc.nat(9000), fc.nat(40), put, async (text, from, length, piece) => {
        const at = from % (text.length + 1);
        const bytes = Buffer.from(text.slice(0, at) + piece + text.slice(at + length));
        expect((await cut(bytes, [])).told).toEqual(parsed(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('are cut from nearly all lines of one writer', async () => {
    const one = (n: number, more: readonly object[] = []): string => {
      const ids = { traceId: hex(n, 32), spanId: hex(n, 16), name: 'execute_tool bash' };
      const times = { startTimeUnixNano: '1795464000000001000', endTimeUnixNano: '1795464000000002000' };
      const own = [pair('session.id', `e${n % 7}`), pair('gen_ai.tool.call.id', `call_${n}`), ...more];
      const spans = [{ ...ids, ...times, attributes: [pair('gen_ai.operation.name', 'execute_tool'), ...own] }];
      return JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans }] }] });
    };
    const args = (n: number): object => pair('gen_ai.tool.call.arguments', `{"command":"ls ${n % 3}"}`);
    const text = Array.from({ length: 200 }, (_, n) => one(n, n % 2 === 0 ? [args(n)] : [])).join('\n');
    const bytes = Buffer.from(`${text}\n`);
    const { told, read } = await cut(bytes, []);
    expect(told).toEqual(parsed(bytes));
    expect(read).toBe(1);
  });
});
