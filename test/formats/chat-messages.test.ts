import { expect, it } from 'vitest';
import { chatMessages } from '../../src/formats/chat-messages/index.ts';
import type { DecodeContext } from '../../src/model/format.ts';
import type { Micros } from '../../src/model/time.ts';

const asks = {
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'call_1', function: { name: 'bash', arguments: '{"command":"id"}' } }],
};

it.each([
  ['a message that asks for a call', asks, 0.7],
  ['a record that holds one', { message: asks, message_id: 1 }, 0.7],
  [
    'a choice of a completion, as logs of many agents hold it',
    { index: 0, finish_reason: 'tool_calls', message: asks },
    0,
  ],
  ['a message without tools', { role: 'user', content: 'hello' }, 0],
])('claims %s as it is sure', (_, json, score) => {
  expect(chatMessages.claims({ text: JSON.stringify(json), json }).score).toBe(score);
});

it.each([
  ['run/session_abc/agents/agent_main/messages/message_3.json', 'abc'],
  ['run/messages.json', 'run/messages'],
])('takes the episode of %s from its path', (path, episodeId) => {
  const context: DecodeContext = { path, zoneOffsetMin: 0, reference: 1_795_454_340_000_000 as Micros };
  const decoder = chatMessages.open(context);
  const ref = { source: path, line: 1, offset: 0, bytes: 1 };
  decoder.decode({ text: JSON.stringify({ message: asks }), ref });
  expect(decoder.flush?.().map((event) => 'episodeId' in event && event.episodeId)).toEqual([episodeId, episodeId]);
});
