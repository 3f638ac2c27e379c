import { no, yes } from '../../core/decoded.ts';
import { arrayOf, at, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { jsonDecoder, pathStem } from '../../core/tools/session.ts';
import { episodeEvent, SESSION_SLACK, type ToolCallFacts, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Trajectories of Trae Agent: one JSON document a run (`trajectories/trajectory_<time>.json`). */
export const traeAgent: Format = {
  id: 'trae-agent',
  title: 'Trae Agent trajectory',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`timestamp`, local time without a zone: of a model call when its answer was there, of a step when its tools had run',
  traps: [
    'calls of one step share its window: whether they ran at once or in turn is an option that the file does not name',
    'several tries of one task are files of their own',
    'the file is written anew at every step, where the agent may write too',
  ],
  claims,
  open: (context) => jsonDecoder((doc, record) => read(doc, record, context)),
};

function claims({ json }: SniffRecord): Sniff {
  const isRun = Array.isArray(at(json, 'agent_steps')) && Array.isArray(at(json, 'llm_interactions'));
  return isRun ? yes(0.97, 'agent_steps and llm_interactions') : no('no steps of Trae Agent');
}

function read(doc: JsonObject, record: RawRecord, { path, zoneOffsetMin }: DecodeContext): readonly Event[] {
  const episodeId = pathStem(path);
  const stamp = (value: unknown): Instant | undefined => instantOf(value, zoneOffsetMin);
  const asked = askedAt(doc, stamp);
  const steps = arrayOf(doc['agent_steps']);
  const calls = steps.flatMap((step) =>
    callsOf(step).map((call) => ({ step, call, callId: textOf(at(call, 'call_id')) })),
  );
  const events = calls.map(({ step, call, callId }, index) =>
    toolCallEvent({
      format: 'trae-agent',
      clock: 'timestamp',
      ref: record.ref,
      episodeId,
      index,
      callId,
      name: textOf(at(call, 'name')) ?? 'unknown',
      arguments: readArguments(at(call, 'arguments')),
      start: asked.get(callId ?? ''),
      startBasis: 'model-call-end',
      end: stamp(at(step, 'timestamp')),
      endBasis: 'step-end',
      slack: SESSION_SLACK,
      step: numberOf(at(step, 'step_number')),
      host: record.host,
      containerId: record.containerId,
      trust: 'agent-writable',
      observed: record.observed,
      ...resultOf(step, callId),
    }),
  );
  const episode = episodeEvent({
    format: 'trae-agent',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    agent: 'trae-agent',
    model: textOf(doc['model']),
    prompts: promptsOf(textOf(doc['task']), record.ref),
    outcome: doc['success'] === true ? 'success' : undefined,
    start: stamp(doc['start_time']),
    end: stamp(doc['end_time']),
    observed: record.observed,
  });
  return [...events, episode];
}

/** When the model had answered, by the ids of the calls that it asked for. */
function askedAt(doc: JsonObject, stamp: (value: unknown) => Instant | undefined): ReadonlyMap<string, Instant> {
  const asked = new Map<string, Instant>();
  for (const interaction of arrayOf(doc['llm_interactions'])) {
    const time = stamp(at(interaction, 'timestamp'));
    for (const call of arrayOf(at(interaction, 'response', 'tool_calls')))
      if (time !== undefined) asked.set(textOf(at(call, 'call_id')) ?? '', time);
  }
  return asked;
}

/** What a step did; one that failed on its way may hold only what the model asked for. */
function callsOf(step: unknown): readonly unknown[] {
  const done = arrayOf(at(step, 'tool_calls'));
  return done.length > 0 ? done : arrayOf(at(step, 'llm_response', 'tool_calls'));
}

function resultOf(step: unknown, callId: string | undefined): Pick<ToolCallFacts, 'executed' | 'status' | 'output'> {
  const result = arrayOf(at(step, 'tool_results')).find((each) => textOf(at(each, 'call_id')) === callId);
  if (result === undefined) return { executed: 'unknown', status: 'incomplete' };
  const output = textOf(at(result, 'error')) ?? textOf(at(result, 'result'));
  return { executed: 'yes', status: at(result, 'success') === false ? 'failed' : 'completed', output };
}
