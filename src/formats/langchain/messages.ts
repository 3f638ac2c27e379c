import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { wordTable } from '../../core/word-table.ts';

/** A message of LangChain, in whichever of its three shapes it was written. */
export interface Message {
  readonly type: 'ai' | 'tool' | 'human' | 'other';
  readonly body: JsonObject;
}

const CLASSES = wordTable<Message['type']>({
  AIMessage: 'ai',
  AIMessageChunk: 'ai',
  ai: 'ai',
  ToolMessage: 'tool',
  tool: 'tool',
  HumanMessage: 'human',
  human: 'human',
  SystemMessage: 'other',
  system: 'other',
});

/** `model_dump`, `message_to_dict` (`{type, data}`), and `dumps` (`{lc, type: "constructor", id, kwargs}`). */
export function messageOf(value: unknown): Message | undefined {
  if (!isObject(value)) return undefined;
  const isConstructor = value['lc'] === 1 && value['type'] === 'constructor';
  const name = isConstructor ? textOf(arrayOf(value['id']).at(-1)) : textOf(value['type']);
  const type = CLASSES[name ?? ''];
  const body = isConstructor ? value['kwargs'] : isObject(value['data']) ? value['data'] : value;
  return type !== undefined && isObject(body) && 'content' in body ? { type, body } : undefined;
}

/** Whether it is LangChain's and no other's that calls its types so. */
export function isMarked({ type, body }: Message): boolean {
  if (type === 'ai') return Array.isArray(body['tool_calls']) || isObject(body['response_metadata']);
  if (type === 'tool') return typeof body['tool_call_id'] === 'string';
  return false;
}

/** Where states and streams keep their messages. */
const HOLDERS = [
  'values',
  'channel_values',
  'checkpoint',
  'payload',
  'input',
  'output',
  'result',
  'data',
  'chunk',
  'kwargs',
];
const DEEPEST = 5;

/** All messages of a document: a message, a list, a state, an update of a node (`{agent: {messages}}`), an event of a stream. */
export function messagesIn(doc: unknown, depth = 0): readonly Message[] {
  const own = messageOf(doc);
  if (own !== undefined) return [own];
  if (depth > DEEPEST) return [];
  if (Array.isArray(doc)) return doc.flatMap((item) => messagesIn(item, depth + 1));
  if (!isObject(doc)) return [];
  const listed = arrayOf(doc['messages']).map(messageOf);
  if (listed.length > 0) return listed.filter((message) => message !== undefined);
  const held = HOLDERS.filter((key) => typeof doc[key] === 'object').map((key) => doc[key]);
  if (held.length > 0) return held.flatMap((value) => messagesIn(value, depth + 1));
  return Object.values(doc).flatMap((value) =>
    Array.isArray(at(value, 'messages')) ? messagesIn(value, depth + 1) : [],
  );
}
