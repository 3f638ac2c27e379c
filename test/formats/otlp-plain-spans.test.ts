import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixes } from '../../bench/nights/lines.mjs';
import { tryJson } from '../../src/core/json/json.ts';
import { withoutLine } from '../../src/formats/otlp/cut-span.ts';
import { logsOf, type Span, spansOf } from '../../src/formats/otlp/message.ts';
import { PlainSpans } from '../../src/formats/otlp/plain-spans.ts';

const samples = join(import.meta.dirname, '../../src/formats/otlp/samples');
const sampled = readdirSync(samples)
  .filter((name) => !name.endsWith('.expected.json'))
  .flatMap((name) => readFileSync(join(samples, name), 'utf8').split('\n'))
  .filter((line) => line !== '');

const generated = Array.from({ length: 300 }, (_, n) => {
  const server = 1 + (n % 3);
  const sandbox = { id: `rock-${server}`, host: `train-0${server}`, ip: `10.66.${server}.10`, pid: 20000 + server };
  const [log] = mixes['otlp'] ?? [];
  return log?.line({ n, at: 1_795_464_000_000_000 + n, sandbox, alert: false, random: () => 0.5 }) ?? '';
});

const text = (value: string): unknown => ({ stringValue: value });

interface Odd {
  readonly attributes?: readonly unknown[];
  readonly more?: object;
}

function span(id: number, { attributes = [], more = {} }: Odd = {}): object {
  return {
    traceId: id.toString(16).padStart(32, 'a'),
    spanId: id.toString(16).padStart(16, 'b'),
    parentSpanId: '',
    name: 'execute_tool bash',
    kind: 1,
    startTimeUnixNano: `179546400000000${1000 + id}`,
    endTimeUnixNano: `179546400050000${1000 + id}`,
    attributes: [{ key: 'gen_ai.tool.name', value: text('bash') }, ...attributes],
    ...more,
  };
}

function request(spans: readonly object[], around: object = {}): string {
  const resource = { attributes: [{ key: 'host.name', value: text('train-01') }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'x' }, spans, ...around }] }] });
}

const pair = (key: string, value: unknown): unknown => ({ key, value });

const odd: readonly string[] = [
  request([span(1), span(2), span(3)]),
  request([span(1), span(2), span(3)], { schemaUrl: 'https://x.example/1' }),
  request([span(4, { attributes: [pair('a', text('q\\"u\n\u2028 \ud83d\ude00 \ud83d é'))] })]),
  request([span(5, { attributes: [pair('a', { intValue: '7' }), pair('b', { boolValue: false })] })]),
  request([span(6, { attributes: [pair('a', { arrayValue: { values: [text('x'), { doubleValue: 1.5 }] } })] })]),
  request([span(7, { attributes: [pair('a', { kvlistValue: { values: [pair('k', text('v'))] } }), pair('b', {})] })]),
  request([span(8, { attributes: [pair('a', text('one')), pair('a', text('two'))] })]),
  request([span(9, { attributes: [pair('', text('no key')), pair('n', null)] })]),
  request([span(10, { more: { status: { code: 2, message: 'failed' }, flags: 257, links: [{ traceId: 'x' }] } })]),
  request([span(11, { more: { status: {}, events: [{ name: 'e', attributes: [pair('a', text('b'))] }] } })]),
  request([span(12, { more: { startTimeUnixNano: 1795464000000001, endTimeUnixNano: '0' } })]),
  request([span(13, { more: { startTimeUnixNano: '2026-11-23T20:00:00Z', name: '' } })]),
  request([span(14, { more: { trace_id: 'f'.repeat(32), traceId: null } })]),
  request([span(15, { more: { traceId: '0'.repeat(32) } })]),
  request([span(15)]).replace('"traceId"', '"otherId"'),
  request([span(15)]).replace('"spanId"', '"otherId"'),
  request([span(16, { more: { attributes: { 'gen_ai.tool.name': 'plain object' } } })]),
  request([]),
  request([span(17)]).replace('"spans":', '"spans" : '),
  request([span(18)]).replaceAll('":', '": '),
  request([span(19)]).replace('"spanId"', '"spanId":"cccccccccccccccc","spanId"'),
  request([span(20)]).replace('"spans"', '"spans":[{}],"spans"'),
  request([span(21)]).replace(/\]\}$/, '],"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{}}]}]}]}'),
  request([span(22)]).replace(/\]\}$/, '],"resourceSpans":[]}'),
  request([span(23)]).replace('"scopeSpans"', '"scopeSpans":[{"spans":[]}],"scopeSpans"'),
  request([span(24)]).replace('"scopeSpans"', '"instrumentationLibrarySpans":[{"spans":[{}]}],"scopeSpans"'),
  request([span(25)]).replace('"x"', '"\\"spans\\":["'),
];

const lines = [...sampled, ...generated, ...odd];

/** What the parser finds; undefined for what is no request of spans alone. */
function parsed(line: string): readonly Span[] | undefined {
  const value = tryJson(line);
  return value === undefined || logsOf(value).length > 0 ? undefined : spansOf(value);
}

function expectSame(line: string, plain: PlainSpans): boolean {
  const cut = plain.cut(line);
  if (cut === undefined) return false;
  const full = parsed(line);
  expect(cut.map(withoutLine)).toStrictEqual(full);
  for (const [i, { attributes }] of cut.entries()) {
    const own = full?.[i]?.attributes;
    for (const key of ['gen_ai.tool.name', 'a', 'b', 'n', 'nowhere', '__proto__', 'constructor']) {
      expect(attributes.get(key)).toStrictEqual(own?.get(key));
      expect(attributes.has(key)).toBe(own?.has(key));
    }
  }
  return true;
}

describe('spans that are cut from their line', () => {
  it('are those that the parser finds', () => {
    const plain = new PlainSpans();
    for (let round = 0; round < 2; round++) for (const line of lines) expectSame(line, plain);
  });

  it('are those of nearly all lines of one writer', () => {
    const plain = new PlainSpans();
    expect(generated.map((line) => expectSame(line, plain))).toEqual(generated.map(() => true));
  });

  it('are cut also where a request holds many, or their texts hold escapes, and other values than text', () => {
    for (const line of odd.slice(0, 7)) expect([line, expectSame(line, new PlainSpans())]).toEqual([line, true]);
  });

  it('are left to the parser where it may understand them in another way', () => {
    const isRefused = (line: string): boolean => {
      const plain = new PlainSpans();
      plain.cut(request([span(1)]));
      return !expectSame(line, plain);
    };
    expect(odd.slice(7).filter(isRefused).length).toBeGreaterThan(8);
  });

  it('are the same whatever happened to the line (property)', () => {
    const plain = new PlainSpans();
    const put = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('', '"', '\\', '{}', 'null', '-1', '[', ']', ',', '"a":1,', '\u0001', '{"spans":[]},', ']}]}]}'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.nat(4000), fc.nat(40), put, ([...line], from, length, text) => {
        const at = from % (line.length + 1);
        expectSame(line.join(''), plain);
        expectSame([...line.slice(0, at), text, ...line.slice(at + length)].join(''), plain);
      }),
      { numRuns: 3000 },
    );
  });

  it('do not hold the line that they were cut from', () => {
    const line = request([span(1, { attributes: [pair('a', text('x'.repeat(100)))] })]);
    const [cut] = new PlainSpans().cut(line) ?? [];
    if (cut === undefined) throw new Error('not cut');
    expect(withoutLine(cut).attributes).toBeInstanceOf(Map);
    expect(withoutLine(withoutLine(cut))).toStrictEqual(withoutLine(cut));
  });
});
