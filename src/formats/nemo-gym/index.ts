import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf, shifted } from '../../core/time/instant.ts';
import { readArguments, type ToolArguments } from '../../core/tools/arguments.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { contentText, jsonDecoder, pathStem } from '../../core/tools/session.ts';
import { episodeEvent, SESSION_SLACK, SPAN_SLACK, toolCallEvent, withoutBounds } from '../../core/tools/tool-call.ts';
import type { Event, ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** NeMo Gym rollouts, one a line; from 0.5 on with call times, sandbox ids and stated gaps. */
export const nemoGym: Format = {
  id: 'nemo-gym',
  title: 'NeMo Gym rollouts JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    '`started_at` and `completed_at`, epoch seconds, of the executor, the artifact or the harness; before 0.5 none',
  traps: [
    'before 0.5 only `response.created_at` tells a time',
    '`status` of a call may be inferred; `gaps` says what is missing',
  ],
  claims,
  open: ({ path }) => jsonDecoder((doc, record) => read(doc, placeOf(doc, record, path))),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if ('ng_trajectory' in json || 'ng_agent_observations' in json)
    return yes(0.99, 'ng_trajectory or ng_agent_observations');
  const output = Array.isArray(at(json, 'response', 'output'));
  if ('responses_create_params' in json && output) return yes(0.98, 'responses_create_params and response.output');
  return '_ng_task_index' in json ? yes(0.9, '_ng_task_index') : no('no rollout');
}

function read(doc: JsonObject, place: Place): readonly Event[] | Decoded {
  const { record } = place;
  const recorded = recordedCalls(doc);
  const texts = argumentsById(doc);
  const out: Event[] = recorded.map((call, index) => recordedCall(call, { ...place, index, texts }));
  if (recorded.length === 0) out.push(...classicCalls(doc, place));
  const starts = recorded.map((call) => instantOf(call['started_at'])).filter((stamp) => stamp !== undefined);
  const ends = recorded.map((call) => instantOf(call['completed_at'])).filter((stamp) => stamp !== undefined);
  const trajectory = doc['ng_trajectory'];
  const rollout = textOf(at(trajectory, 'rollout_id'));
  if (out.length === 0 && doc['response'] === undefined && trajectory === undefined)
    return skipped('inputs of a rollout');
  const created = starts.length === 0 ? instantOf(at(doc, 'response', 'created_at')) : undefined;
  const event = episodeEvent({
    format: 'nemo-gym',
    clock: 'started_at',
    ref: record.ref,
    episodeId: place.episodeId,
    aliases: rollout === undefined || rollout === place.episodeId ? undefined : [rollout],
    agent: textOf(at(doc, 'agent_ref', 'name')),
    model: textOf(at(doc, 'response', 'model')),
    task:
      textOf(doc['instance_id']) ??
      textOf(at(doc, 'responses_create_params', 'metadata', 'instance_id')) ??
      textOf(at(trajectory, 'task_id')),
    prompts: taskPrompt(at(doc, 'responses_create_params', 'input'), record.ref),
    group: textOf(doc['_ng_task_index']),
    attempt: textOf(doc['_ng_rollout_index']),
    reward: numberOf(doc['reward']),
    sandboxId: recorded.map((call) => textOf(call['sandbox_id'])).find((id) => id !== undefined),
    start: extreme(starts, -1),
    end: extreme(ends, 1) ?? created,
    observed: record.observed,
  });
  out.push(created === undefined ? event : withoutBounds(event));
  return out;
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
}

/** A rollout that nothing names is named by its line. */
function placeOf(doc: JsonObject, record: RawRecord, path: string): Place {
  const task = textOf(doc['_ng_task_index']);
  const rollout = textOf(doc['_ng_rollout_index']) ?? '0';
  const own = textOf(at(doc, 'ng_trajectory', 'rollout_id'));
  return {
    record,
    episodeId: task === undefined ? (own ?? `${pathStem(path)}/line:${record.ref.line}`) : `${task}/${rollout}`,
  };
}

/** Tool calls of `ng_trajectory`, or of the raw observations that it is made of. */
function recordedCalls(doc: JsonObject): readonly JsonObject[] {
  const calls = arrayOf(at(doc, 'ng_trajectory', 'tool_calls')).filter(isObject);
  if (calls.length > 0) return calls;
  return arrayOf(at(doc, 'ng_agent_observations', 'records'))
    .filter(isObject)
    .filter((entry) => entry['kind'] === 'tool_call');
}

/** Arguments stand in the conversations, not in the call records. */
function argumentsById(doc: JsonObject): ReadonlyMap<string, ToolArguments> {
  const lists = [
    at(doc, 'response', 'output'),
    ...arrayOf(at(doc, 'ng_trajectory', 'invocations')).map((entry) => at(entry, 'conversation')),
    ...arrayOf(at(doc, 'ng_agent_observations', 'records')).map((entry) => at(entry, 'conversation')),
  ];
  const out = new Map<string, ToolArguments>();
  for (const item of lists.flatMap(arrayOf)) {
    if (!isObject(item) || item['type'] !== 'function_call') continue;
    const id = textOf(item['call_id']);
    const args = readArguments(item['arguments']);
    if (id !== undefined && args !== undefined) out.set(id, args);
  }
  return out;
}

function recordedCall(
  call: JsonObject,
  place: Place & { index: number; texts: ReadonlyMap<string, ToolArguments> },
): ToolCallEvent {
  const callId = textOf(call['tool_call_id']);
  const status = textOf(call['status']);
  const ms = numberOf(call['duration_ms']);
  const start = instantOf(call['started_at']);
  const end =
    instantOf(call['completed_at']) ??
    (start === undefined || ms === undefined ? undefined : shifted(start, ms * 1000));
  return toolCallEvent({
    format: 'nemo-gym',
    clock: 'started_at',
    ref: place.record.ref,
    episodeId: place.episodeId,
    index: place.index,
    callId,
    name: textOf(call['tool_name']) ?? 'unknown',
    arguments: readArguments(call['arguments']) ?? place.texts.get(callId ?? ''),
    start,
    end,
    slack: call['timing_source'] === 'executor' ? SPAN_SLACK : SESSION_SLACK,
    executed: /reject|denied/i.test(status ?? '') ? 'no' : status === 'cancelled' ? 'unknown' : 'yes',
    status: statusOf(status),
    output: contentText(call['output']),
    sandboxId: textOf(call['sandbox_id']),
    agentPath: agentPath(call),
    trust: 'outside',
    observed: place.record.observed,
  });
}

function agentPath(call: JsonObject): readonly string[] | undefined {
  const id = textOf(call['invocation_id']);
  return id === undefined ? undefined : [id];
}

function statusOf(status: string | undefined): ToolCallEvent['status'] {
  switch (status) {
    case 'completed':
    case 'failed':
    case 'timeout':
    case 'cancelled':
    case 'incomplete':
      return status;
    default:
      return undefined;
  }
}

/** Before 0.5: commands and their order, no times. */
function classicCalls(doc: JsonObject, place: Place): readonly ToolCallEvent[] {
  const items = arrayOf(at(doc, 'response', 'output')).filter(isObject);
  const outputs = new Map<string, unknown>();
  for (const item of items) {
    const id = textOf(item['call_id']);
    if (item['type'] === 'function_call_output' && id !== undefined) outputs.set(id, item['output']);
  }
  return items
    .filter((item) => item['type'] === 'function_call')
    .map((item, index) => {
      const callId = textOf(item['call_id']);
      return toolCallEvent({
        format: 'nemo-gym',
        clock: 'none',
        ref: place.record.ref,
        episodeId: place.episodeId,
        index,
        callId,
        name: textOf(item['name']) ?? 'unknown',
        arguments: readArguments(item['arguments']),
        output: contentText(outputs.get(callId ?? '')),
        slack: SESSION_SLACK,
        executed: outputs.has(callId ?? '') ? 'yes' : 'unknown',
        trust: 'outside',
        observed: place.record.observed,
      });
    });
}

function extreme(instants: readonly Instant[], direction: 1 | -1): Instant | undefined {
  let best: Instant | undefined;
  for (const instant of instants)
    if (best === undefined || (instant.stamp.at - best.stamp.at) * direction > 0) best = instant;
  return best;
}
