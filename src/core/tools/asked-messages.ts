import type { Event } from '../../model/event.ts';
import { at, isObject, type JsonObject, textOf, tryJson } from '../json/json.ts';
import { wordTable } from '../word-table.ts';
import { type Asked, AskedCalls, type Teller } from './asked-calls.ts';
import { type ModelCall, messageCalls, modelCall, toolResults } from './model-calls.ts';
import type { RecordedCall } from './recorded-calls.ts';
import type { CallCounter } from './tool-call.ts';

/** Members in which questions and answers hold messages: of OpenAI's and Anthropic's interfaces, and of LangChain. */
const HOLDERS = [
  'messages',
  'choices',
  'generations',
  'output',
  'input',
  'message',
  'kwargs',
  'body',
  'outputs',
] as const;
const DEEPEST = 6;

/** The messages of a question or an answer, however it is written down. */
function messagesIn(value: unknown, depth = 0): readonly JsonObject[] {
  if (depth > DEEPEST) return [];
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? messagesIn(tryJson(value), depth + 1) : [];
  if (Array.isArray(value)) return value.flatMap((item) => messagesIn(item, depth + 1));
  if (!isObject(value)) return [];
  const isMessage = ['role', 'tool_calls', 'tool_call_id', 'call_id'].some((key) => value[key] !== undefined);
  const holder = isMessage ? undefined : HOLDERS.find((key) => typeof value[key] === 'object' && value[key] !== null);
  return holder === undefined ? [value] : messagesIn(value[holder], depth + 1);
}

/** What a question and its answer say of tool calls. */
export function askedIn(question: unknown, answer: unknown): Asked {
  const calls = new Map<string, ModelCall>();
  for (const message of messagesIn(answer))
    for (const call of [...messageCalls(asSaid(message)), ...responseCall(message)])
      calls.set(call.id ?? `#${calls.size}`, call);
  const results = new Map<string, string>();
  for (const message of sinceAnswer(messagesIn(question)))
    for (const [id, output] of toolResults([asResult(message)])) results.set(id, output);
  return { calls: [...calls.values()], results };
}

/** A question repeats the conversation so far: results before the last answer were brought by an earlier one. */
function sinceAnswer(messages: readonly JsonObject[]): readonly JsonObject[] {
  const isAnswer = ({ role, type }: JsonObject): boolean =>
    role === 'assistant' || (role === undefined && (type === 'ai' || RESPONSE_CALLS[textOf(type) ?? ''] !== undefined));
  return messages.slice(messages.findLastIndex(isAnswer) + 1);
}

/** LangChain may keep calls only as the model's server wrote them. */
function asSaid(message: JsonObject): JsonObject {
  const kept = at(message, 'additional_kwargs', 'tool_calls');
  return message['tool_calls'] === undefined && kept !== undefined ? { ...message, tool_calls: kept } : message;
}

/**
 * Items of OpenAI's Responses interface that the client runs, with the member that holds the arguments; those that OpenAI runs itself
 * (`mcp_call`, `code_interpreter_call`, `web_search_call`) never come near a sandbox.
 */
const RESPONSE_CALLS = wordTable<string>({
  function_call: 'arguments',
  custom_tool_call: 'input',
  local_shell_call: 'action',
  shell_call: 'action',
});

function responseCall(item: JsonObject): readonly ModelCall[] {
  const type = textOf(item['type']) ?? '';
  const held = RESPONSE_CALLS[type];
  const name = textOf(item['name']) ?? type.replace(/_call$/, '');
  return held === undefined ? [] : [modelCall(textOf(item['call_id']), name, item[held])];
}

/** Results of tools by other names: of LangChain, and of the Responses interface. */
function asResult(message: JsonObject): JsonObject {
  const call = /^(\w+_call)_output$/.exec(textOf(message['type']) ?? '')?.[1];
  if (call !== undefined && RESPONSE_CALLS[call] !== undefined) {
    const content = typeof message['output'] === 'string' ? message['output'] : JSON.stringify(message['output'] ?? '');
    return { role: 'tool', tool_call_id: message['call_id'] ?? message['id'], content };
  }
  return message['type'] === 'tool' ? { ...message, role: 'tool' } : message;
}

interface Told {
  readonly asked: Asked;
  readonly teller: Teller;
}

/** Tool calls of exports that list model calls in any order, see `AskedCalls`. */
export class AskedInAnyOrder {
  readonly #told: Told[] = [];
  readonly #recorded: RecordedCall[] = [];

  /** A call has a record of its own. */
  record(call: RecordedCall): void {
    this.#recorded.push(call);
  }

  /** How many questions and answers said something of calls. */
  get told(): number {
    return this.#told.length;
  }

  take(asked: Asked, teller: Teller): void {
    if (asked.calls.length > 0 || asked.results.size > 0) this.#told.push({ asked, teller });
  }

  flush(counter: CallCounter): readonly Event[] {
    const calls = new AskedCalls();
    const inOrder = this.#told.splice(0).sort((a, b) => askedAt(a) - askedAt(b));
    for (const { asked, teller } of inOrder) calls.take(asked, teller);
    for (const call of this.#recorded.splice(0)) calls.record(call);
    return calls.flush(counter);
  }
}

function askedAt({ teller: { asked, answered } }: Told): number {
  return (asked ?? answered)?.stamp.at ?? 0;
}
