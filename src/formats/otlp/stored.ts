import { arrayOf, at, isObject, type JsonObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';

/**
 * Spans as stores of traces keep and give them. Jaeger (`internal/uimodel/model.go`): what its API answers, `{data: [trace]}`, a trace,
 * or a span as it lies in Elasticsearch. Zipkin v2 (`zipkin2-api.yaml`): a span. Both stamp in microseconds since the epoch, and their
 * trace ids may have 16 digits. Undefined where it is none of these.
 */
export function storedSpans(json: JsonObject): JsonObject | undefined {
  if (isZipkin(json)) return { resourceSpans: [zipkinSpan(json)] };
  if (isJaeger(json)) return { resourceSpans: [jaegerSpan(json, json['process'])] };
  const traces = isTrace(json) ? [json] : arrayOf(json['data']).filter(isTrace);
  return traces.length === 0 ? undefined : { resourceSpans: traces.flatMap(jaegerSpans) };
}

function isTrace(value: unknown): value is JsonObject {
  const [first] = arrayOf(at(value, 'spans'));
  return isObject(value) && isObject(first) && isJaeger(first);
}

function isJaeger(span: JsonObject): boolean {
  return isId(span['traceID']) && isId(span['spanID']) && textOf(span['operationName']) !== undefined;
}

function isZipkin(span: JsonObject): boolean {
  if (!isId(span['traceId']) || !isId(span['id']) || typeof span['timestamp'] !== 'number') return false;
  return isObject(span['localEndpoint']) || isObject(span['tags']);
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{15,32}$/.test(value);
}

const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;

function spanWith(id: { trace: unknown; own: unknown; parent: unknown }, start: unknown, lasted: unknown): JsonObject {
  const begin = numberOf(start);
  const end = begin === undefined || numberOf(lasted) === undefined ? undefined : begin + (numberOf(lasted) ?? 0);
  return {
    traceId: textOf(id.trace)?.padStart(TRACE_DIGITS, '0'),
    spanId: textOf(id.own)?.padStart(SPAN_DIGITS, '0'),
    parentSpanId: textOf(id.parent)?.padStart(SPAN_DIGITS, '0'),
    startTimeUnixNano: nanos(begin),
    endTimeUnixNano: nanos(end),
  };
}

/** Microseconds as a text of nanoseconds, which a number cannot hold. */
function nanos(micros: number | undefined): string | undefined {
  return micros === undefined ? undefined : `${Math.round(micros)}000`;
}

function jaegerSpans(trace: JsonObject): readonly JsonObject[] {
  const spans = arrayOf(trace['spans']).filter(isObject);
  return spans.map((span) =>
    jaegerSpan(span, span['process'] ?? at(trace, 'processes', textOf(span['processID']) ?? '')),
  );
}

function jaegerSpan(span: JsonObject, process: unknown): JsonObject {
  const references = arrayOf(span['references']);
  const above = references.find((reference) => at(reference, 'refType') === 'CHILD_OF') ?? references[0];
  const parent = at(above, 'spanID') ?? span['parentSpanID'];
  const tags = tagsOf(span['tags'], span['tag']);
  const own = {
    ...spanWith({ trace: span['traceID'], own: span['spanID'], parent }, span['startTime'], span['duration']),
    name: span['operationName'],
    attributes: tags,
    events: arrayOf(span['logs']).map(eventOf),
    status: { code: tags['otel.status_code'] === 'ERROR' || String(tags['error']) === 'true' ? 2 : 0 },
  };
  const resource = { 'service.name': at(process, 'serviceName'), ...tagsOf(at(process, 'tags'), at(process, 'tag')) };
  return { resource: { attributes: resource }, scopeSpans: [{ spans: [own] }] };
}

/** A list, `{key, type, value}`; in Elasticsearch also an object, with `@` for the dots of its keys. */
function tagsOf(list: unknown, kept: unknown): JsonObject {
  const out: Record<string, unknown> = {};
  if (isObject(kept)) for (const [key, value] of Object.entries(kept)) out[key.replaceAll('@', '.')] = value;
  for (const tag of arrayOf(list)) out[textOf(at(tag, 'key')) ?? ''] = at(tag, 'value');
  return out;
}

function eventOf(log: unknown): JsonObject {
  const attributes = tagsOf(at(log, 'fields'), undefined);
  return { name: attributes['event'], attributes };
}

function zipkinSpan(span: JsonObject): JsonObject {
  const tags = isObject(span['tags']) ? span['tags'] : {};
  const ids = { trace: span['traceId'], own: span['id'], parent: span['parentId'] };
  const own = {
    ...spanWith(ids, span['timestamp'], span['duration']),
    name: span['name'],
    attributes: tags,
    events: arrayOf(span['annotations']).map(annotation),
    status: { code: 'error' in tags || tags['otel.status_code'] === 'ERROR' ? 2 : 0 },
  };
  const resource = { 'service.name': at(span, 'localEndpoint', 'serviceName'), ...tags };
  return { resource: { attributes: resource }, scopeSpans: [{ spans: [own] }] };
}

/** OpenTelemetry's exporters write an event as `"name": {attributes}`. */
function annotation(entry: unknown): JsonObject {
  const [, name = '', attributes] = /^"((?:[^"\\]|\\.)*)": (\{.*\})$/s.exec(textOf(at(entry, 'value')) ?? '') ?? [];
  return { name, attributes: tryJson(attributes ?? '{}') ?? {} };
}
