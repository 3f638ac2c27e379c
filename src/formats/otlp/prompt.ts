import { arrayOf, at, isObject, textOf, tryJson } from '../../core/json/json.ts';
import { contentText } from '../../core/tools/model-calls.ts';
import { promptsOf, taskPrompt } from '../../core/tools/prompts.ts';
import type { Prompt } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import { pick } from './attributes.ts';
import type { Span } from './message.ts';

/**
 * The task in the span of an agent that nothing stands above: `gen_ai.input.messages` (attribute or event), the older
 * `gen_ai.user.message` event, or the AI SDK's `ai.prompt`. The input of an agent below another is that one's words.
 */
export function spanPrompts(span: Span, ref: SourceRef): readonly Prompt[] | undefined {
  if (span.parentId !== undefined) return undefined;
  const names = ['gen_ai.input.messages', 'ai.prompt'];
  const holders = [span.attributes, ...span.events.map(({ attributes }) => attributes)];
  for (const attributes of holders) {
    const raw = pick(attributes, ...names);
    const value = typeof raw === 'string' ? tryJson(raw) : raw;
    const messages = isObject(value) ? (value['prompt'] ?? value['messages']) : value;
    const prompts = taskPrompt(Array.isArray(messages) ? messages.map(plainMessage) : messages, ref);
    if (prompts !== undefined) return prompts;
  }
  if (span.name === 'claude_code.interaction') return promptsOf(textOf(span.attributes.get('user_prompt')), ref);
  const event = span.events.find(({ name }) => name === 'gen_ai.user.message');
  return promptsOf(event === undefined ? undefined : textOf(event.attributes.get('content')), ref);
}

/** Semantic conventions 1.37 put the text into parts, `{type: "text", content}`. */
function plainMessage(message: unknown): unknown {
  const parts = arrayOf(at(message, 'parts')).filter((part) => at(part, 'type') === 'text');
  const text = parts.map((part) => textOf(at(part, 'content')) ?? '').join('\n');
  return { role: at(message, 'role'), content: text === '' ? contentText(at(message, 'content')) : text };
}
