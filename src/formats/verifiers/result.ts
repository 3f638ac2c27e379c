import { readArguments } from '../../core/arguments.ts';
import { skipped } from '../../core/decoded.ts';
import { instantOf } from '../../core/instant.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json.ts';
import { contentText } from '../../core/session.ts';
import { episodeEvent, SPAN_SLACK, toolCallEvent } from '../../core/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** One line of version 0's `results.jsonl`: `timing.env.spans[k]` is the exact window of the k-th tool turn. */
export function readResult(doc: JsonObject, record: RawRecord): readonly Event[] | Decoded {
  const example = textOf(doc['example_id']);
  if (example === undefined) return skipped('result without an example');
  const episodeId = textOf(doc['trajectory_id']) ?? `${example}/line:${record.ref.line}`;
  const messages = arrayOf(doc['completion']).filter(isObject);
  const spans = arrayOf(at(doc, 'timing', 'env', 'spans')).filter(isObject);
  const outputs = new Map<string, string | undefined>();
  for (const message of messages) {
    const id = textOf(message['tool_call_id']);
    if (id !== undefined) outputs.set(id, contentText(message['content']));
  }
  const out: Event[] = [];
  const turns = messages.filter((message) => arrayOf(message['tool_calls']).length > 0);
  turns.forEach((message, turn) => {
    const window = spans[turn];
    for (const call of arrayOf(message['tool_calls'])) {
      const callId = textOf(at(call, 'id'));
      out.push(
        toolCallEvent({
          format: 'verifiers',
          clock: 'time',
          ref: record.ref,
          episodeId,
          index: out.length,
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
        }),
      );
    }
  });
  out.push(
    episodeEvent({
      format: 'verifiers',
      clock: 'time',
      ref: record.ref,
      episodeId,
      task: example,
      group: example,
      reward: numberOf(doc['reward']),
      outcome: textOf(doc['stop_condition']),
      start:
        instantOf(at(doc, 'timing', 'start_time')) ??
        instantOf(at(arrayOf(at(doc, 'timing', 'model', 'spans'))[0], 'start')),
      observed: record.observed,
    }),
  );
  return out;
}
