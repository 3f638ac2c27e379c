import { no, skipped, yes } from '../../core/decoded.ts';
import { instantOf } from '../../core/instant.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json.ts';
import { extent, isToolAttributes, toolSpanEvent, windowOf } from '../../core/observed-span.ts';
import { jsonDecoder } from '../../core/session.ts';
import { CallCounter, episodeEvent } from '../../core/tool-call.ts';
import { tracedPrompt } from '../../core/traced-prompt.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** Langfuse exports: a trace with its observations, or observations alone. */
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
  ],
  claims,
  open: () => {
    const counter = new CallCounter();
    return jsonDecoder((doc, record) => read(doc, record, counter));
  },
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  if (isObject(json['trace']) && Array.isArray(json['observations'])) return yes(0.98, 'trace and observations');
  if (Array.isArray(json['observations']) && 'timestamp' in json && 'id' in json)
    return yes(0.95, 'trace with observations');
  return 'traceId' in json && 'startTime' in json && 'type' in json && 'parentObservationId' in json
    ? yes(0.96, 'observation')
    : no('no observation');
}

function read(doc: JsonObject, record: RawRecord, counter: CallCounter): readonly Event[] | Decoded {
  const trace = isObject(doc['trace']) ? doc['trace'] : doc;
  const lists = [doc['observations'], trace['observations']].flatMap(arrayOf).filter(isObject);
  const observations = lists.length === 0 && 'startTime' in doc ? [doc] : distinct(lists);
  const episodeId = textOf(trace['traceId']) ?? textOf(trace['id']);
  if (episodeId === undefined) return skipped('neither trace nor observation');
  const out: Event[] = observations
    .filter(isTool)
    .map((observation) => callOf(observation, episodeId, counter, record));
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

function metadataOf(observation: JsonObject): unknown {
  const raw = observation['metadata'];
  return typeof raw === 'string' ? tryJson(raw) : raw;
}

function isTool(observation: JsonObject): boolean {
  if (observation['type'] === 'TOOL') return true;
  return observation['type'] === 'SPAN' && isToolAttributes(at(metadataOf(observation), 'attributes'));
}

function callOf(observation: JsonObject, episodeId: string, counter: CallCounter, record: RawRecord): Event {
  const attributes = at(metadataOf(observation), 'attributes');
  const name = textOf(observation['name']) ?? 'unknown';
  return toolSpanEvent({
    format: 'langfuse',
    clock: 'startTime',
    record,
    episodeId,
    index: counter.next(episodeId),
    callId: textOf(observation['id']),
    name,
    toolName:
      textOf(at(attributes, 'gen_ai.tool.name')) ??
      textOf(at(attributes, 'tool.name')) ??
      name.replace(/^(?:running tool:|execute_tool) /, ''),
    input: observation['input'] ?? at(attributes, 'tool_arguments') ?? at(attributes, 'gen_ai.tool.call.arguments'),
    output: observation['output'],
    error: observation['level'] === 'ERROR' ? (textOf(observation['statusMessage']) ?? 'error') : undefined,
    ...windowOf(observation, 'startTime', 'endTime'),
  });
}
