import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { BACKGROUND_UNKNOWN, forgetOldest, SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { hasEnded, leftRunning } from './shells.ts';

const TYPES =
  /^(?:abort|(?:assistant|external_tool|hook|permission|session|skill|subagent|system|tool|user|user_input|partition)\.[a-z_.]+)$/;

/** Events that GitHub's Copilot writes: its CLI, and the agent mode of its editors. */
export const copilot: Format = {
  id: 'copilot',
  title: 'GitHub Copilot session events',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    'line `timestamp`, ISO ms UTC: the call when it is begun (or approved, where the user is asked), and when its result is there',
  traps: [
    'a call is begun before the user is asked: a refused one has both lines, and never ran',
    'what was started with `mode: async` or `detach`, or takes longer than the tool waits, runs on behind its result',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

function claims({ json }: SniffRecord): Sniff {
  const type = textOf(at(json, 'type')) ?? '';
  if (!isObject(json) || !isObject(json['data']) || !TYPES.test(type)) return no('no session event');
  if (type === 'session.start' && textOf(json['data']['sessionId']) !== undefined) return yes(0.97, 'session.start');
  if (/^tool\.execution_(?:start|complete)$/.test(type)) return yes(0.97, `event ${type}`);
  return 'parentId' in json && 'timestamp' in json
    ? yes(0.93, 'event with type, data and parentId')
    : no('no parentId');
}

/** A call as the model asked for it. */
type Wanted = Pick<ToolCallFacts, 'name' | 'arguments' | 'start' | 'background'>;

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  /** Calls that older releases tell the end of, and no beginning. */
  readonly wanted: Map<string, Wanted>;
  episodeId: string;
  cwd: string | undefined;
}

const MOST_WANTED = 10_000;

/** `session-state/<session>/events.jsonl`, or a file that is called after its session. */
function sessionOf(path: string): string {
  const folder = /([^/\\]+)[/\\]events\.jsonl$/.exec(path)?.[1];
  return folder ?? fileStem(path);
}

function openSession(context: DecodeContext): Decoder {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    wanted: new Map(),
    episodeId: sessionOf(context.path),
    cwd: undefined,
  };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(doc['type']) ?? 'unknown';
  const { data } = doc;
  if (type === 'session.start') state.episodeId = textOf(at(data, 'sessionId')) ?? state.episodeId;
  state.cwd = textOf(at(data, 'context', 'cwd')) ?? state.cwd;
  const stamp = instantOf(doc['timestamp']);
  const said = type === 'user.message' ? promptsOf(textOf(at(data, 'content')), record.ref) : undefined;
  state.episodes.see(
    {
      format: 'copilot',
      clock: 'timestamp',
      episodeId: state.episodeId,
      agent: 'copilot',
      model: textOf(at(data, 'selectedModel')) ?? textOf(at(data, 'newModel')) ?? textOf(at(data, 'model')),
      prompts: said,
    },
    record.ref,
    stamp,
  );
  const line: Line = { data, stamp, record, agent: textOf(doc['agentId']) ?? textOf(at(data, 'parentToolCallId')) };
  switch (type) {
    case 'assistant.message':
      return noteWanted(line, state);
    case 'tool.execution_start':
      return begin(textOf(at(data, 'toolCallId')), wantedIn(data, 'toolName', stamp), line, state);
    case 'permission.completed':
      return decide(line, state);
    case 'tool.execution_complete':
      return complete(line, state);
    default:
      return skipped(type);
  }
}

interface Line {
  readonly data: unknown;
  readonly stamp: Instant | undefined;
  readonly record: RawRecord;
  /** The subagent, by its own id or by the call that began it. */
  readonly agent: string | undefined;
}

function wantedIn(call: unknown, nameKey: 'name' | 'toolName', start: Instant | undefined): Wanted {
  const args = readArguments(at(call, 'arguments'));
  return {
    name: textOf(at(call, nameKey)) ?? 'unknown',
    arguments: args,
    start,
    background: at(args?.value, 'mode') === 'async' ? BACKGROUND_UNKNOWN : undefined,
  };
}

function noteWanted({ data, stamp }: Line, { wanted }: State): Decoded {
  const calls = arrayOf(at(data, 'toolRequests'));
  for (const call of calls) {
    const id = textOf(at(call, 'toolCallId'));
    if (id !== undefined) wanted.set(id, wantedIn(call, 'name', stamp));
    forgetOldest(wanted, MOST_WANTED);
  }
  return skipped('assistant.message');
}

function begin(callId: string | undefined, call: Wanted, line: Line, state: State): readonly Event[] {
  const { episodeId, cwd } = state;
  const { record, agent } = line;
  if (callId !== undefined) state.wanted.delete(callId);
  return state.calls.open(callId, {
    format: 'copilot',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    callId,
    ...call,
    agentPath: agent === undefined ? undefined : [episodeId, agent],
    slack: SESSION_SLACK,
    executed: 'unknown',
    status: 'incomplete',
    cwd,
    trust: 'agent-writable',
  });
}

const DENIED = /^(?:denied|reject|cancel)/;

/** What the user, a rule or a hook said to a call. Until then it waits. */
function decide({ data, stamp }: Line, { calls }: State): Decoded {
  const callId = textOf(at(data, 'toolCallId'));
  const kind = textOf(at(data, 'result', 'kind')) ?? '';
  if (callId === undefined) return skipped('permission.completed');
  if (DENIED.test(kind)) calls.update(callId, { executed: 'no', status: 'cancelled' });
  else if (kind.startsWith('approved')) calls.update(callId, { start: stamp });
  return skipped('permission.completed');
}

function complete(line: Line, state: State): readonly Event[] {
  const { data, stamp } = line;
  const callId = textOf(at(data, 'toolCallId')) ?? '';
  const wanted = state.wanted.get(callId);
  const begun = state.calls.get(callId) === undefined && wanted !== undefined ? begin(callId, wanted, line, state) : [];
  const output = textOf(at(data, 'result', 'content')) ?? textOf(at(data, 'error', 'message'));
  const whole = textOf(at(data, 'result', 'detailedContent')) ?? output ?? '';
  const exit = numberOf(/<exited with exit code (-?\d+)>\s*$/.exec(whole)?.[1]);
  const refused = state.calls.get(callId)?.executed === 'no' || DENIED.test(textOf(at(data, 'error', 'code')) ?? '');
  const failed = at(data, 'success') === false || (exit !== undefined && exit !== 0);
  const call = state.calls.get(callId);
  const shell = leftRunning(call?.name ?? '', whole);
  const looked = hasEnded(call?.name ?? '', whole) ? textOf(at(call?.arguments?.value, 'shellId')) : undefined;
  const ended = looked === undefined ? [] : state.calls.endBackground(looked, stamp);
  const closed = state.calls.close(callId, {
    end: stamp,
    executed: refused ? 'no' : 'yes',
    status: refused ? 'cancelled' : failed ? 'failed' : 'completed',
    ...(exit === undefined ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
    ...(shell === undefined ? {} : { background: { handle: shell } }),
  });
  return [...begun, ...ended, ...closed];
}
