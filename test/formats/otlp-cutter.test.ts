import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callSkimmerOf } from '../../src/threads/call-skimmer-of.ts';
import { newArea } from '../scan/rows.ts';
import { cut, parsed } from './otlp-cutting.ts';

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
  'error.type': fc.constantFrom('timeout', 'rejected', 'permission_denied', 'CancelledError', 'Error'),
  exit_code: fc.constantFrom('0', '1'),
  'sandbox.id': fc.constantFrom('rock-1', 'rock-2'),
  'container.id': fc.constantFrom('abc'),
  'gen_ai.tool.call.result': fc.constantFrom('a', 'b', 'c'),
  'gen_ai.usage.input_tokens': fc.constantFrom('1', '2'),
  'mcp.method.name': fc.constant('tools/call'),
  'logfire.span_type': fc.constantFrom('span', 'pending_span'),
  'logfire.pending_parent_id': fc.constantFrom('0000000000000000', hex(1, 16)),
  'rl.global_step': fc.constantFrom('7'),
  'rl.group_id': fc.constantFrom('g1', 'g2'),
  'rl.episode_id': fc.constantFrom('one', 'five'),
  'gen_ai.output.messages': fc.constantFrom(
    '[{"role":"assistant","parts":[{"type":"tool_call","id":"call_9","name":"bash","arguments":{"command":"ls"}}]}]',
    '[]',
  ),
  'gen_ai.input.messages': fc.constantFrom(
    '[{"role":"tool","parts":[{"type":"tool_call_response","id":"call_9","response":"x"}]}]',
    '[]',
  ),
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

const anyIds = { parent: maybe(fc.nat({ max: 6 })), id: fc.nat({ max: 6 }) };
const spanOf = (attributes: fc.Arbitrary<object[]>, odd: fc.Arbitrary<object> = odds, ids: typeof anyIds = anyIds) =>
  fc
    .record({
      trace: fc.nat({ max: 2 }),
      ...ids,
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

const AROUND = [{}, {}, {}, { _source: {}, _id: 1 }, { logEvents: [], logGroup: 'x' }];
/** What resources and scopes say of the episode of all their spans. */
const NAMED: readonly (readonly object[])[] = [
  [],
  [],
  [],
  [],
  [pair('gen_ai.conversation.id', 'one')],
  [pair('rollout.id', 'two'), pair('rl.global_step', '7')],
  [pair('service.instance.id', 'episode-9')],
];
const HOSTS = ['train-01', 'train-02', 'trän'];
const requestOf = (spans: ReturnType<typeof spanOf>, hosts = HOSTS, arounds: readonly object[] = AROUND) =>
  fc
    .record({
      host: fc.constantFrom(...hosts),
      spans: fc.array(spans, { minLength: 1, maxLength: 3 }),
      around: fc.constantFrom(...arounds),
      named: fc.constantFrom(...NAMED),
      scoped: fc.constantFrom(...NAMED),
    })
    .map(({ host, spans, around, named, scoped }) => {
      const resource = { attributes: [pair('host.name', host), ...named] };
      const scope = { name: 'a', ...(scoped.length > 0 ? { attributes: scoped } : {}) };
      return JSON.stringify({
        ...around,
        resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }],
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
  fc.array(requestOf(spanOf(attributesOf(chosen, calm), fc.constant({}))), { minLength: 20, maxLength: 30 }),
);
/** Of one whose spans differ in little. */
const few: typeof texts = {
  ...calm,
  'session.id': fc.constantFrom('one', 'zwei ü'),
  'gen_ai.tool.call.id': fc.nat({ max: 99 }).map((n) => `call_${n}`),
  'gen_ai.tool.call.arguments': fc.oneof(
    { arbitrary: fc.constantFrom('{"command":"ls"}', '{"command":"é"}'), weight: 2 },
    fc.nat({ max: 999 }).map((n) => `{"command":"ls ${n}"}`),
    fc.nat({ max: 999 }).map((n) => JSON.stringify({ command: `echo "é ${n}"\n`, timeout: n })),
    fc.constantFrom('{"command":"sleep 9 &"}', '{"command":"l', '', '{"args":{"command":"ls"}}', 'ls'),
  ),
};
const crowd = fc
  .record({
    chosen: fc.constantFrom(USUAL, USUAL, USUAL.slice(0, 4), [...USUAL, 'gen_ai.usage.input_tokens']),
    odd: fc.constantFrom(fc.constant({}), fc.constant({}), odds),
    hosts: fc.subarray(HOSTS, { minLength: 1, maxLength: 2 }),
    hasParent: fc.boolean(),
  })
  .chain(({ chosen, odd, hosts, hasParent }) => {
    const parent = hasParent ? fc.nat({ max: 6 }) : fc.constant(undefined);
    const spans = spanOf(attributesOf(chosen, few), odd, { parent, id: fc.nat({ max: 60 }) });
    return fc.array(requestOf(spans, hosts, [{}]), { minLength: 60, maxLength: 70 });
  });
const documents = fc
  .tuple(
    fc.oneof(fc.array(lines, { minLength: 1, maxLength: 14 }), uniform, crowd),
    fc.constantFrom('\n', '\n', '\n', '\r\n'),
  )
  .map(([list, end]) => list.join(end));

function requestOfCall(n: number, args: string): object {
  const ids = { traceId: hex(n, 32), spanId: hex(n, 16), name: 'execute_tool bash' };
  const times = { startTimeUnixNano: '1795464000000001000', endTimeUnixNano: '1795464000000002000' };
  const own = [pair('session.id', 'one'), pair('gen_ai.tool.call.id', `call_${n}`)];
  const attributes = [pair('gen_ai.operation.name', 'execute_tool'), ...own, pair('gen_ai.tool.call.arguments', args)];
  return { resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [{ ...ids, ...times, attributes }] }] }] };
}

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
      fc.asyncProperty(documents, fc.nat(30_000), fc.nat(40), put, async (text, from, length, piece) => {
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
    const { told, read, calls } = await cut(bytes, []);
    expect(told).toEqual(parsed(bytes));
    expect([read, calls]).toEqual([1, 199]);
  });

  it('are noted as they stand where each says something else', async () => {
    const lines = Array.from({ length: 200 }, (_, n) => JSON.stringify(requestOfCall(n, `{"command":"ls ${n}"}`)));
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const skimmer = callSkimmerOf({ format: 'otlp', source: 'x' }, 0, newArea());
    // The first few are cut, from which the others are known to be alike.
    expect(skimmer.skim({ chunk: bytes, isFirst: true }).calls.quoted.ends.length).toBeGreaterThan(180);
    expect((await cut(bytes, [])).told).toEqual(parsed(bytes));
  });
});
