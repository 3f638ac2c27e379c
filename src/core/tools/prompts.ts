import type { Prompt } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import { arrayOf, at } from '../json/json.ts';
import { findMentions } from '../network/decode-text.ts';
import { contentText } from './model-calls.ts';

/** Kept of one prompt, characters; of what lies behind, only the addresses and names. */
const MAX_PROMPT = 16_384;
const MAX_MENTIONS = 100;
/** Prompts kept of one episode. */
const MAX_PROMPTS = 16;
const PIECE = 65_536;
const MAX_SEARCHED = 4 * 1024 * 1024;

/**
 * The task as its giver wrote it, bounded: 16,384 characters, and of the rest (searched up to 4 MiB) the addresses and domains
 * it names. Give it only what a person or a task set wrote, never the agent's words or a tool's output.
 */
export function promptsOf(text: string | undefined, ref: SourceRef): readonly Prompt[] | undefined {
  const whole = text?.trim();
  if (whole === undefined || whole === '') return undefined;
  if (whole.length <= MAX_PROMPT) return [{ text: whole, ref }];
  const named = new Set<string>();
  for (let at = MAX_PROMPT; at < Math.min(whole.length, MAX_SEARCHED) && named.size < MAX_MENTIONS; at += PIECE - 256)
    for (const { value } of findMentions(whole.slice(at, at + PIECE))) named.add(value);
  return [{ text: `${whole.slice(0, MAX_PROMPT)}\n[...]\n${[...named].slice(0, MAX_MENTIONS).join('\n')}`, ref }];
}

/** Prompts of one episode put together, each text once. */
export function joinPrompts(
  before: readonly Prompt[] | undefined,
  after: readonly Prompt[] | undefined,
): readonly Prompt[] | undefined {
  if (before === undefined || after === undefined) return before ?? after;
  const known = new Set(before.map(({ text }) => text));
  const fresh = after.filter(({ text }) => !known.has(text));
  return fresh.length === 0 ? before : [...before, ...fresh].slice(0, MAX_PROMPTS);
}

/**
 * The task at the head of a conversation: its first user message, where the model has not spoken before. Later user messages of
 * such lists may carry what a tool printed, so they are no request. A text stands for itself.
 */
export function taskPrompt(conversation: unknown, ref: SourceRef): readonly Prompt[] | undefined {
  if (typeof conversation === 'string') return promptsOf(conversation, ref);
  for (const message of arrayOf(conversation)) {
    const role = at(message, 'role');
    if (role === 'user') return promptsOf(contentText(at(message, 'content')), ref);
    if (role === 'assistant' || role === 'tool') return undefined;
  }
  return undefined;
}
