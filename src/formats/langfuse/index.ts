import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { AskedInAnyOrder } from '../../core/tools/asked-messages.ts';
import { extent, windowOf } from '../../core/tools/observed-span.ts';
import { jsonDecoder } from '../../core/tools/session.ts';
import { CallCounter, episodeEvent } from '../../core/tools/tool-call.ts';
import { tracedPrompt } from '../../core/tools/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { Ingestion, ingestedIn } from './ingestion.ts';
import { type Counted, callsOf, isTool, observationIn } from './observations.ts';

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
    'without an observation of a tool, its call is known from the answer of a generation only',
    'before December 2025 tools are plain spans',
    'what SDKs send makes a span when it begins and changes it when it ends',
  ],
  claims,
  open: () => {
    const state: State = { counter: new CallCounter(), asked: new AskedInAnyOrder() };
    const ingestion = new Ingestion();
    return jsonDecoder(
      (doc, record) => {
        const sent = ingestedIn(doc);
        if (sent.length > 0) return ingestion.read(sent, { ...state, record });
        const page = pageIn(doc);
        if (page.length === 0) return read(doc, record, state);
        return page.flatMap((one) => {
          const result = read(one, record, state);
          return 'status' in result ? [] : result;
        });
      },
      () => [...ingestion.flush(), ...state.asked.flush(state.counter)],
    );
  },
};

type State = Omit<Counted, 'record'>;

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

function read(json: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const doc = observationIn(json) ?? json;
  const trace = isObject(doc['trace']) ? doc['trace'] : doc;
  const lists = [doc['observations'], trace['observations']].flatMap(arrayOf).filter(isObject);
  const observations = lists.length === 0 && 'startTime' in doc ? [doc] : distinct(lists);
  const episodeId = textOf(trace['traceId']) ?? textOf(trace['id']);
  if (episodeId === undefined) return skipped('neither trace nor observation');
  const before = state.asked.told;
  const out: Event[] = observations.flatMap((observation) => callsOf(observation, episodeId, { ...state, record }));
  if (observations[0] === doc)
    return out.length > 0 || state.asked.told > before ? out : skipped(`observation ${textOf(doc['type']) ?? ''}`);
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

/** Each once, with all that its copies say: those that a trace lists may lack what went in and came out. */
function distinct(observations: readonly JsonObject[]): readonly JsonObject[] {
  const byId = new Map<string, JsonObject>();
  for (const observation of observations) {
    const id = textOf(observation['id']) ?? `${byId.size}`;
    const before = byId.get(id);
    const said = Object.entries(observation).filter(([key, value]) => before?.[key] === undefined || !isEmpty(value));
    byId.set(id, { ...before, ...Object.fromEntries(said) });
  }
  return [...byId.values()];
}

function isEmpty(value: unknown): boolean {
  return value === null || value === '{}' || value === '[]' || (isObject(value) && Object.keys(value).length === 0);
}
