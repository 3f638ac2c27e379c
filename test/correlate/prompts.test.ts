import { describe, expect, it } from 'vitest';
import { joinPrompts, promptsOf } from '../../src/core/tools/prompts.ts';
import { formats } from '../../src/formats/index.ts';
import type { Event } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';

const NOW = '2026-11-23T17:19:01.000Z';

/** The prompts that a format finds in these records, one record a line. */
function promptsIn(id: string, docs: readonly object[], path = 'trace.jsonl'): readonly (readonly [string, number])[] {
  const format = formats.find((entry) => entry.id === id);
  if (format === undefined) throw new Error(`no format ${id}`);
  const decoder = format.open({ path, zoneOffsetMin: 0, reference: 1_795_454_340_000_000 as Micros });
  const events: Event[] = [];
  docs.forEach((doc, i) => {
    const result = decoder.decode({
      text: JSON.stringify(doc),
      ref: { source: path, line: i + 1, offset: i, bytes: 1 },
    });
    if (result.status === 'decoded') events.push(...result.events);
  });
  events.push(...(decoder.flush?.() ?? []));
  return events.flatMap((event) =>
    event.kind === 'episode' ? (event.prompts ?? []).map(({ text, ref }) => [text, ref.line] as const) : [],
  );
}

const claude = (type: string, content: unknown, more: object = {}): object => ({
  type,
  sessionId: 's',
  parentUuid: null,
  timestamp: NOW,
  message: { role: type, content },
  ...more,
});
/** One span of an agent in OTLP/JSON. */
const span = (key: string, value: unknown, parent?: string): object => ({
  resourceSpans: [
    {
      resource: { attributes: [] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '11111111111111111111111111111111',
              spanId: '2222222222222222',
              ...(parent === undefined ? {} : { parentSpanId: parent }),
              name: 'invoke_agent x',
              startTimeUnixNano: '1795454344000000000',
              endTimeUnixNano: '1795454345000000000',
              attributes: [
                { key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } },
                { key: 'gen_ai.conversation.id', value: { stringValue: 'c' } },
                { key, value: { stringValue: JSON.stringify(value) } },
              ],
            },
          ],
        },
      ],
    },
  ],
});
const parts = [
  { role: 'system', parts: [{ type: 'text', content: 'TOOL' }] },
  { role: 'user', parts: [{ type: 'text', content: 'solve' }] },
  { role: 'assistant', parts: [{ type: 'text', content: 'x' }] },
  { role: 'user', parts: [{ type: 'tool_call_response', content: 'y' }] },
];
const codexMessage = (role: string, text: string): object => ({
  timestamp: NOW,
  type: 'response_item',
  payload: { type: 'message', role, content: [{ type: 'input_text', text }] },
});
const TOOL = 'ssh -R 1:localhost:22 ops@203.0.113.7';

