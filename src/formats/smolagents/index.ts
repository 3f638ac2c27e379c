import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, fileStem, jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter, SPAN_SLACK, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event, ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Memory of smolagents: `agent.memory.get_full_steps()` or `get_succinct_steps()` as a list, or one run with its steps a line. */
export const smolagents: Format = {
  id: 'smolagents',
  title: 'smolagents memory steps',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`timing.start_time` and `timing.end_time` of the step, epoch seconds: the model speaks first, then its calls run',
  traps: [
    'calls have no times of their own: those of a step share its window',
    'the ids of calls start again in each run (`call_1`)',
    'code that an agent runs may call other tools, which no step names',
  ],
  claims,
  open: (context) => {
    const state: State = { episodes: new EpisodeWindows(), counter: new CallCounter(), file: fileStem(context.path) };
    return jsonDecoder(
      (doc, record) => read(doc, record, state),
      () => state.episodes.flush(),
    );
  },
};

interface State {
  readonly episodes: EpisodeWindows;
  readonly counter: CallCounter;
  readonly file: string;
}

/** Since 1.15 the times stand in `timing`, before beside the step's number. */
function isAction(value: unknown): value is JsonObject {
  if (!isObject(value) || !('tool_calls' in value)) return false;
  const number = value['step_number'] ?? value['step'];
  return typeof number === 'number' && (at(value, 'timing', 'start_time') ?? value['start_time']) !== undefined;
}

const isTask = (value: unknown): value is JsonObject => isObject(value) && 'task' in value && 'task_images' in value;
const isOther = (value: unknown): boolean =>
  isObject(value) && ('system_prompt' in value || ('plan' in value && 'model_output_message' in value));
const STEPS = ['steps', 'memory', 'full_steps', 'agent_memory', 'intermediate_steps'];

function stepsIn(doc: unknown): readonly unknown[] {
  for (const key of STEPS) {
    const inner = at(doc, key);
    const list = arrayOf(Array.isArray(inner) ? inner : at(inner, 'steps'));
    if (list.some(isAction)) return list;
  }
  return [];
}

function claims({ json }: SniffRecord): Sniff {
  if (isAction(json)) return yes(0.96, 'step with its number, its times and its calls');
  if (isTask(json)) return yes(0.9, 'task step');
  if (isOther(json)) return yes(0.6, 'like a step without calls');
  return stepsIn(json).length > 0 ? yes(0.95, 'run with steps of smolagents') : no('no step of smolagents');
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const steps = stepsIn(doc);
  if (steps.length === 0) return readStep(doc, record, { state, episodeId: state.file });
  const named = ['episode_id', 'rollout_id', 'run_id', 'task_id', 'id'].map((key) => textOf(doc[key]));
  const episodeId = named.find((id) => id !== undefined) ?? `${state.file}:${record.ref.line}`;
  const place = { state, episodeId };
  see(place, record, { prompts: promptsOf(textOf(doc['task']) ?? textOf(doc['question']), record.ref) });
  return steps.flatMap((step) => {
    const events = isObject(step) ? readStep(step, record, place) : [];
    return 'status' in events ? [] : events;
  });
}

interface Place {
  readonly state: State;
  readonly episodeId: string;
}

function see(
  { state, episodeId }: Place,
  { ref }: RawRecord,
  said: object,
  ...instants: (Instant | undefined)[]
): void {
  state.episodes.see(
    { format: 'smolagents', clock: 'timing', episodeId, agent: 'smolagents', ...said },
    ref,
    ...instants,
  );
}

function readStep(step: JsonObject, record: RawRecord, place: Place): readonly Event[] | Decoded {
  if (isTask(step)) {
    see(place, record, { prompts: promptsOf(textOf(step['task']), record.ref) });
    return [];
  }
  if (!isAction(step)) return skipped('step without calls');
  const start = instantOf(at(step, 'timing', 'start_time') ?? step['start_time']);
  const end = instantOf(at(step, 'timing', 'end_time') ?? step['end_time']);
  see(place, record, {}, start, end);
  const calls = arrayOf(step['tool_calls']).filter(isObject);
  return calls.map((call) => callOf(call, { step, record, place, start, end, isAlone: calls.length === 1 }));
}

interface Within {
  readonly step: JsonObject;
  readonly record: RawRecord;
  readonly place: Place;
  readonly start: Instant | undefined;
  readonly end: Instant | undefined;
  readonly isAlone: boolean;
}

function callOf(call: JsonObject, { step, record, place, start, end, isAlone }: Within): ToolCallEvent {
  const asked = at(call, 'function') ?? call;
  const { episodeId, state } = place;
  return toolCallEvent({
    format: 'smolagents',
    clock: 'timing',
    ref: record.ref,
    episodeId,
    index: state.counter.next(episodeId),
    callId: textOf(call['id']),
    name: textOf(at(asked, 'name')) ?? 'unknown',
    arguments: readArguments(at(asked, 'arguments')),
    command: codeOf(textOf(at(asked, 'name')), at(asked, 'arguments')),
    start,
    end,
    startBasis: 'prev-step',
    endBasis: 'step-end',
    slack: SPAN_SLACK,
    executed: 'yes',
    status: isObject(step['error']) ? 'failed' : 'completed',
    output: isAlone ? textOf(step['observations']) : undefined,
    step: numberOf(step['step_number'] ?? step['step']),
    trust: 'agent-writable',
    observed: record.observed,
  });
}

/** A code agent's call is the code itself, as a text. */
function codeOf(name: string | undefined, value: unknown): string | undefined {
  return name === 'python_interpreter' && typeof value === 'string' ? value : undefined;
}
