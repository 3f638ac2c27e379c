import { at, isObject, numberOf, textOf } from '../../core/json/json.ts';
import { isRefusedByCodex } from '../../core/products/codex.ts';
import { type Instant, instantOf, shifted } from '../../core/time/instant.ts';
import { readArguments, type ToolArguments } from '../../core/tools/arguments.ts';
import type { AskedCalls } from '../../core/tools/asked-calls.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import {
  type CallCounter,
  episodeEvent,
  forgetOldest,
  SESSION_SLACK,
  toolCallEvent,
} from '../../core/tools/tool-call.ts';
import type { Event, ToolCallEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import { askedInLog } from './asked.ts';
import { pick, pickText } from './attributes.ts';
import type { EpisodeKeys } from './identity.ts';
import { anyValue, idOf, type LogEntry, member, nanosOf } from './message.ts';
import { ownEpisode } from './naming.ts';
import { placeIn, placeOf } from './place.ts';

/** Log events that report a finished tool call: Codex, Gemini CLI, Qwen Code, Claude Code. */
const TOOL_EVENT =
  /^(?:codex\.tool_result|(?:gemini_cli|qwen-code|qwen_code|iflow_cli)\.tool_call|claude_code\.tool_result|(?:[\w-]+\.)?tool_result)$/;
const DECISION_EVENT = /\.tool_decision$/;
const START_EVENT = /\.(?:conversation_starts|config|session_start)$/;

export interface LogState {
  readonly calls: CallCounter;
  /** Call ids that were refused before any result line, and spans of calls that were refused. */
  readonly refused: Map<string, true>;
  readonly asked: AskedCalls;
  readonly keys: EpisodeKeys;
}

export function logEvents(entry: LogEntry, ref: SourceRef, state: LogState): readonly Event[] {
  const { attributes } = entry;
  const name = eventName(entry);
  const episodeId = ownEpisode(attributes) ?? entry.resource.naming.episode;
  if (name?.startsWith('gen_ai.')) noteAsked(name, entry, ref, state);
  if (name === undefined || episodeId === undefined) return [];
  if (DECISION_EVENT.test(name)) {
    const callId = pickText(attributes, 'call_id', 'tool_use_id');
    const decision = pickText(attributes, 'decision') ?? '';
    if (callId !== undefined && /den|reject|abort/i.test(decision)) {
      state.refused.set(callId, true);
      forgetOldest(state.refused, 10_000);
    }
    return [];
  }
  if (START_EVENT.test(name)) return [startOf(entry, ref, episodeId)];
  if (!TOOL_EVENT.test(name)) return [];
  const call = resultOf(entry, ref, episodeId, state);
  if (state.asked.told > 0) state.asked.record(recordOf(call, idOf(member(entry.raw, 'traceId'), 16) ?? ''));
  return [call];
}

/** Events of GenAI have no window of their own: each is what a model was asked or answered then. */
function noteAsked(name: string, entry: LogEntry, ref: SourceRef, { asked, keys }: LogState): void {
  const said = askedInLog(name, entry);
  if (said.calls.length === 0 && said.results.size === 0) return;
  const { instant, clock } = stampOf(entry);
  const { attributes, resource, raw } = entry;
  const traceId = idOf(member(raw, 'traceId'), 16) ?? '';
  const span = { traceId, spanId: idOf(member(raw, 'spanId'), 8) ?? '', parentId: undefined, resource };
  const own = ownEpisode(attributes);
  if (own === undefined && resource.naming.episode === undefined && traceId === '') return;
  const episode = (): string => own ?? keys.nameOf(span);
  const place = placeIn(attributes);
  asked.take(said, { format: 'otlp', traceId, episode, clock, ref, place, asked: instant, answered: instant });
}

function eventName(entry: LogEntry): string | undefined {
  const named = pickText(entry.attributes, 'event.name') ?? textOf(member(entry.raw, 'eventName'));
  const body = anyValue(member(entry.raw, 'body'));
  if (named === undefined || !named.includes('.'))
    return typeof body === 'string' && TOOL_EVENT.test(body) ? body : named;
  return named;
}

function clockOf(entry: LogEntry, raw: 'event.timestamp' | 'timeUnixNano' | 'observedTimeUnixNano'): string {
  return entry.resource.host === undefined ? raw : `${raw}@${entry.resource.host}`;
}

/** Codex writes `timeUnixNano` "0"; the attribute is the emitter's own stamp. */
function stampOf(entry: LogEntry): { readonly instant: Instant | undefined; readonly clock: string } {
  const own = instantOf(entry.attributes.get('event.timestamp'));
  if (own !== undefined) return { instant: own, clock: clockOf(entry, 'event.timestamp') };
  const sent = nanosOf(member(entry.raw, 'timeUnixNano'));
  if (sent !== undefined) return { instant: sent, clock: clockOf(entry, 'timeUnixNano') };
  return { instant: nanosOf(member(entry.raw, 'observedTimeUnixNano')), clock: clockOf(entry, 'observedTimeUnixNano') };
}

function startOf(entry: LogEntry, ref: SourceRef, episodeId: string): Event {
  const { instant, clock } = stampOf(entry);
  const { attributes } = entry;
  return episodeEvent({
    format: 'otlp',
    clock,
    ref,
    host: entry.resource.host,
    episodeId,
    agent: pickText(attributes, 'originator') ?? pickText(entry.resource.attributes, 'service.name'),
    model: pickText(attributes, 'model'),
    ...placeOf(entry),
    start: instant,
  });
}

function resultOf(entry: LogEntry, ref: SourceRef, episodeId: string, state: LogState): ToolCallEvent {
  const { attributes } = entry;
  const { instant: end, clock } = stampOf(entry);
  const ms = numberOf(pick(attributes, 'duration_ms'));
  const callId = pickText(attributes, 'call_id', 'tool_use_id', 'tool_call_id');
  const success = pick(attributes, 'success');
  const output = pickText(attributes, 'output', 'tool_result');
  const exit = numberOf(/Process exited with code (\d+)/.exec(output ?? '')?.[1]);
  const said = exit === undefined && eventName(entry) === 'codex.tool_result' ? (output ?? '') : '';
  const decision = pickText(attributes, 'decision', 'decision_type') ?? '';
  const stopped = /cancel|abort/i.test(pickText(attributes, 'status') ?? '');
  const refused =
    /cancel|reject|den[iy]|abort/i.test(decision) ||
    /reject|den[iy]/i.test(pickText(attributes, 'status') ?? '') ||
    isRefusedByCodex(said.split(/^Output:$/m, 1)[0] ?? '') ||
    (callId !== undefined && state.refused.has(callId));
  const session = /Process running with session ID (\d+)/.exec(output ?? '')?.[1];
  return toolCallEvent({
    format: 'otlp',
    clock,
    ref,
    host: entry.resource.host,
    episodeId,
    index: state.calls.next(episodeId),
    callId,
    name: pickText(attributes, 'tool_name', 'function_name', 'gen_ai.tool.name') ?? 'unknown',
    arguments: argumentsOf(entry),
    start: end === undefined || ms === undefined ? undefined : shifted(end, -ms * 1000),
    end,
    startBasis: 'end-minus-duration',
    slack: SESSION_SLACK,
    // What was allowed and then stopped may have begun.
    executed: refused ? 'no' : stopped ? 'unknown' : 'yes',
    status: refused || stopped ? 'cancelled' : success === 'false' || success === false ? 'failed' : 'completed',
    exit,
    output,
    background: session === undefined ? undefined : { handle: session },
    cwd: pickText(attributes, 'cwd'),
    ...placeOf(entry),
    trust: 'outside',
  });
}

/** Claude Code nests the input in `tool_parameters`; a cut `bash_command` there is only the program's name. */
function argumentsOf(entry: LogEntry): ToolArguments | undefined {
  const own = readArguments(
    pick(entry.attributes, 'arguments', 'function_args', 'tool_input', 'gen_ai.tool.call.arguments', 'tool_parameters'),
  );
  const full = textOf(at(own?.value, 'full_command'));
  if (own === undefined || full === undefined || !isObject(own.value)) return own;
  return { ...own, value: { ...own.value, command: full } };
}
