import { arrayOf, at, type JsonObject, textOf } from '../../core/json/json.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { contentText } from '../../core/tools/session.ts';
import type { ToolCallFacts } from '../../core/tools/tool-call.ts';

/** What an event tells of a call of an agent that the SDK drives over the Agent Client Protocol. */
export interface AcpCall {
  readonly facts: Pick<ToolCallFacts, 'callId' | 'name' | 'arguments'>;
  /** How it ended; undefined while it goes on. */
  readonly result: Partial<ToolCallFacts> | undefined;
}

/**
 * `ACPToolCallEvent`: one when the call is announced, whose `raw_input` may still be empty, and one of the same `tool_call_id` when it
 * is over; older releases write one at every progress. The tool has no name, only its kind and a title for humans.
 * `openhands-sdk/openhands/sdk/event/acp_tool_call.py`, https://agentclientprotocol.com/protocol/tool-calls
 */
export function acpCall(event: JsonObject): AcpCall {
  const kind = textOf(event['tool_kind']);
  const title = textOf(event['title']);
  const facts = {
    callId: textOf(event['tool_call_id']),
    name: (kind === 'other' ? (title ?? kind) : (kind ?? title)) ?? 'tool',
    arguments: readArguments(event['raw_input']),
  };
  const status = event['status'];
  if (status !== 'completed' && status !== 'failed') return { facts, result: undefined };
  const output = textOf(event['raw_output']) ?? blocksText(event['content']);
  return { facts, result: { status, ...(output === undefined ? {} : { output }) } };
}

/** Blocks of text stand inside blocks of content. */
function blocksText(blocks: unknown): string | undefined {
  return contentText(arrayOf(blocks).map((block) => at(block, 'content')));
}