describe('the words of whoever set the task, and nobody else', () => {
  it('Claude Code: typed messages; no results, notes, summaries, hooks, subagents or answers', () => {
    const docs = [
      claude('user', 'fix the build', { uuid: '1' }),
      claude('assistant', [{ type: 'text', text: TOOL }], { uuid: '2' }),
      claude('user', [{ type: 'tool_result', tool_use_id: 't', content: TOOL }], { uuid: '3' }),
      claude('user', [{ type: 'text', text: 'now deploy' }], { uuid: '4' }),
      claude('user', TOOL, { uuid: '5', isMeta: true }),
      claude('user', TOOL, { uuid: '6', isCompactSummary: true }),
      claude('user', TOOL, { uuid: '7', agentId: 'a1', isSidechain: true }),
      claude('user', `<command-name>${TOOL}</command-name>`, { uuid: '8' }),
    ];
    expect(promptsIn('claude-code', docs)).toEqual([
      ['fix the build', 1],
      ['now deploy', 4],
    ]);
  });

  it('Codex: typed messages, each once; no frames, no answers', () => {
    const docs = [
      { timestamp: NOW, type: 'session_meta', payload: { id: 's' } },
      codexMessage('user', '<environment_context>x</environment_context>'),
      codexMessage('user', '# AGENTS.md instructions for /x'),
      codexMessage('user', 'fix it'),
      { timestamp: NOW, type: 'event_msg', payload: { type: 'user_message', message: 'fix it' } },
      codexMessage('assistant', TOOL),
      { timestamp: NOW, type: 'event_msg', payload: { type: 'agent_message', message: TOOL } },
    ];
    expect(promptsIn('codex', docs)).toEqual([['fix it', 4]]);
  });

  it.each<[string, object, string | undefined, string?]>([
    [
      'inspect',
      { id: '1', epoch: 1, uuid: 'u', input: 'solve', events: [], messages: [], scores: {}, target: '' },
      'solve',
    ],
    [
      'inspect',
      {
        id: '1',
        epoch: 1,
        uuid: 'u',
        input: 'attachment://ab',
        attachments: { ab: 'solve' },
        events: [],
        messages: [],
        scores: {},
        target: '',
      },
      'solve',
    ],
    [
      'verifiers',
      {
        example_id: 1,
        prompt: [
          { role: 'system', content: TOOL },
          { role: 'user', content: 'solve' },
        ],
        completion: [{ role: 'user', content: TOOL }],
        timing: {},
        reward: 1,
      },
      'solve',
    ],
    [
      'nemo-gym',
      {
        _ng_task_index: 1,
        responses_create_params: { input: [{ role: 'user', content: 'solve' }] },
        response: { output: [] },
      },
      'solve',
    ],
    [
      'swe-agent',
      {
        trajectory: [{ action: 'ls', observation: TOOL }],
        history: [
          { role: 'system', content: TOOL },
          { role: 'user', content: TOOL, is_demo: true },
          { role: 'user', content: [{ type: 'text', text: 'solve' }] },
          { role: 'user', content: TOOL },
        ],
      },
      'solve',
    ],
    [
      'mini-swe-agent',
      {
        trajectory_format: 'mini-swe-agent-1',
        messages: [
          { role: 'user', content: 'solve' },
          { role: 'assistant', content: 'x' },
          { role: 'user', content: TOOL },
        ],
      },
      'solve',
    ],
    [
      'mini-swe-agent',
      {
        trajectory_format: 'mini-swe-agent-1',
        messages: [
          { role: 'assistant', content: 'x' },
          { role: 'user', content: TOOL },
        ],
      },
      undefined,
    ],
    [
      'openhands',
      {
        id: 'e',
        timestamp: NOW,
        source: 'user',
        kind: 'MessageEvent',
        llm_message: { role: 'user', content: [{ type: 'text', text: 'solve' }] },
      },
      'solve',
    ],
    [
      'openhands',
      {
        id: 'e',
        timestamp: NOW,
        source: 'agent',
        kind: 'MessageEvent',
        llm_message: { role: 'assistant', content: [{ type: 'text', text: TOOL }] },
      },
      undefined,
    ],
    [
      'kimi-cli',
      { type: 'turn.prompt', input: [{ type: 'text', text: 'solve' }], origin: { kind: 'user' }, time: 1795454340000 },
      'solve',
    ],
    [
      'kimi-cli',
      { type: 'turn.prompt', input: [{ type: 'text', text: TOOL }], origin: { kind: 'agent' }, time: 1795454340000 },
      undefined,
    ],
    [
      'pi',
      {
        type: 'message',
        id: 'a',
        parentId: null,
        timestamp: NOW,
        message: { role: 'toolResult', toolCallId: 'x', content: [{ type: 'text', text: TOOL }] },
      },
      undefined,
    ],
    ['tool-calls', { episode_id: 'e', tool: 'bash', command: TOOL, prompt: 'solve', start: NOW }, 'solve'],
    ['otlp', span('gen_ai.input.messages', parts), 'solve'],
    ['otlp', span('gen_ai.input.messages', parts, '3333333333333333'), undefined],
    ['otlp', span('ai.prompt', { prompt: 'solve' }), 'solve'],
    ['training-dump', { input: 'solve', output: TOOL, score: 1, step: 2 }, 'solve'],
  ])('%s: %j', (id, doc, prompt) => {
    expect(promptsIn(id, [doc])).toEqual(prompt === undefined ? [] : [[prompt, 1]]);
  });
});

describe('long prompts', () => {
  const ref = { source: 'a', line: 1, offset: 0, bytes: 1 };

  it('keep their beginning and the places that the rest names', () => {
    const text = `start ${'words of a long task. '.repeat(100_000)} deploy to files.far.example and 203.0.113.9`;
    const [prompt] = promptsOf(text, ref) ?? [];
    expect(prompt?.text.length).toBeLessThan(20_000);
    expect(prompt?.text).toMatch(/^start words[\s\S]*\n203\.0\.113\.9\nfiles\.far\.example$/);
  });

  it('are joined, each text once and a bounded number', () => {
    const many = Array.from({ length: 50 }, (_, i) => promptsOf(`p${i % 30}`, ref)).reduce(joinPrompts, undefined);
    expect(many?.map(({ text }) => text)).toEqual(Array.from({ length: 16 }, (_, i) => `p${i}`));
    expect(promptsOf('  ', ref)).toBe(undefined);
  });
});
