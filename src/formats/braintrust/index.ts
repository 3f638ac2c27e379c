import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { isShellTool } from '../../core/tools/arguments.ts';
import { AskedInAnyOrder, askedIn } from '../../core/tools/asked-messages.ts';
import { toolSpanEvent, windowOf } from '../../core/tools/observed-span.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Braintrust logs and experiments: spans, one a row, or the pages that the API answers. */
export const braintrust: Format = {
  id: 'braintrust',
  title: 'Braintrust spans',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`metrics.start` and `metrics.end`, epoch seconds with a fraction, of the traced program',
  traps: [
    'no id of the model for a call: the key is the span id',
    '`created` is when the row was made',
    "without a span of a tool, its call is known from the model's answer only",
  ],
  claims,
  open: openRows,
};

const isRow = (value: unknown): value is JsonObject =>
  isObject(value) && typeof value['root_span_id'] === 'string' && isObject(value['span_attributes']);

/** A page of rows, or the row itself. */
function rowsIn(json: unknown): readonly JsonObject[] {
  const page = [...arrayOf(at(json, 'events')), ...arrayOf(at(json, 'data'))].filter(isRow);
  return page.length > 0 ? page : isRow(json) ? [json] : [];
}

function claims({ json }: SniffRecord): Sniff {
  return rowsIn(json).length > 0 ? yes(0.97, 'root_span_id and span_attributes') : no('no span of Braintrust');
}

interface State {
  readonly counter: CallCounter;
  readonly episodes: EpisodeWindows;
  readonly asked: AskedInAnyOrder;
}

function openRows(): Decoder {
  const state: State = { counter: new CallCounter(), episodes: new EpisodeWindows(), asked: new AskedInAnyOrder() };
  return jsonDecoder(
    (json, record): readonly Event[] | Decoded => {
      const rows = rowsIn(json);
      const before = state.asked.told;
      const calls = rows.flatMap((row) => read(row, record, state));
      return calls.length > 0 || state.asked.told > before
        ? calls
        : skipped(`span ${textOf(at(rows[0], 'span_attributes', 'type')) ?? ''}`);
    },
    () => [...state.asked.flush(state.counter), ...state.episodes.flush()],
  );
}

/** `traced` says `function` of whatever it wraps: where that is named as a shell is, an agent's own loop ran a command. */
function isToolSpan(row: JsonObject, isRoot: boolean): boolean {
  const type = at(row, 'span_attributes', 'type');
  if (type === 'tool') return true;
  const name = textOf(at(row, 'span_attributes', 'name')) ?? '';
  return type === 'function' && !isRoot && isShellTool(name) && !RUNS_ANYTHING.test(name);
}

const RUNS_ANYTHING = /(?:^|[._/-])(?:run|exec|execute)$/i;

/** JavaScript's arguments are a list, mostly of one. */
function givenTo(row: JsonObject): unknown {
  const [only, ...others] = arrayOf(row['input']);
  return only !== undefined && others.length === 0 ? only : row['input'];
}

const DESCRIBED = { format: 'braintrust', clock: 'metrics.start' };

function read(row: JsonObject, record: RawRecord, { counter, episodes, asked }: State): readonly Event[] {
  const episodeId = textOf(row['root_span_id']) ?? '';
  const window = windowOf(row['metrics'], 'start', 'end');
  const name = textOf(at(row, 'span_attributes', 'name'));
  const isRoot = row['span_id'] === row['root_span_id'];
  const isTool = isToolSpan(row, isRoot);
  const scores = isObject(row['scores']) ? Object.values(row['scores']).map(numberOf) : [];
  const said = {
    agent: name,
    reward: scores.find((score) => score !== undefined),
    prompts: tracedPrompt(row['input'], record.ref),
  };
  episodes.see({ ...DESCRIBED, episodeId, ...(isRoot && !isTool ? said : {}) }, record.ref, window.start, window.end);
  if (at(row, 'span_attributes', 'type') === 'llm') {
    const where = { traceId: episodeId, episode: () => episodeId, ref: record.ref, place: {} };
    const teller = { ...DESCRIBED, ...where, asked: window.start, answered: window.end };
    asked.take(askedIn(row['input'], row['output']), teller);
  }
  if (!isTool) return [];
  const callId = textOf(row['span_id']) ?? textOf(row['id']);
  const call = toolSpanEvent({
    ...DESCRIBED,
    record,
    episodeId,
    index: counter.next(episodeId),
    callId,
    name: name ?? 'unknown',
    input: givenTo(row),
    output: row['output'],
    error: textOf(row['error']) ?? textOf(at(row, 'error', 'message')),
    ...window,
  });
  asked.record(recordOf(call, episodeId, callId));
  return [call];
}
