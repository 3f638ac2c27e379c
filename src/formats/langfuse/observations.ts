import { at, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { type AskedInAnyOrder, askedIn } from '../../core/tools/asked-messages.ts';
import { isToolAttributes, toolSpanEvent, windowOf } from '../../core/tools/observed-span.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import type { CallCounter } from '../../core/tools/tool-call.ts';
import type { Event, ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

/** Names of the exports to a bucket, which are those of the columns, beside those of the API. */
const COLUMNS = [
  ['trace_id', 'traceId'],
  ['start_time', 'startTime'],
  ['end_time', 'endTime'],
  ['parent_observation_id', 'parentObservationId'],
  ['status_message', 'statusMessage'],
] as const;

/** One observation, by the names of the API. */
export function observationIn(json: JsonObject): JsonObject | undefined {
  if ('traceId' in json && 'startTime' in json && 'type' in json && 'parentObservationId' in json) return json;
  if (!('trace_id' in json && 'start_time' in json && 'type' in json && 'parent_observation_id' in json))
    return undefined;
  const out: Record<string, unknown> = { ...json };
  for (const [column, name] of COLUMNS) out[name] = json[column];
  return out;
}

function metadataOf(observation: JsonObject): unknown {
  const raw = observation['metadata'];
  return typeof raw === 'string' ? tryJson(raw) : raw;
}

/** Hooks of agents name the tool in the metadata, because older servers took no type but spans, generations and events. */
export function isTool(observation: JsonObject): boolean {
  if (observation['type'] === 'TOOL') return true;
  if (observation['type'] !== 'SPAN') return false;
  const metadata = metadataOf(observation);
  const attributes = at(metadata, 'attributes');
  // BeeAI makes a span of each event of a call; the first of them says all but the result.
  if (/^tool\..+\.(?:success|finish|error|retry)$/.test(textOf(at(attributes, 'target')) ?? '')) return false;
  if (isToolAttributes(attributes) || typeof at(metadata, 'tool_name') === 'string') return true;
  return answeredCall(observation) !== undefined;
}

/** The call that a tool of LangChain answers: its output is the message that it gives. */
function answeredCall(observation: JsonObject): string | undefined {
  const raw = observation['output'];
  const output = typeof raw === 'string' && raw.startsWith('{') ? tryJson(raw) : raw;
  return at(output, 'type') === 'tool' ? textOf(at(output, 'tool_call_id')) : undefined;
}

export interface Counted {
  readonly counter: CallCounter;
  readonly asked: AskedInAnyOrder;
  readonly record: RawRecord;
}

/** What an observation says of tool calls: its own, or those that a model asked for in it. */
export function callsOf(observation: JsonObject, episodeId: string, counted: Counted): readonly Event[] {
  if (isTool(observation)) {
    const call = callOf(observation, episodeId, counted);
    const named = { ...call, name: toolOf(observation) };
    counted.asked.record(recordOf(named, episodeId, textOf(observation['id'])));
    return [call];
  }
  if (observation['type'] !== 'GENERATION') return [];
  const { start: asked, end: answered } = windowOf(observation, 'startTime', 'endTime');
  counted.asked.take(askedIn(observation['input'], observation['output']), {
    format: 'langfuse',
    clock: 'startTime',
    traceId: episodeId,
    episode: () => episodeId,
    ref: counted.record.ref,
    place: {},
    asked,
    answered,
  });
  return [];
}

function callOf(observation: JsonObject, episodeId: string, { counter, record }: Counted): ToolCallEvent {
  const metadata = metadataOf(observation);
  const attributes = at(metadata, 'attributes');
  const named = textOf(at(metadata, 'tool_name'));
  const name = named ?? textOf(observation['name']) ?? 'unknown';
  const callId = ['tool_call_id', 'tool_use_id', 'tool_id'].map((key) => textOf(at(metadata, key)));
  return toolSpanEvent({
    format: 'langfuse',
    clock: 'startTime',
    record,
    episodeId,
    index: counter.next(episodeId),
    callId: callId.find((id) => id !== undefined) ?? answeredCall(observation) ?? textOf(observation['id']),
    name,
    toolName: toolOf(observation),
    input:
      observation['input'] ??
      ['tool_arguments', 'gen_ai.tool.call.arguments', 'tool.parameters']
        .map((key) => at(attributes, key))
        .find((args) => args !== undefined),
    output: observation['output'],
    error: observation['level'] === 'ERROR' ? (textOf(observation['statusMessage']) ?? 'error') : undefined,
    ...windowOf(observation, 'startTime', 'endTime'),
  });
}

function toolOf(observation: JsonObject): string {
  const metadata = metadataOf(observation);
  const attributes = at(metadata, 'attributes');
  const name = textOf(observation['name']) ?? 'unknown';
  return (
    textOf(at(metadata, 'tool_name')) ??
    textOf(at(attributes, 'gen_ai.tool.name')) ??
    textOf(at(attributes, 'tool.name')) ??
    name.replace(/^(?:running tool:|execute_tool|Tool:) /, '')
  );
}
