import { at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import type { EpisodeWindows, SessionCalls } from '../../core/tools/session.ts';
import { forgetOldest, SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** What `autogen_core.logging` writes to the logger `autogen_core.events`: JSON, behind what the handler puts before it. */
const TYPES =
  /^(?:ToolCall|LLMCall|LLMStreamStart|LLMStreamEnd|Message|MessageDropped|MessageHandlerException|AgentConstructionException)$/;
const PREFIXED = /^[^{]{0,200}?(?=\{")/;
const STAMP = /^\W{0,2}(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:[.,](\d{3,6}))?/;
const MOST_AGENTS = 10_000;

/** The event of a line. */
export function coreEvent(text: string, json: unknown): JsonObject | undefined {
  const event = isObject(json) ? json : behindPrefix(text);
  if (!isObject(event) || !TYPES.test(textOf(event['type']) ?? '')) return undefined;
  const isAgents = 'agent_id' in event || 'handling_agent' in event || 'delivery_stage' in event;
  return isAgents && !('models_usage' in event) ? event : undefined;
}

function behindPrefix(text: string): unknown {
  const prefix = PREFIXED.exec(text)?.[0];
  return prefix === undefined || prefix === '' ? undefined : tryJson(text.slice(prefix.length));
}

/** When each agent's model answered last. */
export type Answered = Map<string, Instant>;

export interface CoreState {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly stem: string;
  readonly context: DecodeContext;
  readonly answered: Answered;
}

/** A tool call is told when it is over; it began after the model of its agent had answered. */
export function readCoreEvent(event: JsonObject, record: RawRecord, state: CoreState): readonly Event[] | undefined {
  const agent = textOf(event['agent_id']) ?? '';
  const stamp = stampOf(record.text, state.context.zoneOffsetMin);
  const episodeId = /\/([0-9a-f]{8}-[0-9a-f-]{27})$/.exec(agent)?.[1] ?? state.stem;
  state.episodes.see({ format: 'autogen', clock: 'log line', episodeId, agent: 'autogen' }, record.ref, stamp);
  if (/^LLM/.test(textOf(event['type']) ?? '')) {
    if (stamp !== undefined) state.answered.set(agent, stamp);
    forgetOldest(state.answered, MOST_AGENTS);
    return undefined;
  }
  if (event['type'] !== 'ToolCall') return undefined;
  const output = textOf(event['result']);
  return state.calls.open(undefined, {
    format: 'autogen',
    clock: 'log line',
    ref: record.ref,
    episodeId,
    callId: textOf(event['call_id']),
    name: textOf(event['tool_name']) ?? 'unknown',
    arguments: readArguments(event['arguments']),
    start: state.answered.get(agent),
    startBasis: 'model-call-end',
    end: stamp,
    slack: SESSION_SLACK,
    executed: 'yes',
    status: 'completed',
    agentPath: agent === '' ? undefined : [episodeId, agent.split('/')[0] ?? agent],
    host: record.host,
    containerId: record.containerId,
    trust: 'outside',
    observed: record.observed,
    ...(output === undefined ? {} : { output }),
  });
}

function stampOf(text: string, zoneOffsetMin: number): Instant | undefined {
  const [, whole, fraction = '0'] = STAMP.exec(text) ?? [];
  if (whole !== undefined) return instantOf(`${whole.replace(' ', 'T')}.${fraction}`, zoneOffsetMin);
  const json = tryJson(text);
  return instantOf(at(json, 'timestamp') ?? at(json, 'time'), zoneOffsetMin);
}
