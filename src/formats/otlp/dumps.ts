import { at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { member } from './message.ts';
import { storedSpans } from './stored.ts';

/**
 * The export request that a document stands for: itself; what Grafana Tempo answers when asked for a trace; or one span as the SDKs
 * for Python (`ConsoleSpanExporter`, `to_json`) and Go (`stdouttrace`) print it, as Logfire exports it, as the store of Agent Lightning holds it, or
 * as Jaeger or Zipkin keep it.
 */
export function requestIn(json: JsonObject): JsonObject {
  const { batches, trace } = json;
  if (Array.isArray(batches) && isResource(batches[0])) return { resourceSpans: batches };
  if (isObject(trace) && isResource(firstOf(member(trace, 'resourceSpans')))) return trace;
  if (isLogfire(json)) return { resourceSpans: json['kind'] === 'span' ? [exported(json)] : [] };
  if (isLightning(json)) return { resourceSpans: [storedByLightning(json)] };
  if (isGoSpan(json)) return { resourceSpans: [printedByGo(json)] };
  if (isPrintedSpan(json)) return { resourceSpans: [printed(json)] };
  return storedSpans(json) ?? json;
}

function isResource(value: unknown): boolean {
  return member(value, 'scopeSpans') !== undefined || member(value, 'instrumentationLibrarySpans') !== undefined;
}

function isPrintedSpan(json: JsonObject): boolean {
  const kind = textOf(json['kind']) ?? '';
  return kind.startsWith('SpanKind.') && /^0x[0-9a-f]{32}$/.test(textOf(at(json, 'context', 'trace_id')) ?? '');
}

function printed(span: JsonObject): JsonObject {
  const id = (value: unknown): string | undefined => textOf(value)?.replace(/^0x/, '');
  const { name, attributes, events, start_time, end_time } = span;
  const own = {
    traceId: id(at(span, 'context', 'trace_id')),
    spanId: id(at(span, 'context', 'span_id')),
    parentSpanId: id(span['parent_id']),
    name,
    startTimeUnixNano: start_time,
    endTimeUnixNano: end_time,
    attributes,
    events,
    status: { code: at(span, 'status', 'status_code') === 'ERROR' ? 2 : 0 },
  };
  return { resource: span['resource'], scopeSpans: [{ spans: [own] }] };
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

function isGoSpan(json: JsonObject): boolean {
  return /^[0-9a-f]{32}$/.test(textOf(at(json, 'SpanContext', 'TraceID')) ?? '') && 'StartTime' in json;
}

/** Keys and values of a list, `{Key, Value: {Type, Value}}`. */
function pairsOf(list: unknown): JsonObject {
  const out: Record<string, unknown> = {};
  for (const pair of Array.isArray(list) ? list : []) out[textOf(at(pair, 'Key')) ?? ''] = at(pair, 'Value', 'Value');
  return out;
}

function printedByGo(span: JsonObject): JsonObject {
  const parent = textOf(at(span, 'Parent', 'SpanID'));
  const events = Array.isArray(span['Events']) ? span['Events'] : [];
  const own = {
    traceId: at(span, 'SpanContext', 'TraceID'),
    spanId: at(span, 'SpanContext', 'SpanID'),
    parentSpanId: parent === undefined || /^0*$/.test(parent) ? undefined : parent,
    name: span['Name'],
    startTimeUnixNano: span['StartTime'],
    endTimeUnixNano: span['EndTime'],
    attributes: pairsOf(span['Attributes']),
    events: events.map((event) => ({ name: at(event, 'Name'), attributes: pairsOf(at(event, 'Attributes')) })),
    status: { code: at(span, 'Status', 'Code') === 'Error' ? 2 : 0 },
  };
  return { resource: { attributes: pairsOf(span['Resource']) }, scopeSpans: [{ spans: [own] }] };
}

/** A row of Logfire's table of records. While a span lasts there is one more row, `pending_span`. */
function isLogfire(json: JsonObject): boolean {
  return 'start_timestamp' in json && 'span_name' in json && 'trace_id' in json && 'span_id' in json;
}

function exported(row: JsonObject): JsonObject {
  const objectOf = (value: unknown): unknown => (typeof value === 'string' ? tryJson(value) : value);
  const own = {
    traceId: row['trace_id'],
    spanId: row['span_id'],
    parentSpanId: row['parent_span_id'] ?? undefined,
    name: row['span_name'],
    startTimeUnixNano: row['start_timestamp'],
    endTimeUnixNano: row['end_timestamp'],
    attributes: objectOf(row['attributes']),
    events: [],
    status: { code: row['is_exception'] === true || row['otel_status_code'] === 'ERROR' ? 2 : 0 },
  };
  return { resource: { attributes: objectOf(row['otel_resource_attributes']) }, scopeSpans: [{ spans: [own] }] };
}

/** A span of a rollout as Agent Lightning's store has it (`agentlightning/types/tracer.py`); stamps are seconds. */
function isLightning(json: JsonObject): boolean {
  const isNamed = ['rollout_id', 'attempt_id', 'span_id'].every((name) => textOf(json[name]) !== undefined);
  return isNamed && 'sequence_id' in json && /^[0-9a-f]{32}$/.test(textOf(json['trace_id']) ?? '');
}

function storedByLightning(span: JsonObject): JsonObject {
  const { name, attributes, events } = span;
  const own = {
    traceId: span['trace_id'],
    spanId: span['span_id'],
    parentSpanId: span['parent_id'] ?? undefined,
    name,
    startTimeUnixNano: span['start_time'],
    endTimeUnixNano: span['end_time'],
    attributes,
    events,
    status: { code: at(span, 'status', 'status_code') === 'ERROR' ? 2 : 0 },
  };
  const emitter = at(span, 'resource', 'attributes');
  const rollout = { 'agentlightning.rollout_id': span['rollout_id'], 'agentlightning.attempt_id': span['attempt_id'] };
  const resource = { attributes: { ...(isObject(emitter) ? emitter : {}), ...rollout } };
  return { resource, scopeSpans: [{ spans: [own] }] };
}
