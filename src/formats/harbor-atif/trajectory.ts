import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { joinPrompts, promptsOf } from '../../core/tools/prompts.ts';
import { contentText, fileStem } from '../../core/tools/session.ts';
import { episodeEvent, SESSION_SLACK, type ToolCallFacts, toolCallEvent } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** What a step's stamp means. */
type StampMeaning = 'start' | 'end' | 'conversion';

/** Stamps closer together than this over a whole trajectory were given by a converter. */
const CONVERSION_SPAN_US = 1_000_000;

export function readTrajectory(doc: JsonObject, record: RawRecord, context: DecodeContext): readonly Event[] {
  const out: Event[] = [];
  readOne(doc, record, context, { parents: [], out });
  return out;
}

interface Nest {
  readonly parents: readonly string[];
  readonly out: Event[];
}

function readOne(doc: JsonObject, record: RawRecord, context: DecodeContext, nest: Nest): void {
  const steps = arrayOf(doc['steps'])
    .filter(isObject)
    .filter((step) => step['is_copied_context'] !== true);
  const agent = textOf(at(doc, 'agent', 'name')) ?? '';
  const stamps = steps.map((step) => instantOf(step['timestamp'], context.zoneOffsetMin));
  const meaning = meaningOf(agent, stamps, steps);
  const trial = /(?:^|\/)([^/]+)\/(?:steps\/[^/]+\/)?agent\/[^/]*$/.exec(context.path)?.[1];
  const session = textOf(doc['session_id']);
  const ids = [textOf(doc['trajectory_id']) ?? session, trial].filter((id) => id !== undefined);
  const episodeId = ids[0] ?? fileStem(context.path);
  const aliases = ids.slice(1).filter((id) => id !== episodeId);
  let index = 0;
  let previous: Instant | undefined;
  steps.forEach((step, i) => {
    const stamp = meaning === 'conversion' ? undefined : stamps[i];
    for (const call of arrayOf(step['tool_calls']).filter(isObject)) {
      const times =
        meaning === 'end' ? { start: previous, end: stamp } : { start: stamp, overBy: laterThan(stamp, stamps, i) };
      nest.out.push(
        callOf(call, step, { record, episodeId, index: index++, agentPath: nest.parents, meaning, ...times }),
      );
    }
    previous = stamp ?? previous;
  });
  const known = meaning === 'conversion' ? [] : stamps.filter((stamp) => stamp !== undefined);
  nest.out.push(
    episodeEvent({
      format: 'harbor-atif',
      clock: 'timestamp',
      ref: record.ref,
      episodeId,
      agent: agent === '' ? undefined : agent,
      model: textOf(at(doc, 'agent', 'model_name')),
      aliases: aliases.length > 0 ? aliases : undefined,
      run: session === episodeId ? undefined : session,
      prompts: nest.parents.length === 0 ? taskOf(steps, record) : undefined,
      start: known[0],
      end: known[known.length - 1],
      observed: record.observed,
    }),
  );
  const parents = [...nest.parents, episodeId];
  for (const sub of arrayOf(doc['subagent_trajectories'])) {
    if (isObject(sub) && parents.length < 10) readOne(sub, record, context, { parents, out: nest.out });
  }
}

/** The user's steps before the agent's first; a subagent's are its parent's words. */
function taskOf(steps: readonly JsonObject[], record: RawRecord): ReturnType<typeof promptsOf> {
  const first = steps.findIndex((step) => step['source'] === 'agent');
  return steps
    .slice(0, first < 0 ? steps.length : first)
    .filter((step) => step['source'] === 'user')
    .map((step) => promptsOf(contentText(step['message']), record.ref))
    .reduce(joinPrompts, undefined);
}

/** Harbor's converters for CLIs keep the native stamp; those for mini-swe-agent and swe-agent write the time of conversion. */
function meaningOf(
  agent: string,
  stamps: readonly (Instant | undefined)[],
  steps: readonly JsonObject[],
): StampMeaning {
  if (/^(?:mini-swe-agent|swe-agent)/.test(agent)) return 'conversion';
  const known = stamps.filter((stamp) => stamp !== undefined).map((stamp) => stamp.stamp.at);
  const acting = steps.filter((step) => arrayOf(step['tool_calls']).length > 0).length;
  if (acting >= 3 && known.length >= acting && Math.max(...known) - Math.min(...known) < CONVERSION_SPAN_US)
    return 'conversion';
  return agent.startsWith('terminus') ? 'end' : 'start';
}

/** The next turn: by then the call was over. Steps that follow closely may be siblings of one parallel turn. */
function laterThan(
  stamp: Instant | undefined,
  stamps: readonly (Instant | undefined)[],
  i: number,
): Instant | undefined {
  if (stamp === undefined) return undefined;
  return stamps.find(
    (next, k) => k > i && next !== undefined && next.stamp.at > stamp.stamp.at + SESSION_SLACK.earlyUs,
  );
}

interface CallPlace {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly index: number;
  readonly agentPath: readonly string[];
  readonly meaning: StampMeaning;
  readonly start?: Instant | undefined;
  readonly end?: Instant | undefined;
  readonly overBy?: Instant | undefined;
}

function callOf(call: JsonObject, step: JsonObject, place: CallPlace): Event {
  const callId = textOf(call['tool_call_id']);
  const output = outputOf(step, callId);
  return toolCallEvent({
    format: 'harbor-atif',
    clock: 'timestamp',
    ref: place.record.ref,
    episodeId: place.episodeId,
    index: place.index,
    callId,
    name: textOf(call['function_name']) ?? 'unknown',
    arguments: readArguments(call['arguments']),
    start: place.start,
    end: place.end,
    overBy: place.overBy,
    startBasis: place.meaning === 'end' ? 'prev-step' : 'recorded',
    endBasis: 'step-end',
    slack: SESSION_SLACK,
    executed: 'yes',
    output,
    background: backgroundOf(step, call, output),
    cwd: textOf(at(step, 'extra', 'cwd')),
    agentPath: place.agentPath.length > 0 ? place.agentPath : undefined,
    trust: 'outside',
    observed: place.record.observed,
  });
}

function outputOf(step: JsonObject, callId: string | undefined): string | undefined {
  const results = arrayOf(at(step, 'observation', 'results'));
  const own = results.find((result) => at(result, 'source_call_id') === callId && callId !== undefined);
  return contentText(at(own ?? (results.length === 1 ? results[0] : undefined), 'content'));
}

/** The Claude Code converter keeps the tool result; Codex says it in the output. */
function backgroundOf(step: JsonObject, call: JsonObject, output: string | undefined): ToolCallFacts['background'] {
  const single = arrayOf(step['tool_calls']).length === 1 ? step : undefined;
  for (const holder of [call, single]) {
    const handle = textOf(at(holder, 'extra', 'tool_result_metadata', 'tool_use_result', 'backgroundTaskId'));
    if (handle !== undefined) return { handle };
  }
  const session = /^Process running with session ID (\d+)/m.exec(output ?? '')?.[1];
  return session === undefined ? undefined : { handle: session };
}
