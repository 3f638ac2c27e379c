import { skipped } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { contentText } from '../../core/tools/session.ts';
import { episodeEvent, SPAN_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** One line of version 0's `results.jsonl`: `timing.env.spans[k]` is the exact window of the k-th tool turn. */
export function readResult(doc: JsonObject, record: RawRecord): readonly Event[] | Decoded {
  const example = textOf(doc['example_id']);
  if (example === undefined) return skipped('result without an example');
  const episodeId = textOf(doc['trajectory_id']) ?? `${example}/line:${record.ref.line}`;
  const model = arrayOf(at(doc, 'timing', 'model', 'spans'));
  const episode = episodeEvent({
    format: 'verifiers',
    clock: 'time',
    ref: record.ref,
    episodeId,
    task: example,
    group: example,
    prompts: taskPrompt(doc['prompt'], record.ref),
    reward: numberOf(doc['reward']),
    outcome: textOf(doc['stop_condition']),
    start: instantOf(at(doc, 'timing', 'start_time')) ?? instantOf(at(model[0], 'start')),
    observed: record.observed,
  });
  return [...callsOf(doc, episodeId, record), episode];
}

/** Saved results hold each call as JSON text: the columns of a data set must be of one type. */
const callIn = (call: unknown): unknown => (typeof call === 'string' ? (tryJson(call) ?? call) : call);

function callsOf(doc: JsonObject, episodeId: string, record: RawRecord): readonly Event[] {
  const messages = arrayOf(doc['completion']).filter(isObject);
  const spans = arrayOf(at(doc, 'timing', 'env', 'spans'));
  const outputs = new Map<string, string | undefined>();
  for (const message of messages) {
    const id = textOf(message['tool_call_id']);
    if (id !== undefined) outputs.set(id, contentText(message['content']));
  }
  const turns = messages
    .map((message) => arrayOf(message['tool_calls']).map(callIn))
    .filter((calls) => calls.length > 0);
  const asked = turns.flatMap((calls, turn) => calls.map((call) => ({ call, window: spans[turn] })));
  return asked.map(({ call, window }, index) => {
    const callId = textOf(at(call, 'id'));
    return toolCallEvent({
      format: 'verifiers',
      clock: 'time',
      ref: record.ref,
      episodeId,
      index,
      callId,
      name: textOf(at(call, 'function', 'name')) ?? textOf(at(call, 'name')) ?? 'unknown',
      arguments: readArguments(at(call, 'function', 'arguments') ?? at(call, 'arguments')),
      start: instantOf(at(window, 'start')),
      end: instantOf(at(window, 'end')),
      endBasis: 'batch-end',
      slack: SPAN_SLACK,
      executed: outputs.has(callId ?? '') ? 'yes' : 'unknown',
      output: outputs.get(callId ?? ''),
      trust: 'outside',
      observed: record.observed,
    });
  });
}
