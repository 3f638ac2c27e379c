import { at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import type { Micros } from '../../model/time.ts';
import type { Attributes } from './attributes.ts';
import { type Naming, namingOf } from './naming.ts';
import { type Place, placeIn } from './place.ts';

export interface Resource {
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly host?: string;
  /** Names the clock of its spans. */
  readonly spanClock: string;
  /** Sandbox and container that it names: the emitter's own place. */
  readonly place: Place;
  /** What it says about all of its spans and log entries. */
  readonly naming: Naming;
}

/** A span as the encoders agree on it: ids in lower-case hex, plain attributes. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly start: Instant | undefined;
  readonly end: Instant | undefined;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly failed: boolean;
  readonly resource: Resource;
}

/** Member by its lowerCamelCase name or by the proto name that `preserving_proto_field_name` writes. */
export function member(value: unknown, name: string): unknown {
  if (!isObject(value)) return undefined;
  return value[name] ?? value[protoName(name)];
}

const PROTO_NAMES = new Map<string, string>();

/** Names of members are few, and asked for in every span. */
function protoName(name: string): string {
  let proto = PROTO_NAMES.get(name);
  if (proto === undefined) {
    proto = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    PROTO_NAMES.set(name, proto);
  }
  return proto;
}

function list(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name);
  return Array.isArray(found) ? found : [];
}

/** AnyValue of OTLP/JSON; integers stay text so that no digit is lost. */
export function anyValue(value: unknown, depth = 0): unknown {
  if (!isObject(value) || depth > 20) return value;
  const text = value['stringValue'];
  if (typeof text === 'string') return text;
  for (const key of ['stringValue', 'intValue', 'doubleValue', 'boolValue', 'bytesValue']) {
    const found = member(value, key);
    if (found !== undefined && found !== null) return found;
  }
  const array = member(value, 'arrayValue');
  if (array !== undefined) return list(array, 'values').map((item) => anyValue(item, depth + 1));
  const pairs = member(value, 'kvlistValue');
  if (pairs === undefined) return Object.keys(value).length === 0 ? undefined : value;
  return Object.fromEntries(
    list(pairs, 'values').map((pair) => [textOf(at(pair, 'key')) ?? '', anyValue(at(pair, 'value'), depth + 1)]),
  );
}

/** Attribute lists of OTLP, or the plain object that some exporters write instead. */
function attributesOf(holder: unknown): ReadonlyMap<string, unknown> {
  const raw = member(holder, 'attributes');
  const out = new Map<string, unknown>();
  if (Array.isArray(raw)) {
    for (const pair of raw) {
      const key = isObject(pair) ? textOf(pair['key']) : undefined;
      if (key !== undefined && isObject(pair)) out.set(key, anyValue(pair['value']));
    }
  } else if (isObject(raw)) for (const [key, value] of Object.entries(raw)) out.set(key, value);
  return out;
}

function resourceOf(holder: unknown): Resource {
  const attributes = attributesOf(member(holder, 'resource'));
  const host = textOf(attributes.get('host.name')) ?? textOf(attributes.get('k8s.node.name'));
  const said = { attributes, place: placeIn(attributes), naming: namingOf(attributes) };
  return host === undefined
    ? { ...said, spanClock: 'startTimeUnixNano' }
    : { ...said, spanClock: `startTimeUnixNano@${host}`, host };
}

/** What a scope says about its spans stands beside what its resource says. */
function scopedTo(resource: Resource, group: unknown): Resource {
  const own = attributesOf(member(group, 'scope'));
  if (own.size === 0) return resource;
  const attributes = new Map([...resource.attributes, ...own]);
  return { ...resource, attributes, place: placeIn(attributes), naming: namingOf(attributes) };
}

/** As ids mostly are: in lower-case hex, not all zeros. */
const USUAL_ID = /^(?!0+$)[0-9a-f]+$/;

/** Hex ids in either case; the base64 ids of plain protobuf-JSON become hex. All-zero ids are no ids. */
export function idOf(value: unknown, bytes: 8 | 16): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  if (value.length === bytes * 2 && USUAL_ID.test(value)) return value;
  const hex = isHex(value) && value.length === bytes * 2 ? value.toLowerCase() : base64Hex(value, bytes);
  return /^0*$/.test(hex) ? undefined : hex;
}

function isHex(text: string): boolean {
  return /^[0-9a-fA-F]+$/.test(text);
}

function base64Hex(text: string, bytes: number): string {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return text;
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes ? decoded.toString('hex') : text.toLowerCase();
}

/** Nanoseconds of the years 2001 to 2255. */
const USUAL_NANOS = /^[1-8][0-9]{18}$/;

/** What `instantOf` tells of them. */
export function usualNanos(raw: string): Instant {
  return { stamp: { at: usualMicros(raw), zone: 'epoch', stepUs: 1 }, raw };
}

