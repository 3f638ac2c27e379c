import { digestOf } from '../../core/digest.ts';
import { arrayOf, at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { markupCalls } from '../../core/tools/markup-calls.ts';
import { contentText, type ModelCall, messageCalls, modelCall, toolResults } from '../../core/tools/model-calls.ts';
import { CallCounter, forgetOldest, SESSION_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { interpretedIn } from './interpreted.ts';

/** Members under which trainers keep the conversation of a rollout. */
const LISTS = ['messages', 'conversation', 'conversations', 'trajectory', 'traj', 'chat_completions', 'history'];
const ROLES = /^(?:system|developer|user|assistant|tool|function|environment)$/;

/** The messages of a row: a list (some data sets keep it as JSON text), or a prompt and what the model made of it. */
export function conversationOf(row: JsonObject): readonly JsonObject[] | undefined {
  for (const key of LISTS) {
    const messages = messagesOf(row[key]);
    if (messages !== undefined) return messages;
  }
  const completion = messagesOf(row['completion']) ?? messagesOf(row['response']);
  return completion === undefined ? undefined : [...(messagesOf(row['prompt']) ?? []), ...completion];
}

export function messagesOf(value: unknown): readonly JsonObject[] | undefined {
  const list = arrayOf(typeof value === 'string' && /^\s*\[\s*\{/.test(value) ? tryJson(value) : value).map(messageOf);
  const messages = list.filter(isObject).filter(({ role }) => typeof role === 'string' && ROLES.test(role));
  return messages.length > 0 && messages.length === list.length ? messages : undefined;
}

/** A choice of a chat completion holds its message. */
function messageOf(item: unknown): unknown {
  return isObject(item) && isObject(item['message']) && !('role' in item) ? item['message'] : item;
}

/** When a message was written, as some trainers note. */
function stampOf(message: JsonObject | undefined, zoneOffsetMin: number): Instant | undefined {
  return instantOf(message?.['timestamp'] ?? message?.['created_at'], zoneOffsetMin);
}

/** Whether a call of the conversation has a time. */
export function isDated(messages: readonly JsonObject[]): boolean {
  return messages.some(
    (message) =>
      message['role'] === 'assistant' && messageCalls(message).length > 0 && stampOf(message, 0) !== undefined,
  );
}

export function hasCalls(messages: readonly JsonObject[]): boolean {
  return messages.some((message) => message['role'] === 'assistant' && callsOf(message).length > 0);
}

function callsOf(message: JsonObject): readonly ModelCall[] {
  const listed = messageCalls(message);
  return listed.length > 0 ? listed : markupCalls(contentText(message['content']));
}

export interface CallPlace {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly zoneOffsetMin: number;
  readonly host?: string | undefined;
  readonly sandboxId?: string | undefined;
  readonly containerId?: string | undefined;
}

const EPISODES_REMEMBERED = 10_000;

/** The calls of all rollouts of a file. */
export class Conversations {
  readonly #counter = new CallCounter();
  /** What was read of an episode before: step-wise dumps repeat the conversation so far in every row. */
  readonly #read = new Map<string, { readonly messages: number; readonly digest: string }>();

  /** Calls in a text that the model wrote. */
  inText(text: unknown, place: CallPlace): readonly ToolCallEvent[] {
    if (typeof text !== 'string') return [];
    const calls = markupCalls(text);
    if (calls.length > 0) return calls.map((call) => this.#event(call, {}, place));
    return interpretedIn(text).map(({ code, output }) =>
      this.#event(modelCall(undefined, 'python', { code }), { output }, place),
    );
  }

  /** Calls of a conversation, or of the part of it that follows what was read of its episode before. */
  inMessages(list: unknown, place: CallPlace): readonly ToolCallEvent[] {
    const messages = arrayOf(list).map(messageOf).filter(isObject);
    const fresh = messages.slice(this.#known(messages, place.episodeId));
    const results = toolResults(fresh);
    const ends = endsOf(fresh, place.zoneOffsetMin);
    return fresh
      .filter(({ role }) => role === 'assistant')
      .flatMap((message) =>
        callsOf(message).map((call) =>
          this.#event(
            call,
            {
              output: results.get(call.id ?? ''),
              start: stampOf(message, place.zoneOffsetMin),
              end: ends.get(call.id ?? ''),
            },
            place,
          ),
        ),
      );
  }

  #known(messages: readonly JsonObject[], episodeId: string): number {
    const before = this.#read.get(episodeId);
    const digest = (list: readonly JsonObject[]): string => digestOf(JSON.stringify(list), 16);
    this.#read.set(episodeId, { messages: messages.length, digest: digest(messages) });
    forgetOldest(this.#read, EPISODES_REMEMBERED);
    if (before === undefined || before.messages > messages.length) return 0;
    return digest(messages.slice(0, before.messages)) === before.digest ? before.messages : 0;
  }

  #event(call: ModelCall, { output, start, end }: Found, place: CallPlace): ToolCallEvent {
    const { record, episodeId, host, sandboxId, containerId } = place;
    return toolCallEvent({
      format: 'training-dump',
      clock: start === undefined ? 'none' : 'messages.timestamp',
      ref: record.ref,
      host: host ?? record.host,
      episodeId,
      index: this.#counter.next(episodeId),
      callId: call.id,
      name: call.name,
      arguments: readArguments(call.argumentsText),
      start,
      end,
      startBasis: 'model-call-end',
      slack: SESSION_SLACK,
      executed: output === undefined ? 'unknown' : 'yes',
      output,
      sandboxId,
      containerId: containerId ?? record.containerId,
      trust: 'outside',
      observed: record.observed,
    });
  }
}

interface Found {
  readonly output?: string | undefined;
  readonly start?: Instant | undefined;
  readonly end?: Instant | undefined;
}

/** Stamps of the results, by the id of their call. */
function endsOf(messages: readonly JsonObject[], zoneOffsetMin: number): ReadonlyMap<string, Instant> {
  const ends = new Map<string, Instant>();
  for (const message of messages) {
    const id = message['role'] === 'tool' ? textOf(message['tool_call_id'] ?? message['id']) : undefined;
    const stamp = stampOf(message, zoneOffsetMin);
    if (id !== undefined && stamp !== undefined) ends.set(id, stamp);
  }
  return ends;
}

/** The first words of a conversation, before the model spoke. */
export function openingOf(messages: readonly JsonObject[]): string {
  const spoken = messages.findIndex((message) => message['role'] === 'assistant');
  const opening = spoken < 0 ? messages : messages.slice(0, spoken);
  return opening.map((message) => contentText(at(message, 'content'))).join('\n');
}
