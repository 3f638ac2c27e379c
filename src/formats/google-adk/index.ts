import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SPAN_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Sessions of Google's Agent Development Kit, as `adk run --save_session` and its server write them, or their events one a line. */
export const googleAdk: Format = {
  id: 'google-adk',
  title: 'Google ADK sessions',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`timestamp` of an event, epoch seconds with a fraction: when the model had answered (older releases: when it was asked), and when the tool had',
  traps: [
    'results of calls made together stand in one event with the time of the first: the others end before the next event',
    'requests for confirmation or credentials are calls by their form, and no tools',
    'what a model streams is told in pieces (`partial`) before it is told whole',
    'code that stands beside its result was run by the server of the model, far from any sandbox',
  ],
  claims,
  open: openSession,
};

/** Python's names, or those of JSON. */
function member(value: unknown, camel: string): unknown {
  return (
    at(value, camel) ??
    at(
      value,
      camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    )
  );
}

function isEvent(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    typeof value['author'] === 'string' &&
    typeof value['timestamp'] === 'number' &&
    member(value, 'invocationId') !== undefined
  );
}

function isSession(json: unknown): json is JsonObject {
  return isObject(json) && member(json, 'appName') !== undefined && arrayOf(json['events']).some(isEvent);
}

function claims({ json }: SniffRecord): Sniff {
  if (isSession(json)) return yes(0.97, 'appName and events with an invocation');
  return isEvent(json) ? yes(0.95, 'event with author and invocation') : no('no session of ADK');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly stem: string;
  /** Calls made together, whose end is told by the next event. */
  waiting: readonly Waiting[];
  /** Key of the code that runs, and how many codes there were. */
  code: string | undefined;
  codes: number;
}

interface Waiting {
  readonly key: string;
  readonly facts: Partial<ToolCallFacts>;
}

function openSession({ path }: DecodeContext): Decoder {
  const own = { stem: fileStem(path), waiting: [], code: undefined, codes: 0 };
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), ...own };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const events = isSession(doc) ? arrayOf(doc['events']) : [doc];
  const named = textOf(isSession(doc) ? doc['id'] : (member(doc, 'sessionId') ?? undefined));
  const episodeId = named?.replace(/\.session$/, '') ?? state.stem.replace(/\.session$/, '');
  const known = events.filter(isEvent);
  if (known.length === 0) return skipped('no event');
  return [
    ...known.flatMap((event) => readEvent(event, episodeId, record, state)),
    ...(isSession(doc) ? release(state, undefined) : []),
  ];
}

function readEvent(event: JsonObject, episodeId: string, record: RawRecord, state: State): readonly Event[] {
  const time = instantOf(event['timestamp']);
  const parts = arrayOf(at(event, 'content', 'parts'));
  const typed = event['author'] === 'user' ? contentText(parts) : undefined;
  state.episodes.see(
    {
      format: 'google-adk',
      clock: 'timestamp',
      episodeId,
      model: textOf(member(event, 'modelVersion')),
      prompts: promptsOf(typed, record.ref),
    },
    record.ref,
    time,
  );
  const out: Event[] = [...release(state, time)];
  if (event['partial'] === true) return out;
  for (const part of parts) {
    const call = member(part, 'functionCall');
    if (isObject(call)) out.push(...begin(call, { event, episodeId, record, time }, state));
  }
  out.push(...answered(parts, episodeId, time, state), ...ranCode(parts, { event, episodeId, record, time }, state));
  return out;
}

const OUTCOMES = wordTable<ToolCallFacts['status']>({
  OUTCOME_OK: 'completed',
  OUTCOME_FAILED: 'failed',
  OUTCOME_DEADLINE_EXCEEDED: 'timeout',
});

/** Code that an executor of the agent runs: its result stands in a later event. With the result beside it, the model's server ran it. */
function ranCode(parts: readonly unknown[], place: Place, state: State): readonly Event[] {
  const code = parts.map((part) => member(part, 'executableCode')).find(isObject);
  const result = parts.map((part) => member(part, 'codeExecutionResult')).find(isObject);
  if (code !== undefined) return result === undefined ? beginCode(code, place, state) : [];
  const key = state.code;
  if (result === undefined || key === undefined) return [];
  state.code = undefined;
  const output = textOf(result['output']);
  const said = { status: OUTCOMES[textOf(result['outcome']) ?? ''], executed: 'yes' as const, end: place.time };
  return state.calls.close(key, output === undefined ? said : { ...said, output });
}

function beginCode(code: JsonObject, { event, episodeId, record, time }: Place, state: State): readonly Event[] {
  state.code = `${episodeId} code ${state.codes++}`;
  return state.calls.open(state.code, {
    ...callFacts({ event, episodeId, record, time }),
    name: 'execute_code',
    arguments: readArguments({ code: code['code'], language: code['language'] }),
  });
}

/** The end of calls made together, where only the first one's was told. */
function release(state: State, time: Instant | undefined): readonly Event[] {
  const { waiting, calls } = state;
  state.waiting = [];
  return waiting.flatMap(({ key, facts }) => calls.close(key, { ...facts, end: time, endBasis: 'next-model-call' }));
}

interface Place {
  readonly event: JsonObject;
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly time: Instant | undefined;
}

const NO_TOOL = /^adk_request_(?:confirmation|credential|input)$/;

function begin(call: JsonObject, { event, episodeId, record, time }: Place, { calls }: State): readonly Event[] {
  const name = textOf(call['name']) ?? 'unknown';
  const callId = textOf(call['id']);
  if (NO_TOOL.test(name)) return [];
  return calls.open(callId === undefined ? undefined : `${episodeId} ${callId}`, {
    ...callFacts({ event, episodeId, record, time }),
    callId,
    name,
    arguments: readArguments(call['args']),
  });
}

/** What is told of all calls that an event begins. */
function callFacts({ event, episodeId, record, time }: Place): Omit<ToolCallFacts, 'index' | 'name'> {
  return {
    format: 'google-adk',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    start: time,
    startBasis: 'model-call-end',
    slack: SPAN_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    agentPath: [episodeId, textOf(event['author']) ?? ''],
    host: record.host,
    containerId: record.containerId,
    trust: 'outside',
  };
}

const REJECTED = /^This tool call is rejected\b/;
/** A tool that waits for a human answers twice. */
const WAITS = /requires confirmation, please approve or reject/;

function answered(
  parts: readonly unknown[],
  episodeId: string,
  time: Instant | undefined,
  state: State,
): readonly Event[] {
  const responses = parts.map((part) => member(part, 'functionResponse')).filter(isObject);
  return responses.flatMap((response, i) => {
    const key = `${episodeId} ${textOf(response['id'])}`;
    const facts = resultOf(response['response']);
    if (WAITS.test(facts.output ?? '')) return [];
    if (i === 0) return state.calls.close(key, { ...facts, end: time });
    state.waiting = [...state.waiting, { key, facts }];
    return [];
  });
}

function resultOf(response: unknown): Partial<ToolCallFacts> {
  const error = textOf(at(response, 'error'));
  const told = at(response, 'result') ?? at(response, 'output') ?? response;
  const output = error ?? (typeof told === 'string' ? told : JSON.stringify(told));
  const said = output === undefined ? {} : { output };
  if (error !== undefined && REJECTED.test(error)) return { ...said, executed: 'no', status: 'cancelled' };
  return { ...said, executed: 'yes', status: error === undefined ? 'completed' : 'failed' };
}
