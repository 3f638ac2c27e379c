import { at, isObject, type JsonObject, textOf } from '../../core/json.ts';
import { member } from './message.ts';

/**
 * The export request that a document stands for: itself; what Grafana Tempo answers when asked for a trace; or one span as the SDKs
 * for Python print it (`ConsoleSpanExporter`, `to_json`).
 */
export function requestIn(json: JsonObject): JsonObject {
  const { batches, trace } = json;
  if (Array.isArray(batches) && isResource(batches[0])) return { resourceSpans: batches };
  if (isObject(trace) && isResource(firstOf(member(trace, 'resourceSpans')))) return trace;
  return isPrintedSpan(json) ? { resourceSpans: [printed(json)] } : json;
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
