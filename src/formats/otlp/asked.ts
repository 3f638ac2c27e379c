import { arrayOf, at, isObject, textOf, tryJson } from '../../core/json/json.ts';
import type { Asked } from '../../core/tools/asked-calls.ts';
import { type ModelCall, messageCalls, modelCall, toolResults } from '../../core/tools/model-calls.ts';
import { type Attributes, namesOf, pickText } from './attributes.ts';
import { anyValue, type LogEntry, member } from './message.ts';

const NOTHING: Asked = { calls: [], results: new Map() };
/** Entries of flat lists that are looked at. */
const MOST = 200;

/** Attributes of a model's span that stand for an answer or a question with tool calls. */
export const MESSAGES = namesOf(
  'gen_ai.output.messages',
  'gen_ai.input.messages',
  'gen_ai.completion.0.tool_calls.0.name',
  'gen_ai.completion.0.function_call.name',
  'gen_ai.prompt.0.role',
  'llm.output_messages.0.message.role',
  'llm.input_messages.0.message.role',
);

/** What the span of a model's answer says: GenAI messages, or the flat lists of OpenLLMetry, LiteLLM and OpenInference. */
export function askedInSpan(attributes: Attributes): Asked {
  const hasAny = attributes.among?.(MESSAGES).length ?? MESSAGES.all.filter((key) => attributes.has(key)).length;
  if (hasAny === 0) return NOTHING;
  return {
    calls: [...messagesCalls(attributes.get('gen_ai.output.messages')), ...flatCalls(attributes)],
    results: new Map([...messagesResults(attributes.get('gen_ai.input.messages')), ...flatResults(attributes)]),
  };
}

/**
 * What a log event says: `gen_ai.choice` and `gen_ai.tool.message` (semantic conventions 1.28 to 1.36), and
 * `gen_ai.client.inference.operation.details` (from 1.37 on).
 */
export function askedInLog(name: string, { attributes, raw }: LogEntry): Asked {
  const own = anyValue(member(raw, 'body'));
  const body = typeof own === 'string' || own === undefined ? tryJson(textOf(own) ?? contentOf(attributes)) : own;
  if (name === 'gen_ai.choice') return { ...NOTHING, calls: messageCalls(at(body, 'message') ?? body) };
  if (name === 'gen_ai.tool.message')
    return { ...NOTHING, results: toolResults([{ ...asObject(body), role: 'tool' }]) };
  if (name !== 'gen_ai.client.inference.operation.details') return NOTHING;
  const part = (key: string): unknown => attributes.get(key) ?? at(body, key);
  return {
    calls: messagesCalls(part('gen_ai.output.messages')),
    results: messagesResults(part('gen_ai.input.messages')),
  };
}

function contentOf(attributes: Attributes): string {
  return pickText(attributes, 'gen_ai.event.content') ?? '';
}

function asObject(value: unknown): object {
  return isObject(value) ? value : {};
}

/** A list of messages, in JSON where attributes can hold texts only; long questions without a result are not read. */
function messagesIn(value: unknown, mark: RegExp): readonly unknown[] {
  if (typeof value !== 'string') return arrayOf(value);
  return mark.test(value) ? arrayOf(tryJson(value)) : [];
}

function messagesCalls(value: unknown): readonly ModelCall[] {
  return messagesIn(value, /tool_(?:call|use)/).flatMap((message) => [
    ...messageCalls(message),
    ...partsOf(message, 'tool_call').flatMap((part) => {
      const name = textOf(at(part, 'name'));
      return name === undefined ? [] : [modelCall(textOf(at(part, 'id')), name, at(part, 'arguments'))];
    }),
  ]);
}

function messagesResults(value: unknown): ReadonlyMap<string, string> {
  const messages = messagesIn(value, /tool_(?:call_|result)/);
  const out = new Map(toolResults(messages));
  for (const part of messages.flatMap((message) => partsOf(message, 'tool_call_response'))) {
    const id = textOf(at(part, 'id'));
    const said = at(part, 'response') ?? at(part, 'result');
    if (id !== undefined) out.set(id, typeof said === 'string' ? said : JSON.stringify(said ?? ''));
  }
  return out;
}

function partsOf(message: unknown, type: string): readonly unknown[] {
  return arrayOf(at(message, 'parts')).filter((part) => at(part, 'type') === type);
}

/** `of(0)`, `of(1)`, ... as long as there is something. */
function counted<T>(of: (n: number) => T | undefined): readonly T[] {
  const out: T[] = [];
  for (let n = 0; n < MOST; n++) {
    const entry = of(n);
    if (entry === undefined) break;
    out.push(entry);
  }
  return out;
}

function flatCalls(attributes: Attributes): readonly ModelCall[] {
  const callAt = (place: string, fn: string): ModelCall | undefined => {
    const name = pickText(attributes, `${place}${fn}name`);
    const args = attributes.get(`${place}${fn}arguments`);
    return name === undefined ? undefined : modelCall(pickText(attributes, `${place}id`), name, args);
  };
  const lists = ['gen_ai.completion.0.tool_calls', 'gen_ai.completion.1.tool_calls'];
  return [
    ...lists.flatMap((list) => counted((n) => callAt(`${list}.${n}.`, ''))),
    // LiteLLM counts the calls where others count the answers.
    ...counted((n) => callAt(`gen_ai.completion.${n}.`, 'function_call.')),
    ...counted((n) => callAt(`llm.output_messages.0.message.tool_calls.${n}.tool_call.`, 'function.')),
  ];
}

function flatResults(attributes: Attributes): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const [list, inner] of [
    ['gen_ai.prompt', ''],
    ['llm.input_messages', 'message.'],
  ] as const) {
    const roles = counted((n) => pickText(attributes, `${list}.${n}.${inner}role`));
    roles.forEach((role, n) => {
      const place = `${list}.${n}.${inner}`;
      const id = role === 'tool' ? pickText(attributes, `${place}tool_call_id`) : undefined;
      if (id !== undefined) out.set(id, pickText(attributes, `${place}content`) ?? '');
    });
  }
  return out;
}
