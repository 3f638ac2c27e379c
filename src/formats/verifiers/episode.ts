import { skipped } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { contentText } from '../../core/tools/session.ts';
import { episodeEvent, SESSION_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { EpisodeEvent, Event } from '../../model/event.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** One line of `traces.jsonl` (`verifiers/v1/episode.py`, `trace.py`, `graph.py`): an episode with one trace per agent. */
export function readEpisode(doc: JsonObject, record: RawRecord): readonly Event[] | Decoded {
  const id = textOf(doc['id']);
  const traces = arrayOf(doc['traces']).filter(isObject);
  if (id === undefined || traces.length === 0) return skipped('episode without id or traces');
  return traces.flatMap((trace) => {
    const traceId = textOf(trace['id']);
    const episodeId = traces.length === 1 || traceId === undefined ? id : `${id}/${traceId}`;
    const sandbox = sandboxOf(at(trace, 'agent', 'runtime') ?? trace['runtime']);
    const calls = callsOf(trace, { record, episodeId, sandbox });
    return [...calls, described(doc, trace, { record, episodeId, sandbox })];
  });
}

interface Sandbox {
  readonly sandboxId?: string;
  readonly containerId?: string;
}

/** Docker gives the twelve digits of its container, whose name is `vf-<id>`; other providers their own id. */
function sandboxOf(runtime: unknown): Sandbox {
  const id = textOf(at(runtime, 'id'));
  if (id === undefined || at(runtime, 'type') === 'subprocess') return {};
  return at(runtime, 'type') === 'docker' ? { sandboxId: id, containerId: id } : { sandboxId: id };
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly sandbox: Sandbox;
}

function callsOf(trace: JsonObject, place: Place): readonly Event[] {
  const nodes = arrayOf(trace['nodes']).filter(isObject);
  const modelCalls = arrayOf(trace['calls']).filter(isObject);
  const outputs = new Map<string, string | undefined>();
  for (const node of nodes) {
    const id = textOf(at(node, 'message', 'tool_call_id'));
    if (id !== undefined) outputs.set(id, contentText(at(node, 'message', 'content')));
  }
  let index = 0;
  const out: Event[] = [];
  nodes.forEach((node, i) => {
    if (node['sampled'] === false) return;
    const asked = arrayOf(at(node, 'message', 'tool_calls')).filter(isObject);
    const { start, end } = windowAfter(modelCalls, nodes, i);
    for (const call of asked) {
      const callId = textOf(call['id']);
      const fn = isObject(call['function']) ? call['function'] : call;
      out.push(
        toolCallEvent({
          format: 'verifiers',
          clock: 'time',
          ref: place.record.ref,
          episodeId: place.episodeId,
          index: index++,
          callId,
          name: textOf(fn['name']) ?? 'unknown',
          arguments: readArguments(fn['arguments']),
          start,
          end,
          startBasis: 'model-call-end',
          endBasis: 'next-model-call',
          slack: SESSION_SLACK,
          executed: outputs.has(callId ?? '') ? 'yes' : 'unknown',
          output: outputs.get(callId ?? ''),
          ...place.sandbox,
          trust: 'outside',
          observed: place.record.observed,
        }),
      );
    }
  });
  return out;
}

/**
 * From the end of the model call that wrote a node to the start of the next one that goes on from there: subagents ask between them.
 * Where none goes on, as after a history was rewritten, it is the next of all.
 */
function windowAfter(
  modelCalls: readonly JsonObject[],
  nodes: readonly JsonObject[],
  node: number,
): { start: Instant | undefined; end: Instant | undefined } {
  const k = modelCalls.findIndex((call) => numberOf(call['node']) === node);
  if (k < 0) return { start: undefined, end: undefined };
  const later = modelCalls.slice(k + 1);
  const next = later.find((call) => isUnder(nodes, numberOf(call['node']), node)) ?? later[0];
  return { start: instantOf(at(modelCalls[k], 'time', 'end')), end: instantOf(at(next, 'time', 'start')) };
}

/** Whether a message follows another one in its conversation. Parents stand before their children. */
function isUnder(nodes: readonly JsonObject[], node: number | undefined, above: number): boolean {
  let i = node;
  while (i !== undefined && i > above) {
    const parent = numberOf(nodes[i]?.['parent']);
    i = parent !== undefined && parent < i ? parent : undefined;
  }
  return i === above;
}

function described(doc: JsonObject, trace: JsonObject, place: Place): Event {
  const traceId = textOf(trace['id']);
  const timing = trace['timing'];
  return episodeEvent({
    format: 'verifiers',
    clock: 'time',
    ref: place.record.ref,
    episodeId: place.episodeId,
    aliases: traceId === undefined || traceId === place.episodeId ? undefined : [traceId],
    run: textOf(at(doc, 'run', 'id')),
    step: numberOf(at(doc, 'run', 'work', 'step')),
    use: useOf(at(doc, 'run', 'type')),
    group: textOf(at(doc, 'group', 'id')),
    task: textOf(at(doc, 'task', 'key')) ?? textOf(at(doc, 'task', 'data', 'name')),
    agent: textOf(at(trace, 'agent', 'name')),
    model: textOf(at(trace, 'agent', 'config', 'model')),
    prompts: taskPrompt(
      arrayOf(trace['nodes']).map((node) => at(node, 'message')),
      place.record.ref,
    ),
    reward: rewardOf(trace['rewards']),
    outcome: textOf(trace['stop_condition']),
    ...place.sandbox,
    start: instantOf(at(timing, 'start')) ?? instantOf(at(timing, 'agent', 'start')),
    end:
      instantOf(at(timing, 'scoring', 'end')) ??
      instantOf(at(timing, 'finalize', 'end')) ??
      instantOf(at(timing, 'agent', 'end')) ??
      instantOf(at(timing, 'generation', 'end')),
    observed: place.record.observed,
  });
}

function useOf(type: unknown): EpisodeEvent['use'] {
  return type === 'train' || type === 'eval' ? type : undefined;
}

/** Sum of score times weight. */
function rewardOf(rewards: unknown): number | undefined {
  if (!isObject(rewards)) return undefined;
  let total: number | undefined;
  for (const reward of Object.values(rewards)) {
    const score = numberOf(at(reward, 'score')) ?? numberOf(reward);
    if (score !== undefined) total = (total ?? 0) + score * (numberOf(at(reward, 'weight')) ?? 1);
  }
  return total;
}