/** By hand, in halves that fit small integers: `Number` takes four times as long. */
export function usualMicros(raw: string): Micros {
  let high = 0;
  let low = 0;
  for (let i = 0; i < 8; i++) {
    high = high * 10 + raw.charCodeAt(i) - 48;
    low = low * 10 + raw.charCodeAt(i + 8) - 48;
  }
  return (high * 1e8 + low) as Micros;
}

/** Nanoseconds as a decimal text, a number, or an ISO stamp (google.protobuf.Timestamp in JSON); "0" is no time. */
export function nanosOf(value: unknown): Instant | undefined {
  if (typeof value === 'string' && USUAL_NANOS.test(value)) return usualNanos(value);
  return value === '0' || value === 0 ? undefined : instantOf(value);
}

function spanOf(raw: unknown, resource: Resource): Span | undefined {
  if (!isObject(raw)) return undefined;
  const traceId = idOf(member(raw, 'traceId'), 16);
  const spanId = idOf(member(raw, 'spanId'), 8);
  if (traceId === undefined || spanId === undefined) return undefined;
  return {
    traceId,
    spanId,
    parentId: idOf(member(raw, 'parentSpanId'), 8),
    name: textOf(raw['name']) ?? '',
    start: nanosOf(member(raw, 'startTimeUnixNano')),
    end: nanosOf(member(raw, 'endTimeUnixNano')),
    attributes: attributesOf(raw),
    events: eventsOf(member(raw, 'events')),
    failed: hasFailed(member(raw, 'status')),
    resource,
  };
}

/** By the status of a span. */
export function hasFailed(status: unknown): boolean {
  const code = at(status, 'code');
  return numberOf(code) === 2 || code === 'STATUS_CODE_ERROR';
}

const NO_EVENTS: Span['events'] = [];

export function eventsOf(events: unknown): Span['events'] {
  if (!Array.isArray(events)) return NO_EVENTS;
  return events.map((event) => ({ name: textOf(at(event, 'name')) ?? '', attributes: attributesOf(event) }));
}

export interface LogEntry {
  readonly raw: JsonObject;
  readonly attributes: Attributes;
  readonly resource: Resource;
}

/** Spans of one scope, as they stand in the request. */
interface SpanGroup {
  readonly resource: Resource;
  readonly spans: readonly unknown[];
}

/** The spans of an export request by scope; `instrumentationLibrarySpans` was the name until OTLP 0.15. */
export function spanGroups(request: unknown): readonly SpanGroup[] {
  return list(request, 'resourceSpans').flatMap((group) => {
    const resource = resourceOf(group);
    const scopes = [...list(group, 'scopeSpans'), ...list(group, 'instrumentationLibrarySpans')];
    return scopes.map((scope) => ({ resource: scopedTo(resource, scope), spans: list(scope, 'spans') }));
  });
}

/** Every span of an export request. */
export function spansOf(request: unknown): readonly Span[] {
  const out: Span[] = [];
  for (const { spans, resource } of spanGroups(request)) {
    for (const raw of spans) {
      const span = spanOf(raw, resource);
      if (span !== undefined) out.push(span);
    }
  }
  return out;
}

export function logsOf(request: unknown): readonly LogEntry[] {
  const out: LogEntry[] = [];
  for (const group of list(request, 'resourceLogs')) {
    const whole = resourceOf(group);
    for (const scope of [...list(group, 'scopeLogs'), ...list(group, 'instrumentationLibraryLogs')]) {
      const resource = scopedTo(whole, scope);
      for (const raw of list(scope, 'logRecords'))
        if (isObject(raw)) out.push({ raw, attributes: attributesOf(raw), resource });
    }
  }
  return out;
}

/** One data point of a metric; histograms and summaries have no value and are left out. */
export interface MetricPoint {
  readonly name: string;
  readonly unit?: string;
  readonly value: unknown;
  readonly time: unknown;
  readonly attributes: Attributes;
  readonly resource: Resource;
}

export function metricsOf(request: unknown): readonly MetricPoint[] {
  const out: MetricPoint[] = [];
  for (const group of list(request, 'resourceMetrics')) {
    const resource = resourceOf(group);
    for (const scope of [...list(group, 'scopeMetrics'), ...list(group, 'instrumentationLibraryMetrics')]) {
      for (const metric of list(scope, 'metrics')) out.push(...pointsOf(metric, resource));
    }
  }
  return out;
}

function pointsOf(metric: unknown, resource: Resource): readonly MetricPoint[] {
  const name = textOf(at(metric, 'name')) ?? '';
  const unit = textOf(at(metric, 'unit'));
  return [...list(at(metric, 'gauge'), 'dataPoints'), ...list(at(metric, 'sum'), 'dataPoints')].map((point) => ({
    name,
    ...(unit === undefined ? {} : { unit }),
    value: member(point, 'asDouble') ?? member(point, 'asInt'),
    time: member(point, 'timeUnixNano'),
    attributes: attributesOf(point),
    resource,
  }));
}
