import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { runOf } from './run.ts';

/** Threads of Amp, one document each, as its program keeps them and `amp threads export` prints them. */
export const amp: Format = {
  id: 'amp',
  title: 'Amp threads',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`usageLedger.events[].timestamp` or `usage.timestamp`: when the model had answered; results have no time, so a call is over by the next answer',
  traps: [
    'the end of a call is not told: only that it was over when the model answered again',
    'threads without usage have no time but that of what the user typed',
    'the file lies where the agent can write',
  ],
  claims,
  open: openThread,
};

function claims({ json }: SniffRecord): Sniff {
  const isThread = isObject(json) && /^T-[0-9a-f-]{8,}$/.test(textOf(json['id']) ?? '');
  return isThread && Array.isArray(json['messages']) && typeof json['created'] === 'number'
    ? yes(0.96, 'id, created and messages of a thread')
    : no('no thread of Amp');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
}

function openThread(): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows() };
  return sessionDecoder(state, read);
}

/** What the thread says of all of its messages. */
interface Thread {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly cwd: string | undefined;
  /** When the model had written a message, by its number. */
  readonly answered: ReadonlyMap<string, Instant>;
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const episodeId = textOf(doc['id']);
  const messages = arrayOf(doc['messages']).filter(isObject);
  if (episodeId === undefined) return skipped('no thread');
  const ledger = arrayOf(at(doc, 'usageLedger', 'events'))
    .filter(isObject)
    // A title is made of a message that was answered long ago.
    .filter(({ operationType }) => operationType !== 'title-generation');
  const thread: Thread = {
    episodeId,
    record,
    cwd: folderOf(arrayOf(at(doc, 'env', 'initial', 'trees'))[0]),
    answered: answersIn(messages, ledger),
  };
  state.episodes.see(
    {
      format: 'amp',
      clock: 'usage.timestamp',
      episodeId,
      agent: 'amp',
      model: modelOf(messages, ledger),
    },
    record.ref,
    instantOf(doc['created']),
    ...messages.map((message) => instantOf(at(message, 'meta', 'sentAt'))),
    ...thread.answered.values(),
    ...arrayOf(at(doc, 'meta', 'traces')).map((trace) => instantOf(at(trace, 'endTime'))),
  );
  for (const message of messages) notePrompt(message, thread, state);
  const events = messages.flatMap((message, i) => messageEvents(message, overBy(messages, i, thread), thread, state));
  const whole = [...events, ...state.calls.flush()];
  return whole.length === 0 ? skipped('thread without tools') : whole;
}

function folderOf(tree: unknown): string | undefined {
  return /^file:\/\/(\/.+)$/.exec(textOf(at(tree, 'uri')) ?? '')?.[1];
}

function answersIn(messages: readonly JsonObject[], ledger: readonly JsonObject[]): ReadonlyMap<string, Instant> {
  const answered = new Map<string, Instant>();
  for (const event of ledger) put(answered, event['toMessageId'], event['timestamp']);
  for (const message of messages) put(answered, message['messageId'], at(message, 'usage', 'timestamp'));
  return answered;
}

function put(answered: Map<string, Instant>, id: unknown, stamp: unknown): void {
  const key = textOf(id);
  const instant = instantOf(stamp);
  if (key !== undefined && instant !== undefined) answered.set(key, instant);
}

function modelOf(messages: readonly JsonObject[], ledger: readonly JsonObject[]): string | undefined {
  const named = [...messages.map((message) => at(message, 'usage', 'model')), ...ledger.map(({ model }) => model)];
  return named.map(textOf).find((model) => model !== undefined);
}

/** When the model had answered next: what it was told before was over. */
function overBy(messages: readonly JsonObject[], from: number, { answered }: Thread): Instant | undefined {
  for (const message of messages.slice(from + 1)) {
    if (message['role'] !== 'assistant') continue;
    return answered.get(textOf(message['messageId']) ?? '');
  }
  return undefined;
}

function notePrompt(message: JsonObject, { episodeId, record }: Thread, { episodes }: State): void {
  const blocks = arrayOf(message['content']);
  if (message['role'] !== 'user' || blocks.some((block) => at(block, 'type') === 'tool_result')) return;
  const prompts = promptsOf(contentText(blocks), record.ref);
  if (prompts !== undefined) episodes.see({ format: 'amp', clock: 'usage.timestamp', episodeId, prompts }, record.ref);
}

function messageEvents(
  message: JsonObject,
  over: Instant | undefined,
  { episodeId, record, cwd, answered }: Thread,
  { calls }: State,
): readonly Event[] {
  const start = answered.get(textOf(message['messageId']) ?? '');
  return arrayOf(message['content'])
    .filter(isObject)
    .flatMap((block) => {
      if (block['type'] === 'tool_result') return calls.close(resultId(block), runOf(block));
      if (block['type'] !== 'tool_use') return [];
      const callId = textOf(block['id']);
      const input = readArguments(block['input']);
      return calls.open(callId, {
        format: 'amp',
        clock: 'usage.timestamp',
        ref: record.ref,
        episodeId,
        callId,
        name: textOf(block['name']) ?? 'unknown',
        arguments: input,
        start,
        startBasis: 'model-call-end',
        overBy: over,
        slack: SESSION_SLACK,
        executed: 'unknown',
        status: 'incomplete',
        cwd: textOf(at(input?.value, 'cwd')) ?? textOf(at(input?.value, 'workdir')) ?? cwd,
        host: record.host,
        containerId: record.containerId,
        trust: 'agent-writable',
        observed: record.observed,
      });
    });
}

function resultId(block: JsonObject): string {
  return textOf(block['toolUseID']) ?? textOf(block['tool_use_id']) ?? '';
}
