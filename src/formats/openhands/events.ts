import { failed, skipped } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, jsonDecoder, SessionCalls } from '../../core/tools/session.ts';
import { BACKGROUND_UNKNOWN, forgetOldest, SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { acpCall } from './acp.ts';

/** Actions of version 0 that reach the sandbox. */
const TOOLS = /^(?:run|run_ipython|read|write|edit|browse|browse_interactive|call_tool_mcp|mcp|delegate|run_regex)$/;

const OPEN_LIMIT = 10_000;

interface State {
  readonly zone: number;
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  /** Actions of the SDK by the ids of their calls. */
  readonly actions: Map<string, string>;
  /** Last background pid that the shell told: it stays there for later commands. */
  lastPid: number | undefined;
}

export function openEvents(context: DecodeContext): Decoder {
  const state: State = {
    zone: context.zoneOffsetMin,
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    actions: new Map(),
    lastPid: undefined,
  };
  const conversation = conversationOf(context.path);
  return jsonDecoder(
    (doc, record) => readDocument(doc, record, conversation, state),
    () => [...state.calls.flush(), ...state.episodes.flush()],
  );
}

/** `sessions/<sid>/events/12.json` and `<conversation>/events/event-00012-<uuid>.json` belong to their folder. */
function conversationOf(path: string): string {
  return /(?:^|\/)([^/]+)\/events\/[^/]+\.json$/.exec(path)?.[1] ?? fileStem(path);
}

function readDocument(
  doc: JsonObject,
  record: RawRecord,
  conversation: string,
  state: State,
): readonly Event[] | Decoded {
  const history = doc['history'] ?? doc['trajectory'];
  if (!Array.isArray(history)) return readEvent(doc, record, conversation, state);
  const task = textOf(doc['instance_id']) ?? conversation;
  const { attempt, episodeId, sandboxId } = attemptOf(doc, task);
  const out: Event[] = [];
  for (const entry of history.flat() as readonly unknown[]) {
    if (!isObject(entry)) continue;
    const result = readEvent(entry, record, episodeId, state);
    if (!('status' in result)) out.push(...result);
  }
  out.push(...state.calls.flush());
  const prompts = promptsOf(textOf(doc['instruction']), record.ref);
  const outcome = textOf(doc['error']);
  state.episodes.see({ ...described(episodeId), task, attempt, sandboxId, outcome, prompts }, record.ref);
  return out;
}

interface Attempt {
  readonly episodeId: string;
  readonly attempt: string | undefined;
  readonly sandboxId: string | undefined;
}

/**
 * An instance may be tried again, which `output.critic_attempt_<n>.jsonl` and `output.jsonl` tell: the first attempt bears its name alone.
 * Of remote runtimes the last of the attempt is the one whose events stand here: a run that crashes leaves none.
 * OpenHands/benchmarks, `benchmarks/utils/models.py`
 */
function attemptOf(doc: JsonObject, task: string): Attempt {
  const attempt = numberOf(doc['attempt']);
  const runs = arrayOf(doc['runtime_runs']).filter(
    (run) => (numberOf(at(run, 'critic_attempt')) ?? attempt) === attempt,
  );
  return {
    episodeId: attempt === undefined || attempt === 1 ? task : `${task}/attempt-${attempt}`,
    attempt: attempt === undefined ? undefined : `${attempt}`,
    sandboxId: textOf(at(runs.at(-1), 'runtime_id')) ?? textOf(at(runs.at(-1), 'session_id')),
  };
}

function described(episodeId: string): Parameters<EpisodeWindows['see']>[0] {
  return { format: 'openhands', clock: 'timestamp', episodeId, agent: 'openhands', sandboxId: undefined };
}

function readEvent(event: JsonObject, record: RawRecord, episodeId: string, state: State): readonly Event[] | Decoded {
  const stamp = instantOf(event['timestamp'], state.zone);
  if (stamp === undefined) return failed('event without a timestamp');
  state.episodes.see({ ...described(episodeId), prompts: humanPrompt(event, record) }, record.ref, stamp);
  const base = { episodeId, record, stamp, state };
  const kind = textOf(event['kind']);
  if (kind !== undefined) return readSdk(event, kind, base);
  const action = textOf(event['action']);
  if (action !== undefined) return TOOLS.test(action) ? startAction(event, action, base) : skipped(`action ${action}`);
  const cause = textOf(event['cause']);
  if (textOf(event['observation']) === undefined) return failed('neither action nor observation');
  return cause === undefined
    ? skipped('observation without a cause')
    : state.calls.close(`${episodeId}/${cause}`, resultOf(event, stamp, state));
}

/** A message whose source is the user: version 0 an action, the SDK a message event. */
function humanPrompt(event: JsonObject, record: RawRecord): ReturnType<typeof promptsOf> {
  if (event['source'] !== 'user') return undefined;
  if (event['action'] === 'message')
    return promptsOf(textOf(at(event, 'args', 'content')) ?? textOf(event['message']), record.ref);
  if (event['kind'] !== 'MessageEvent') return undefined;
  return promptsOf(contentText(at(event, 'llm_message', 'content')), record.ref);
}

interface Base {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly stamp: Instant;
  readonly state: State;
}

function startAction(event: JsonObject, action: string, base: Base): readonly Event[] {
  const id = textOf(event['id']) ?? '';
  const metadata = event['tool_call_metadata'];
  const args = event['args'];
  const written = at(arrayOf(at(metadata, 'model_response', 'choices'))[0], 'message', 'tool_calls');
  const own = arrayOf(written).find((call) => at(call, 'id') === at(metadata, 'tool_call_id'));
  const name = textOf(at(metadata, 'function_name')) ?? action;
  const command =
    action === 'run' ? textOf(at(args, 'command')) : action === 'run_ipython' ? textOf(at(args, 'code')) : undefined;
  return start(
    `${base.episodeId}/${id}`,
    { callId: id, name, command, arguments: readArguments(at(own, 'function', 'arguments') ?? args) },
    base,
  );
}

function start(
  key: string,
  facts: Pick<ToolCallFacts, 'callId' | 'name' | 'command' | 'arguments'>,
  base: Base,
): readonly Event[] {
  return base.state.calls.open(key, {
    format: 'openhands',
    clock: 'timestamp',
    ref: base.record.ref,
    episodeId: base.episodeId,
    ...facts,
    start: base.stamp,
    slack: SESSION_SLACK,
    executed: 'yes',
    status: 'incomplete',
    trust: 'outside',
  });
}

function resultOf(event: JsonObject, end: Instant, state: State): Partial<ToolCallFacts> {
  const kind = textOf(event['observation']);
  const exit = numberOf(at(event, 'extras', 'metadata', 'exit_code')) ?? numberOf(at(event, 'extras', 'exit_code'));
  const pid = newPid(at(event, 'extras', 'metadata', 'pid'), state);
  return outcome(end, {
    exit,
    pid,
    output: textOf(event['content']),
    refused: kind === 'user_rejected',
    failed: kind === 'error',
  });
}

/** The prompt's metadata hold `$!`: the process last put in the background, -1 when there was none. */
function newPid(value: unknown, state: State): number | undefined {
  const pid = numberOf(value);
  if (pid === undefined || pid <= 0 || pid === state.lastPid) return undefined;
  state.lastPid = pid;
  return pid;
}

interface Outcome {
  readonly exit: number | undefined;
  readonly pid: number | undefined;
  readonly output: string | undefined;
  readonly refused: boolean;
  readonly failed: boolean;
}

function outcome(end: Instant, { exit, pid, output, refused, failed: failure }: Outcome): Partial<ToolCallFacts> {
  const running = exit === -1 && !refused && !failure;
  return {
    end,
    executed: refused ? 'no' : 'yes',
    status: refused ? 'cancelled' : running ? 'timeout' : failure || (exit ?? 0) > 0 ? 'failed' : 'completed',
    ...(pid !== undefined ? { background: { pid } } : running ? { background: BACKGROUND_UNKNOWN } : {}),
    ...(exit === undefined || exit < 0 ? {} : { exit }),
    ...(output === undefined ? {} : { output }),
  };
}

/** The scaffold's own error in place of a result: whether the tool had begun is seldom told. It names the call, not the action. */
function failedCall(event: JsonObject, { episodeId, stamp, state }: Base): readonly Event[] {
  const named = textOf(event['action_id']) ?? state.actions.get(textOf(event['tool_call_id']) ?? '');
  const output = textOf(event['error']);
  const key = `${episodeId}/${named ?? ''}`;
  return state.calls.close(key, {
    end: stamp,
    executed: state.calls.get(key)?.executed === 'no' ? 'no' : 'unknown',
    status: 'failed',
    ...(output === undefined ? {} : { output }),
  });
}

/** Every event repeats what is known of its call; the last one, which a file may begin with, is whole. */
function readAcp(event: JsonObject, base: Base): readonly Event[] {
  const { calls } = base.state;
  const { facts, result } = acpCall(event);
  const key = `${base.episodeId}/acp/${facts.callId ?? ''}`;
  const isNew = calls.get(key) === undefined;
  const evicted = isNew ? start(key, facts, base) : [];
  if (isNew && result !== undefined) calls.update(key, { start: undefined });
  if (!isNew) calls.update(key, facts);
  return result === undefined ? evicted : [...evicted, ...calls.close(key, { ...result, end: base.stamp })];
}

function readSdk(event: JsonObject, kind: string, base: Base): readonly Event[] | Decoded {
  const name = textOf(event['tool_name']);
  if (kind === 'ActionEvent') {
    const action = event['action'];
    const callId = textOf(event['tool_call_id']);
    if (callId !== undefined) {
      base.state.actions.set(callId, textOf(event['id']) ?? '');
      forgetOldest(base.state.actions, OPEN_LIMIT);
    }
    const isShell =
      textOf(at(action, 'kind')) === 'TerminalAction' || textOf(at(action, 'kind')) === 'ExecuteBashAction';
    if (name === undefined || name === 'finish' || name === 'think')
      return skipped(`action ${name ?? 'without a tool'}`);
    const command = isShell ? textOf(at(action, 'command')) : undefined;
    const key = `${base.episodeId}/${textOf(event['id']) ?? ''}`;
    const facts = { callId, name, command, arguments: readArguments(at(event, 'tool_call', 'arguments') ?? action) };
    const evicted = start(key, facts, base);
    // Arguments that fit no tool: the SDK tells the model so, and runs nothing.
    if (!isObject(action)) base.state.calls.update(key, { executed: 'no' });
    return evicted;
  }
  if (kind === 'ACPToolCallEvent') return readAcp(event, base);
  if (kind === 'AgentErrorEvent') return failedCall(event, base);
  const actionId = textOf(event['action_id']);
  if (actionId === undefined) return skipped(kind);
  const observation = event['observation'];
  const exit = numberOf(at(observation, 'exit_code')) ?? numberOf(at(observation, 'metadata', 'exit_code'));
  const refused = kind === 'UserRejectObservation';
  const failure = at(observation, 'is_error') === true;
  const pid = newPid(at(observation, 'metadata', 'pid'), base.state);
  const output = contentText(at(observation, 'content'));
  const patch = outcome(base.stamp, { exit, pid, output, refused, failed: failure });
  return base.state.calls.close(`${base.episodeId}/${actionId}`, patch);
}
