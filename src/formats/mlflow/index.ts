import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { askedIn } from '../../core/tools/asked-messages.ts';
import { type Asking, askingDecoder } from '../../core/tools/asking-decoder.ts';
import { extent, toolSpanEvent } from '../../core/tools/observed-span.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import { episodeEvent } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { EpisodeEvent, Event, ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** MLflow traces (span formats 2, 3 and 4), also those of verl's rollouts. */
export const mlflow: Format = {
  id: 'mlflow',
  title: 'MLflow traces',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: 'epoch nanoseconds of the traced program',
  traps: [
    'attribute values are JSON text inside JSON',
    'nanoseconds pass 2^53: they are exact to the microsecond only',
    "without a span of a tool, its call is known from the model's answer only",
  ],
  claims,
  open: () => askingDecoder(read),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  const spans = at(json, 'data', 'spans');
  if (isObject(json['info']) && Array.isArray(spans)) return yes(0.97, 'info and data.spans');
  if (isOwnSpan(arrayOf(json['spans'])[0])) return yes(0.96, 'spans of a trace artifact or of a row');
  return Array.isArray(json['traces']) && isObject(at(arrayOf(json['traces'])[0], 'info'))
    ? yes(0.96, 'list of traces')
    : no('no trace');
}

const isOwnSpan = (span: unknown): boolean =>
  isObject(at(span, 'attributes')) &&
  Object.keys(at(span, 'attributes') as object).some((key) => /^mlflow\./.test(key));

function read(doc: JsonObject, record: RawRecord, state: Asking): readonly Event[] | Decoded {
  const traces = Array.isArray(doc['traces']) ? arrayOf(doc['traces']).filter(isObject) : [doc];
  const out = traces.flatMap((trace) => traceEvents(trace, record, state));
  return out.length > 0 ? out : skipped('trace without spans');
}

function traceEvents(trace: JsonObject, record: RawRecord, { counter, asked }: Asking): readonly Event[] {
  // A row of `search_traces` has all of it side by side, the artifact of a trace nothing but the spans.
  const info = trace['info'] ?? trace;
  const spans = arrayOf(at(trace, 'data', 'spans') ?? trace['spans']).filter(isObject);
  const episodeId = textOf(at(info, 'trace_id')) ?? textOf(at(info, 'request_id')) ?? traceIdOf(spans[0]);
  if (episodeId === undefined) return [];
  const windows = spans.map((span) => ({
    start: instantOf(span['start_time_unix_nano'] ?? span['start_time']),
    end: instantOf(span['end_time_unix_nano'] ?? span['end_time']),
  }));
  const out: Event[] = [];
  spans.forEach((span, i) => {
    const window = windows[i];
    if (isModelSpan(span))
      asked.take(askedIn(inputOf(span), outputOf(span)), {
        format: 'mlflow',
        clock: 'start_time',
        traceId: episodeId,
        episode: () => episodeId,
        ref: record.ref,
        place: {},
        asked: window?.start,
        answered: window?.end,
      });
    if (!isToolSpan(span)) return;
    const call = callOf(span, { record, episodeId, index: counter.next(episodeId), window });
    asked.record(recordOf(call, episodeId, spanIdOf(span)));
    out.push(call);
  });
  const tag = (name: string): string | undefined =>
    ['tags', 'trace_metadata', 'request_metadata']
      .map((key) => textOf(at(info, key, name)))
      .find((told) => told !== undefined);
  // A conversation has a trace for each of its turns.
  const session = tag('mlflow.trace.session');
  out.push(
    episodeEvent({
      format: 'mlflow',
      clock: 'start_time',
      ref: record.ref,
      episodeId,
      step: numberOf(tag('step')),
      group: tag('sample_index'),
      attempt: tag('rollout_n'),
      use: useOf(tag('validate')),
      run: tag('mlflow.sourceRun') ?? textOf(at(info, 'experiment_id')),
      agent: tag('mlflow.traceName'),
      aliases: session === undefined ? undefined : [session],
      prompts: tracedPrompt(rootInput(spans), record.ref),
      ...extent(windows),
      observed: record.observed,
    }),
  );
  return out;
}

function traceIdOf(span: JsonObject | undefined): string | undefined {
  if (span === undefined) return undefined;
  return (
    textOf(attribute(span, 'mlflow.traceRequestId')) ??
    textOf(span['trace_id']) ??
    textOf(at(span, 'context', 'trace_id'))
  );
}

/** Below the root it is the agent who speaks. */
function rootInput(spans: readonly JsonObject[]): unknown {
  const root = spans.find((span) => textOf(span['parent_id'] ?? span['parent_span_id']) === undefined);
  return root === undefined || isToolSpan(root) ? undefined : inputOf(root);
}

/** verl tags each trace with whether it belongs to a validation. */
function useOf(validate: string | undefined): EpisodeEvent['use'] {
  if (validate === undefined) return undefined;
  return /^true$/i.test(validate) ? 'eval' : 'train';
}

interface Place {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly index: number;
  readonly window: { readonly start: Instant | undefined; readonly end: Instant | undefined } | undefined;
}

function callOf(span: JsonObject, { record, episodeId, index, window }: Place): ToolCallEvent {
  const status = textOf(at(span, 'status', 'code')) ?? textOf(span['status_code']);
  const name = textOf(span['name']) ?? 'unknown';
  const output = outputOf(span);
  // LangChain's tools answer with a message that names the call.
  const callId = textOf(at(output, 'tool_call_id'));
  return toolSpanEvent({
    format: 'mlflow',
    clock: 'start_time',
    record,
    episodeId,
    index,
    callId: callId ?? spanIdOf(span),
    name,
    toolName: name.replace(/\.(?:execute|__call__|run)$/, ''),
    input: inputOf(span),
    output: callId === undefined ? output : at(output, 'content'),
    error: /ERROR/.test(status ?? '') ? (textOf(at(span, 'status', 'message')) ?? 'error') : undefined,
    start: window?.start,
    end: window?.end,
  });
}

function spanIdOf(span: JsonObject): string | undefined {
  return textOf(span['span_id']) ?? textOf(at(span, 'context', 'span_id'));
}

function inputOf(span: JsonObject): unknown {
  return attribute(span, 'mlflow.spanInputs') ?? span['inputs'];
}

function outputOf(span: JsonObject): unknown {
  return attribute(span, 'mlflow.spanOutputs') ?? span['outputs'];
}

/** Attribute values are JSON-encoded: `"\"TOOL\""`. */
function attribute(span: JsonObject, key: string): unknown {
  const raw = at(span, 'attributes', key);
  return typeof raw === 'string' ? (tryJson(raw) ?? raw) : raw;
}

function typeOf(span: JsonObject): string | undefined {
  return textOf(attribute(span, 'mlflow.spanType')) ?? textOf(span['span_type']);
}

function isModelSpan(span: JsonObject): boolean {
  return /^(?:CHAT_MODEL|LLM)$/i.test(typeOf(span) ?? '');
}

function isToolSpan(span: JsonObject): boolean {
  const type = typeOf(span);
  if (type !== undefined) return type.toUpperCase() === 'TOOL';
  return /\w\.execute$/.test(textOf(span['name']) ?? '');
}
