import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { toolSpanEvent, windowOf } from '../../core/tools/observed-span.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter, forgetOldest } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Event, Prompt } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** OpenAI Agents SDK trace exporter items. */
export const openaiAgents: Format = {
  id: 'openai-agents',
  title: 'OpenAI Agents SDK traces',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: '`started_at` and `ended_at`, ISO UTC, of the program',
  traps: ['no tool call id of the model: the key is the span id', 'the default exporter cuts large inputs'],
  claims,
  open: () => {
    const state: State = {
      counter: new CallCounter(),
      episodes: new EpisodeWindows(),
      above: new Map(),
      inputs: new Map(),
    };
    return jsonDecoder(
      (doc, record) => read(doc, record, state),
      () => {
        addPrompts(state);
        return state.episodes.flush();
      },
    );
  },
};

interface State {
  readonly counter: CallCounter;
  readonly episodes: EpisodeWindows;
  /** Of each span the one above it, and whether it is a tool. */
  readonly above: Map<string, { readonly parent: string | undefined; readonly isTool: boolean }>;
  /** What the model was first given, by the span above the model call. */
  readonly inputs: Map<string, { readonly episodeId: string; readonly prompts: readonly Prompt[] }>;
}

const DESCRIBED = { format: 'openai-agents', clock: 'started_at' };
const MAX_SPANS = 200_000;

function noteSpan(
  doc: JsonObject,
  { record, episodeId, state }: { readonly record: RawRecord; readonly episodeId: string; readonly state: State },
): void {
  const type = at(doc, 'span_data', 'type');
  const parent = textOf(doc['parent_id']);
  state.above.set(textOf(doc['id']) ?? '', { parent, isTool: type === 'function' });
  forgetOldest(state.above, MAX_SPANS);
  const key = `${episodeId}/${parent ?? ''}`;
  if ((type !== 'generation' && type !== 'response') || state.inputs.has(key)) return;
  const prompts = tracedPrompt(at(doc, 'span_data', 'input'), record.ref);
  if (prompts !== undefined) state.inputs.set(key, { episodeId, prompts });
  forgetOldest(state.inputs, MAX_SPANS);
}

/** An agent that runs inside a tool call of another is asked by that one; spans come children first, so this is told at the end. */
function addPrompts({ above, inputs, episodes }: State): void {
  for (const [key, { episodeId, prompts }] of inputs) {
    let id: string | undefined = key.slice(episodeId.length + 1);
    for (let depth = 0; id !== undefined && id !== '' && depth < 100; depth++) {
      const span: { readonly parent: string | undefined; readonly isTool: boolean } | undefined = above.get(id);
      if (span === undefined || span.isTool) break;
      id = span.parent;
    }
    const [first] = prompts;
    if ((id === undefined || id === '') && first !== undefined)
      episodes.see({ ...DESCRIBED, episodeId, prompts }, first.ref);
  }
  inputs.clear();
}

function claims({ json }: SniffRecord): Sniff {
  const item = isObject(json) && Array.isArray(json['data']) ? json['data'][0] : json;
  if (!isObject(item)) return no('not an object');
  const object = textOf(item['object']);
  return object === 'trace.span' || (object === 'trace' && 'workflow_name' in item)
    ? yes(0.98, `object ${object}`)
    : no('no trace item');
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  if (Array.isArray(doc['data'])) {
    const results = arrayOf(doc['data'])
      .filter(isObject)
      .map((item) => read(item, record, state));
    return results.flatMap((result) => ('status' in result ? [] : result));
  }
  if (doc['object'] === 'trace') {
    const episodeId = textOf(doc['id']);
    if (episodeId === undefined) return skipped('trace without an id');
    state.episodes.see(
      { ...DESCRIBED, episodeId, agent: textOf(doc['workflow_name']), group: textOf(doc['group_id']) },
      record.ref,
    );
    return [];
  }
  const episodeId = textOf(doc['trace_id']);
  if (episodeId === undefined) return skipped('item without a trace');
  const window = windowOf(doc, 'started_at', 'ended_at');
  state.episodes.see({ ...DESCRIBED, episodeId }, record.ref, window.start, window.end);
  const span = doc['span_data'];
  noteSpan(doc, { record, episodeId, state });
  if (at(span, 'type') !== 'function') return skipped(`span ${textOf(at(span, 'type')) ?? ''}`);
  return [
    toolSpanEvent({
      ...DESCRIBED,
      record,
      episodeId,
      index: state.counter.next(episodeId),
      callId: textOf(doc['id']),
      name: textOf(at(span, 'name')) ?? 'unknown',
      input: at(span, 'input'),
      output: at(span, 'output'),
      error: textOf(at(doc, 'error', 'message')),
      ...window,
    }),
  ];
}
