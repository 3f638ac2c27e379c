import type { Prompt } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import { arrayOf, at, isObject, textOf, tryJson } from '../json/json.ts';
import { contentText } from './model-calls.ts';
import { promptsOf, taskPrompt } from './prompts.ts';

/** Members by which programs hand over their task, the surest first: conversations before texts. */
const KEYS: readonly string[] = [
  'messages',
  'raw_prompt',
  'contents',
  'chat_history',
  'prompt',
  'input',
  'inputs',
  'question',
  'query',
  'task',
  'instruction',
  'instructions',
  'request',
  'user_input',
  'kwargs',
];
const MAX_DEPTH = 4;

/**
 * The task in the input of a trace's root: a text, a conversation (OpenAI, LangChain, Gemini or GenAI messages), or an object that
 * holds one of them; each may be JSON in a string. Give it only the input of a span that nothing stands above: below, it is the
 * agent who speaks.
 */
export function tracedPrompt(input: unknown, ref: SourceRef): readonly Prompt[] | undefined {
  return read(input, ref, 0);
}

function read(input: unknown, ref: SourceRef, depth: number): readonly Prompt[] | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (typeof input === 'string') {
    const json = /^\s*["[{]/.test(input) ? tryJson(input) : undefined;
    return json === undefined ? promptsOf(input, ref) : read(json, ref, depth + 1);
  }
  if (Array.isArray(input)) {
    const [first] = input as readonly unknown[];
    if (Array.isArray(first)) return read(first, ref, depth + 1);
    return taskPrompt(input.map(plainMessage), ref);
  }
  if (!isObject(input)) return undefined;
  for (const key of KEYS) {
    const prompts = read(input[key], ref, depth + 1);
    if (prompts !== undefined) return prompts;
  }
  return undefined;
}

/** A message as `{role, content}`: LangChain writes `type: "human"` or a class name, Gemini and GenAI conventions write parts. */
function plainMessage(message: unknown): unknown {
  const kwargs = at(message, 'kwargs') ?? at(message, 'message') ?? at(message, 'data') ?? message;
  const texts = arrayOf(at(kwargs, 'parts')).map((part) => textOf(at(part, 'text')) ?? textOf(at(part, 'content')));
  const content = texts.some((text) => text !== undefined)
    ? texts.filter((text) => text !== undefined).join('\n')
    : contentText(at(kwargs, 'content'));
  return { role: roleOf(message, kwargs), content };
}

function roleOf(message: unknown, kwargs: unknown): string | undefined {
  const stated = textOf(at(kwargs, 'role')) ?? textOf(at(kwargs, 'type')) ?? textOf(at(message, 'type'));
  const className = textOf(arrayOf(at(message, 'id')).at(-1));
  const role = (className ?? stated ?? '').toLowerCase().replace(/message(?:chunk)?$/, '');
  if (role === 'human') return 'user';
  return role === 'ai' || role === 'model' ? 'assistant' : role;
}
