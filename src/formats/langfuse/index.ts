import { no, skipped, yes } from '../../core/decoded.ts';
import { instantOf } from '../../core/instant.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json.ts';
import { extent, windowOf } from '../../core/observed-span.ts';
import { jsonDecoder } from '../../core/session.ts';
import { CallCounter, episodeEvent } from '../../core/tool-call.ts';
import { tracedPrompt } from '../../core/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { Ingestion, ingestedIn } from './ingestion.ts';
import { callOf, isTool, observationIn } from './observations.ts';

/** Langfuse: exports of a trace with its observations or of observations alone, what the API answers, and what SDKs send. */
export const langfuse: Format = {
  id: 'langfuse',
  title: 'Langfuse trace export',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: '`startTime` and `endTime`, ISO ms UTC, of the traced program',
  traps: [
    'observations may be listed twice',
    '`input` and `metadata` are JSON text in some exports',
    'before December 2025 tools are plain spans',
    'what SDKs send makes a span when it begins and changes it when it ends',
  ],
  claims,
  open: () => {
    const counter = new CallCounter();
    const ingestion = new Ingestion();
    return jsonDecoder(
      (doc, record) => {
        const sent = ingestedIn(doc);
        if (sent.length > 0) return ingestion.read(sent, { counter, record });
        const page = pageIn(doc);
        if (page.length === 0) return read(doc, record, counter);
        return page.flatMap((one) => {
          const result = read(one, record, counter);
          return 'status' in result ? [] : result;
        });
      },
      () => ingestion.flush(),
    );
  },
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if (isObject(json['trace']) && Array.isArray(json['observations'])) return yes(0.98, 'trace and observations');
  if (isTrace(json)) return yes(0.95, 'trace with observations');
  if (ingestedIn(json).length > 0) return yes(0.95, 'events to be ingested');
  if (pageIn(json).length > 0) return yes(0.96, 'page of observations');
  return observationIn(json) === undefined ? no('no observation') : yes(0.96, 'observation');
}

/** What the API answers: a page of observations, or of traces with theirs. */
function pageIn(json: JsonObject): readonly JsonObject[] {
  return arrayOf(json['data'])
    .filter(isObject)
    .filter((one) => observationIn(one) !== undefined || (isTrace(one) && arrayOf(one['observations']).some(isObject)));
}

const isTrace = (json: JsonObject): boolean =>
  Array.isArray(json['observations']) && 'timestamp' in json && 'id' in json;

function read(json: JsonObject, record: RawRecord, counter: CallCounter): readonly Event[] | Decoded {
  const doc = observationIn(json) ?? json;
  const trace = isObject(doc['trace']) ? doc['trace'] : doc;
  const lists = [doc['observations'], trace['observations']].flatMap(arrayOf).filter(isObject);
  const observations = lists.length === 0 && 'startTime' in doc ? [doc] : distinct(lists);
  const episodeId = textOf(trace['traceId']) ?? textOf(trace['id']);
  if (episodeId === undefined) return skipped('neither trace nor observation');
  const out: Event[] = observations
    .filter(isTool)
    .map((observation) => callOf(observation, episodeId, { counter, record }));
  if (observations[0] === doc) return out.length > 0 ? out : skipped(`observation ${textOf(doc['type']) ?? ''}`);
  const windows = observations.map((observation) => windowOf(observation, 'startTime', 'endTime'));
  const stamp = instantOf(trace['timestamp']);
  const session = textOf(trace['sessionId']);
  out.push(
    episodeEvent({
      format: 'langfuse',
      clock: 'startTime',
      ref: record.ref,
      episodeId,
      aliases: session === undefined ? undefined : [session],
      agent: textOf(trace['name']),
      run: textOf(trace['release']),
      reward: arrayOf(trace['scores'])
        .map((score) => numberOf(at(score, 'value')))
        .find((value) => value !== undefined),
      prompts: tracedPrompt(trace['input'] ?? rootInput(observations), record.ref),
      ...extent([...windows, { start: stamp, end: undefined }]),
      observed: record.observed,
    }),
  );
  return out;
}

/** Where the trace states no input, that of the one observation that nothing stands above. */
function rootInput(observations: readonly JsonObject[]): unknown {
  const roots = observations.filter((one) => textOf(one['parentObservationId']) === undefined && !isTool(one));
  return roots.length === 1 ? roots[0]?.['input'] : undefined;
}

function distinct(observations: readonly JsonObject[]): readonly JsonObject[] {
  const byId = new Map<string, JsonObject>();
  for (const observation of observations) byId.set(textOf(observation['id']) ?? `${byId.size}`, observation);
  return [...byId.values()];
}
