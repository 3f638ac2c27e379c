import { at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';

interface Block {
  readonly opened: JsonObject;
  json: string;
}

/** The message of a streamed answer of Anthropic's interface, as far as it tells of tools: https://docs.anthropic.com/en/api/messages-streaming. */
export function streamedAnswer(events: string): JsonObject | undefined {
  const blocks = new Map<number, Block>();
  let id: string | undefined;
  for (const line of events.split(/\r?\n/)) {
    if (!line.startsWith('data:')) continue;
    const event = tryJson(line.slice('data:'.length).trim());
    const index = numberOf(at(event, 'index')) ?? -1;
    const opened = at(event, 'content_block');
    if (at(event, 'type') === 'message_start') id = textOf(at(event, 'message', 'id'));
    if (at(event, 'type') === 'content_block_start' && isObject(opened)) blocks.set(index, { opened, json: '' });
    const block = blocks.get(index);
    if (block !== undefined) block.json += textOf(at(event, 'delta', 'partial_json')) ?? '';
  }
  const content = [...blocks.values()].map(({ opened, json }) =>
    json === '' ? opened : { ...opened, input: tryJson(json) ?? json },
  );
  return content.length === 0 ? undefined : { id, role: 'assistant', content };
}
