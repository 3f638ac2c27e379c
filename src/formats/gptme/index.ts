import { no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { isShellResult, isToolResult, outcomeOf } from './results.ts';
import { usesIn } from './uses.ts';

/** Conversations of gptme: one message a line, tool calls as text of the model, results as messages of the system. */
export const gptme: Format = {
  id: 'gptme',
  title: 'gptme conversations',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`timestamp` of a message, local time of the host where it has no zone: the model had answered; the result was there',
  traps: [
    'tool calls are code blocks of the text: of one without a result it is not told whether it ran',
    'several calls of one answer run one after another: a later one begins when the one before has its result',
    'stamps may have no zone',
    'the file lies where the agent can write',
  ],
  claims,
  sniff,
  open: openConversation,
};

function isMessage(json: unknown): json is JsonObject {
  const isTold = isObject(json) && typeof json['content'] === 'string' && typeof json['timestamp'] === 'string';
  return isTold && /^(?:system|user|assistant)$/.test(textOf(json['role']) ?? '') && !('sessionId' in json);
}

function claims({ json }: SniffRecord): Sniff {
  if (!isMessage(json)) return no('no message of gptme');
  const content = textOf(json['content']) ?? '';
  const isResult = json['role'] === 'system' && isToolResult(content);
  return isResult ? yes(0.9, 'result of a tool as a message of the system') : no('message without a result of gptme');
}

/** Its messages are like those of others: a result tells, and the rest must not speak against it. */
function sniff(sample: Sample): Sniff {
  const records = sample.records.filter(({ text }) => text.trim() !== '');
  const isWhole = records.every(({ json }) => isMessage(json));
  const told = records.find((record) => claims(record).score > 0);
  return isWhole && told !== undefined ? claims(told) : no('no conversation of gptme');
}

interface Waiting {
  readonly key: string;
  readonly isShell: boolean;
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly context: DecodeContext;
  readonly episodeId: string;
  /** Calls of the last answer that have no result yet, in order. */
  waiting: Waiting[];
  count: number;
}

/** The folder of `conversation.jsonl` is the conversation's name; branches of it lie below `branches`. */
function nameOf({ path, folder }: DecodeContext): string {
  if (path === 'conversation.jsonl' && folder !== undefined) return folder;
  const [, name] = /([^/\\]+)[/\\](?:conversation\.jsonl|branches[/\\][^/\\]+)$/.exec(path) ?? [];
  return name ?? fileStem(path);
}

function openConversation(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    context,
    episodeId: nameOf(context),
    waiting: [],
    count: 0,
  };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const { episodeId, context } = state;
  if (!isMessage(doc)) return skipped('no message');
  const content = textOf(doc['content']) ?? '';
  const stamp = instantOf(doc['timestamp'], context.zoneOffsetMin);
  const prompts = doc['role'] === 'user' ? promptsOf(content, record.ref) : undefined;
  const model = textOf(at(doc, 'metadata', 'model'));
  state.episodes.see(
    { format: 'gptme', clock: 'timestamp', episodeId, agent: 'gptme', model, prompts },
    record.ref,
    stamp,
  );
  if (doc['role'] === 'assistant') return answered(content, { record, stamp }, state);
  return doc['role'] === 'system' ? ended(doc, content, stamp, state) : skipped(`message of the ${doc['role']}`);
}

interface Written {
  readonly record: RawRecord;
  readonly stamp: Instant | undefined;
}

function answered(content: string, { record, stamp }: Written, state: State): readonly Event[] | Decoded {
  const uses = usesIn(content);
  state.waiting = [];
  if (uses.length === 0) return skipped('message of the assistant');
  return uses.flatMap(({ name, callId, input, command }, i) => {
    const key = callId ?? `#${state.count++}`;
    state.waiting.push({ key, isShell: name === 'shell' });
    return state.calls.open(key, {
      format: 'gptme',
      clock: 'timestamp',
      ref: record.ref,
      episodeId: state.episodeId,
      callId,
      name,
      arguments: readArguments(input),
      command,
      start: stamp,
      startBasis: i === 0 ? 'model-call-end' : 'prev-step',
      slack: SESSION_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      host: record.host,
      containerId: record.containerId,
      trust: 'agent-writable',
      observed: record.observed,
      ...(command !== undefined && /^\s*bg\s/.test(command) ? { background: {} } : {}),
    });
  });
}

/** The message that answers a call: by its id, else the first of its kind that waits. Calls run one after another. */
function ended(doc: JsonObject, content: string, stamp: Instant | undefined, state: State): readonly Event[] | Decoded {
  const { waiting, calls } = state;
  const id = textOf(doc['call_id']);
  const isShell = isShellResult(content);
  if (id === undefined && !isToolResult(content)) return skipped('message of the system');
  const found = waiting.findIndex((call) => (id === undefined ? call.isShell === isShell : call.key === id));
  const place = found < 0 && !isShell ? 0 : found;
  const call = waiting[place];
  if (call === undefined) return skipped('result of no open call');
  state.waiting = waiting.filter((other) => other !== call);
  const events = calls.close(call.key, { end: stamp, ...outcomeOf(content) });
  for (const later of state.waiting.slice(place)) calls.update(later.key, { start: stamp });
  return events;
}
