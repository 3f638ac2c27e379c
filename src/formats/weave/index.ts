import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type AskedInAnyOrder, askedIn } from '../../core/tools/asked-messages.ts';
import { type Asking, askingDecoder } from '../../core/tools/asking-decoder.ts';
import { toolSpanEvent, windowOf } from '../../core/tools/observed-span.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import { episodeEvent } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { EpisodeEvent, Event, ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** W&B Weave calls as the trace server streams them (`calls/stream_query`) and its page exports them: one call a line. */
export const weave: Format = {
  id: 'weave',
  title: 'W&B Weave calls',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`started_at` and `ended_at`, ISO, of the traced program',
  traps: [
    'an op is a tool by its kind or its name only',
    '`wb_run_step` is the step of the W&B run, `attributes.step` that of the trainer (verl)',
    "without an op of a tool, its call is known from the model's answer only",
  ],
  claims,
  open: () => askingDecoder(read),
};

const isCall = (value: unknown): value is JsonObject =>
  isObject(value) && typeof value['op_name'] === 'string' && 'trace_id' in value && 'started_at' in value;

/** The call itself, or an answer of the server that holds several. */
function callsIn(json: unknown): readonly JsonObject[] {
  if (isCall(json)) return [json];
  return arrayOf(at(json, 'calls')).filter(isCall);
}

function claims({ json }: SniffRecord): Sniff {
  return callsIn(json).length > 0 ? yes(0.97, 'op_name, trace_id and started_at') : no('no call of Weave');
}

function read(doc: JsonObject, record: RawRecord, state: Asking): readonly Event[] | Decoded {
  const calls = callsIn(doc);
  const before = state.asked.told;
  const events = calls.flatMap((call) => eventsOf(call, record, state));
  return events.length > 0 || state.asked.told > before ? events : skipped('call below the root that is no tool');
}

function eventsOf(call: JsonObject, record: RawRecord, { counter, asked }: Asking): readonly Event[] {
  const episodeId = textOf(call['trace_id']) ?? '';
  const isRoot = textOf(call['parent_id']) === undefined;
  const own = isTool(call) ? [toolOf(call, { record, episodeId, index: counter.next(episodeId) })] : [];
  for (const tool of own) asked.record(recordOf(tool, episodeId, textOf(call['id'])));
  if (own.length === 0 && isModel(call)) askModel(call, record, { episodeId, asked });
  return isRoot ? [episodeOf(call, record, episodeId), ...own] : own;
}

/** `weave:///entity/project/op/NAME:DIGEST`, or the name alone. */
function opName(call: JsonObject): string {
  const op = textOf(call['op_name']) ?? '';
  return op.replace(/^weave:\/\/\/.*\/op\//, '').replace(/:[\w*]+$/, '');
}

/** Ops of agent frameworks that are tools: LangChain, smolagents, AutoGen, MCP, verl and whoever names them so. */
const TOOL_OP =
  /(?:^|\.)(?:langchain\.Tool\.|Tool\.__call__$|FunctionTool\.(?:run|execute)$|call_tool$|execute_tool\b)|\w\.execute$/;

function isTool(call: JsonObject): boolean {
  const attributes = call['attributes'];
  const kind = textOf(at(attributes, 'weave', 'kind')) ?? textOf(at(attributes, 'kind'));
  const isPair = textOf(at(attributes, 'gen_ai.operation.name')) === 'execute_tool';
  if (isPair || (kind !== undefined && kind.toLowerCase() === 'tool')) return true;
  return kind === undefined && TOOL_OP.test(opName(call));
}

/** Ops of clients of models, and of what stands before them. */
const MODEL_OP =
  /(?:^|\.)(?:chat\.completions?|completions|responses|messages|asyncmessages|models|asyncmodels|chat)\.\w+$|^litellm\.|^langchain\.llm\.|^bedrockruntime\./i;

function isModel(call: JsonObject): boolean {
  const kind = textOf(at(call['attributes'], 'weave', 'kind')) ?? textOf(at(call['attributes'], 'kind'));
  return kind === undefined ? MODEL_OP.test(opName(call)) : kind.toLowerCase() === 'llm';
}

function askModel(
  call: JsonObject,
  { ref }: RawRecord,
  { episodeId, asked }: { readonly episodeId: string; readonly asked: AskedInAnyOrder },
): void {
  const { start, end } = windowOf(call, 'started_at', 'ended_at');
  const where = { traceId: episodeId, episode: () => episodeId, ref, place: {} };
  const teller = { format: 'weave', clock: 'started_at', ...where, asked: start, answered: end };
  asked.take(askedIn(inputOf(call), call['output']), teller);
}

/** Without the object that a method was called on. */
function inputOf(call: JsonObject): unknown {
  const inputs = call['inputs'];
  if (!isObject(inputs)) return inputs;
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== 'self'));
}

function nameOf(call: JsonObject): string {
  const op = opName(call);
  const own = textOf(at(call['inputs'], 'self', 'name')) ?? textOf(at(call['inputs'], 'tool_name'));
  const named = textOf(at(call['inputs'], 'name'));
  if (/call_tool$/.test(op) && named !== undefined) return named;
  return own ?? op.replace(/^langchain\.Tool\./, '').replace(/\.(?:execute|__call__|run)$/, '');
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly index: number;
}

function toolOf(call: JsonObject, place: Place): ToolCallEvent {
  const name = nameOf(call);
  return toolSpanEvent({
    ...place,
    format: 'weave',
    clock: 'started_at',
    callId: textOf(at(call['inputs'], 'tool_call_id')) ?? textOf(call['id']),
    name,
    input: inputOf(call),
    output: call['output'],
    error: textOf(call['exception']),
    ...windowOf(call, 'started_at', 'ended_at'),
  });
}

function episodeOf(call: JsonObject, { ref, observed }: RawRecord, episodeId: string): EpisodeEvent {
  const { attributes } = call;
  const thread = textOf(call['thread_id']);
  const validate = at(attributes, 'validate');
  return episodeEvent({
    format: 'weave',
    clock: 'started_at',
    ref,
    episodeId,
    aliases: thread === undefined ? undefined : [thread],
    agent: textOf(call['display_name']) ?? opName(call),
    run: textOf(call['wb_run_id']) ?? textOf(at(attributes, 'experiment_name')),
    step: numberOf(at(attributes, 'step')) ?? numberOf(call['wb_run_step']),
    group: textOf(at(attributes, 'sample_index')),
    attempt: textOf(at(attributes, 'rollout_n')),
    use: typeof validate === 'boolean' ? (validate ? 'eval' : 'train') : undefined,
    prompts: tracedPrompt(inputOf(call), ref),
    outcome: textOf(call['exception']) === undefined ? undefined : 'error',
    ...windowOf(call, 'started_at', 'ended_at'),
    observed,
  });
}
