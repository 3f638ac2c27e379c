import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { parsePythonRepr } from '../../core/json/python-repr.ts';
import { AskedInAnyOrder, askedIn } from '../../core/tools/asked-messages.ts';
import { toolSpanEvent, windowOf } from '../../core/tools/observed-span.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import { jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter, episodeEvent, forgetOldest } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** LangSmith runs, one a line, in a list, or in the `post`/`patch` batches that the SDK sends. */
export const langsmith: Format = {
  id: 'langsmith',
  title: 'LangSmith runs',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: '`start_time` and `end_time`, ISO (without a zone: UTC), of the traced program',
  traps: [
    '`session_id` is the project, not the conversation; the thread stands in the metadata',
    'a batch patches the end onto a run posted before',
    'a run may hold the runs below it (`child_runs`)',
    "without a run of a tool, its call is known from the model's answer only",
  ],
  claims,
  open: () => {
    const state: State = {
      counter: new CallCounter(),
      posted: new Map(),
      nested: new Set(),
      asked: new AskedInAnyOrder(),
    };
    return jsonDecoder(
      (doc, record) => read(doc, record, state),
      () => [
        ...[...state.posted.values()].flatMap(({ run, record }) => runEvents(run, record, state)),
        ...state.asked.flush(state.counter),
      ],
    );
  },
};

interface State {
  readonly counter: CallCounter;
  readonly posted: Map<string, { readonly run: JsonObject; readonly record: RawRecord }>;
  /** Ids of runs that stood in others: exports may list them on their own as well. */
  readonly nested: Set<string>;
  readonly asked: AskedInAnyOrder;
}

function isRun(value: unknown): boolean {
  return isObject(value) && ('run_type' in value || 'dotted_order' in value) && 'trace_id' in value;
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if (isRun(json)) return yes(0.97, 'run with run_type and trace_id');
  const batch = [...arrayOf(json['post']), ...arrayOf(json['patch']), ...arrayOf(json['runs'])];
  return isRun(batch[0]) ? yes(0.97, 'batch of runs') : no('no run');
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const out: Event[] = [];
  const posts = arrayOf(doc['post']).filter(isObject);
  const patches = arrayOf(doc['patch']).filter(isObject);
  // What the API answers to a query.
  const asked = arrayOf(doc['runs']).filter(isObject);
  if (asked.length > 0) return asked.flatMap((run) => runEvents(run, record, state));
  if (posts.length === 0 && patches.length === 0) {
    const before = state.asked.told;
    const events = runEvents(doc, record, state);
    return events.length > 0 || state.asked.told > before ? events : skipped(`run ${textOf(doc['run_type']) ?? ''}`);
  }
  for (const run of posts) {
    state.posted.set(textOf(run['id']) ?? '', { run, record });
    forgetOldest(state.posted, 20_000);
  }
  for (const patch of patches) {
    const id = textOf(patch['id']) ?? '';
    const posted = state.posted.get(id);
    state.posted.delete(id);
    out.push(...runEvents({ ...posted?.run, ...patch }, posted?.record ?? record, state));
  }
  return out;
}

/** The call that a tool answers stands in the message that it gives. */
function callIdOf(run: JsonObject): string | undefined {
  const places = [
    at(run, 'inputs', 'tool_call_id'),
    at(run, 'extra', 'tool_call_id'),
    at(run, 'outputs', 'output', 'tool_call_id'),
    at(run, 'outputs', 'output', 'kwargs', 'tool_call_id'),
    run['id'],
  ];
  return places.map(textOf).find((id) => id !== undefined);
}

/** LangChain gives a tool's arguments as one text: a dict as Python prints it. */
function inputOf(inputs: unknown): unknown {
  const text = textOf(at(inputs, 'input')) ?? '';
  const isAlone = isObject(inputs) && Object.keys(inputs).length === 1;
  const read = isAlone && /^\s*\{'/.test(text) ? parsePythonRepr(text) : undefined;
  return isObject(read) ? read : inputs;
}

/** Columns of a bulk export hold these members as JSON text. */
const COLUMNS = ['inputs', 'outputs', 'extra', 'child_runs', 'feedback_stats'] as const;

function withoutText(run: JsonObject): JsonObject {
  const read = COLUMNS.flatMap((key) => {
    const text = run[key];
    return typeof text === 'string' ? [[key, tryJson(text) ?? text] as const] : [];
  });
  return read.length === 0 ? run : { ...run, ...Object.fromEntries(read) };
}

/** A run and all that stand in it. */
function runEvents(written: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const run = withoutText(written);
  const children = arrayOf(run['child_runs']).filter(isObject);
  const own = state.nested.has(textOf(run['id']) ?? '') ? [] : eventsOf(run, record, state);
  const below = children.flatMap((child) => runEvents(child, record, state));
  for (const child of children) state.nested.add(textOf(child['id']) ?? '');
  return [...own, ...below];
}

function eventsOf(run: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const trace = textOf(run['trace_id']) ?? textOf(run['id']);
  if (trace === undefined) return [];
  const window = windowOf(run, 'start_time', 'end_time');
  if (run['run_type'] === 'llm')
    state.asked.take(askedIn(run['inputs'], run['outputs']), {
      format: 'langsmith',
      clock: 'start_time',
      traceId: trace,
      episode: () => trace,
      ref: record.ref,
      place: {},
      asked: window.start,
      answered: window.end,
    });
  if (run['run_type'] === 'tool') {
    const message = at(run, 'outputs', 'output');
    const call = toolSpanEvent({
      format: 'langsmith',
      clock: 'start_time',
      record,
      episodeId: trace,
      index: state.counter.next(trace),
      callId: callIdOf(run),
      name: textOf(run['name']) ?? 'unknown',
      input: inputOf(run['inputs']),
      output: at(message, 'content') ?? message ?? run['outputs'],
      error: textOf(run['error']),
      ...window,
    });
    state.asked.record(recordOf(call, trace, textOf(run['id'])));
    return [call];
  }
  if (run['parent_run_id'] !== null && run['parent_run_id'] !== undefined) return [];
  const metadata = at(run, 'extra', 'metadata');
  const thread =
    textOf(at(metadata, 'thread_id')) ?? textOf(at(metadata, 'session_id')) ?? textOf(at(metadata, 'conversation_id'));
  return [
    episodeEvent({
      format: 'langsmith',
      clock: 'start_time',
      ref: record.ref,
      episodeId: trace,
      aliases: thread === undefined ? undefined : [thread],
      agent: textOf(run['name']),
      model: textOf(at(metadata, 'ls_model_name')),
      prompts: tracedPrompt(run['inputs'], record.ref),
      run: textOf(run['session_name']) ?? textOf(run['session_id']),
      outcome: textOf(run['error']) === undefined ? undefined : 'error',
      reward: numberOf(at(run, 'feedback_stats', 'reward', 'avg')),
      ...window,
      observed: record.observed,
    }),
  ];
}
