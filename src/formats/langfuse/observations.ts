import { at, type JsonObject, textOf, tryJson } from '../../core/json.ts';
import { isToolAttributes, toolSpanEvent, windowOf } from '../../core/observed-span.ts';
import type { CallCounter } from '../../core/tool-call.ts';
import type { Event } from '../../model/event.ts';
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
  return isToolAttributes(at(metadata, 'attributes')) || typeof at(metadata, 'tool_name') === 'string';
}

export interface Counted {
  readonly counter: CallCounter;
  readonly record: RawRecord;
}

export function callOf(observation: JsonObject, episodeId: string, { counter, record }: Counted): Event {
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
    callId: callId.find((id) => id !== undefined) ?? textOf(observation['id']),
    name,
    toolName:
      named ??
      textOf(at(attributes, 'gen_ai.tool.name')) ??
      textOf(at(attributes, 'tool.name')) ??
      name.replace(/^(?:running tool:|execute_tool|Tool:) /, ''),
    input: observation['input'] ?? at(attributes, 'tool_arguments') ?? at(attributes, 'gen_ai.tool.call.arguments'),
    output: observation['output'],
    error: observation['level'] === 'ERROR' ? (textOf(observation['statusMessage']) ?? 'error') : undefined,
    ...windowOf(observation, 'startTime', 'endTime'),
  });
}
