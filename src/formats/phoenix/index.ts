import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { toolSpanEvent, windowOf } from '../../core/tools/observed-span.ts';
import { EpisodeWindows, jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Arize Phoenix span exports (OpenInference attributes, flattened). */
export const phoenix: Format = {
  id: 'phoenix',
  title: 'Phoenix (OpenInference) span export',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: '`start_time` and `end_time`, ISO, of the traced program',
  traps: ["the tool call id of the model is an attribute; the record's own key is the span id"],
  claims,
  open: () => {
    const counter = new CallCounter();
    const episodes = new EpisodeWindows();
    return jsonDecoder(
      (doc, record) => {
        // What the API answers: a page of spans.
        const page = arrayOf(doc['data']).filter(isApiSpan);
        if (page.length === 0) return read(doc, record, counter, episodes);
        return page.flatMap((span) => {
          const result = read(span, record, counter, episodes);
          return 'status' in result ? [] : result;
        });
      },
      () => episodes.flush(),
    );
  },
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if (isApiSpan(arrayOf(json['data'])[0])) return yes(0.97, 'list of spans');
  if ('context.trace_id' in json && 'context.span_id' in json && 'span_kind' in json)
    return yes(0.97, 'columns of a data frame of spans');
  return isApiSpan(json) ? yes(0.97, 'context with ids and span_kind') : no('no span');
}

function isApiSpan(value: unknown): value is JsonObject {
  const context = at(value, 'context');
  return isObject(context) && 'trace_id' in context && 'span_id' in context && isObject(value) && 'span_kind' in value;
}

/** An attribute: by its whole name, part by part, or as a column of a data frame, which keeps the first part of some whole. */
function attributeOf(doc: JsonObject, key: string): unknown {
  const [first = '', ...rest] = key.split('.');
  return (
    at(doc, 'attributes', key) ??
    at(doc, 'attributes', first, ...rest) ??
    doc[`attributes.${key}`] ??
    at(doc, `attributes.${first}`, ...rest)
  );
}

function read(
  doc: JsonObject,
  record: RawRecord,
  counter: CallCounter,
  episodes: EpisodeWindows,
): readonly Event[] | Decoded {
  const episodeId = textOf(at(doc, 'context', 'trace_id') ?? doc['context.trace_id']);
  if (episodeId === undefined) return skipped('span without a trace');
  const window = windowOf(doc, 'start_time', 'end_time');
  const attribute = (key: string): unknown => attributeOf(doc, key);
  const session = textOf(attribute('session.id'));
  const aliases = session === undefined ? undefined : [session];
  const isTool = textOf(doc['span_kind'])?.toUpperCase() === 'TOOL';
  const isRoot = textOf(doc['parent_id']) === undefined && !isTool;
  const input = isRoot ? (attribute('input.value') ?? attribute('llm.input_messages')) : undefined;
  episodes.see(
    {
      format: 'phoenix',
      clock: 'start_time',
      episodeId,
      aliases,
      model: textOf(attribute('llm.model_name')),
      prompts: tracedPrompt(input, record.ref),
    },
    record.ref,
    window.start,
    window.end,
  );
  if (!isTool) return skipped(`span ${textOf(doc['span_kind']) ?? ''}`);
  const error = textOf(doc['status_code']) === 'ERROR' ? (textOf(doc['status_message']) ?? 'error') : undefined;
  return [
    toolSpanEvent({
      format: 'phoenix',
      clock: 'start_time',
      record,
      episodeId,
      index: counter.next(episodeId),
      callId: textOf(at(doc, 'context', 'span_id') ?? doc['context.span_id']),
      name: textOf(attribute('tool.name')) ?? textOf(doc['name']) ?? 'unknown',
      input: attribute('input.value') ?? attribute('tool.parameters'),
      output: attribute('output.value'),
      error,
      ...window,
    }),
  ];
}
