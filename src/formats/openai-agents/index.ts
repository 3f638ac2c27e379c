import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json.ts';
import { toolSpanEvent, windowOf } from '../../core/observed-span.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/session.ts';
import { CallCounter } from '../../core/tool-call.ts';
import type { Event } from '../../model/event.ts';
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
    const state: State = { counter: new CallCounter(), episodes: new EpisodeWindows() };
    return jsonDecoder(
      (doc, record) => read(doc, record, state),
      () => state.episodes.flush(),
    );
  },
};

interface State {
  readonly counter: CallCounter;
  readonly episodes: EpisodeWindows;
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
  const described = { format: 'openai-agents', clock: 'started_at' };
  if (doc['object'] === 'trace') {
    const episodeId = textOf(doc['id']);
    if (episodeId === undefined) return skipped('trace without an id');
    state.episodes.see(
      { ...described, episodeId, agent: textOf(doc['workflow_name']), group: textOf(doc['group_id']) },
      record.ref,
    );
    return [];
  }
  const episodeId = textOf(doc['trace_id']);
  if (episodeId === undefined) return skipped('item without a trace');
  const window = windowOf(doc, 'started_at', 'ended_at');
  state.episodes.see({ ...described, episodeId }, record.ref, window.start, window.end);
  const span = doc['span_data'];
  if (at(span, 'type') !== 'function') return skipped(`span ${textOf(at(span, 'type')) ?? ''}`);
  return [
    toolSpanEvent({
      ...described,
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
