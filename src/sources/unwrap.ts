import { Buffer } from 'node:buffer';
import { isObject, type JsonObject, textOf, tryJson } from '../core/json.ts';
import { parseEpoch, parseIso } from '../core/time.ts';
import type { RawRecord } from '../model/source.ts';
import type { Micros } from '../model/time.ts';

const MAX_LAYERS = 4;
const CRI = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)) (stdout|stderr) ([FP]) (.*)$/s;

interface Layer {
  readonly text: string;
  readonly observed?: Micros | undefined;
  readonly host?: string | undefined;
  readonly containerId?: string | undefined;
  readonly monotonicUs?: number | undefined;
}

/**
 * Removes carrier envelopes around a record, repeatedly, and keeps what they state: Docker json-file, CRI, journald JSON,
 * CloudWatch, Splunk export, Elastic hit. An envelope is removed only when its payload is inside.
 */
export function unwrapRecord(record: RawRecord): RawRecord {
  let current = record;
  for (let depth = 0; depth < MAX_LAYERS; depth++) {
    const layer = peel(current.text);
    if (layer === undefined) return current;
    const observed = current.observed ?? layer.observed;
    const host = current.host ?? layer.host;
    const containerId = current.containerId ?? layer.containerId;
    const monotonicUs = current.monotonicUs ?? layer.monotonicUs;
    current = {
      text: layer.text,
      ref: current.ref,
      ...(observed === undefined ? {} : { observed }),
      ...(host === undefined ? {} : { host }),
      ...(containerId === undefined ? {} : { containerId }),
      ...(monotonicUs === undefined ? {} : { monotonicUs }),
    };
  }
  return current;
}

function peel(text: string): Layer | undefined {
  const c = text.charCodeAt(0);
  if (c >= 48 && c <= 57) return peelCri(text);
  if (c !== 123 || !CARRIER_KEYS.some((key) => text.includes(key))) return undefined;
  const value = tryJson(text);
  if (isObject(value)) return peelObject(value);
  // A damaged envelope may still hold its payload whole: it stands first.
  const whole = DOCKER_HEAD.exec(text);
  const head = whole === null ? undefined : tryJson(`${whole[0]}}`);
  return isObject(head) ? peelObject(head) : undefined;
}

const DOCKER_HEAD = /^\{"(?:log|message)":"(?:[^"\\]|\\.)*","stream":"(?:stdout|stderr)","time":"[^"]*"(?=[,}\s])/;

/** One of these stands in every envelope: testing them is far cheaper than parsing. */
const CARRIER_KEYS = ['"log":', '"log" :', '"stream":', '"MESSAGE"', '"ingestionTime"', '"_raw"', '"_source"'];

function peelCri(text: string): Layer | undefined {
  const match = CRI.exec(text);
  if (match === null) return undefined;
  return { text: match[4] ?? '', observed: parseIso(match[1] ?? '')?.at };
}

function peelObject(value: JsonObject): Layer | undefined {
  return docker(value) ?? journald(value) ?? cloudWatch(value) ?? splunk(value) ?? elastic(value);
}

function docker(value: JsonObject): Layer | undefined {
  // Shippers that rename the member keep the rest of Docker's envelope.
  const log = value['log'] ?? value['message'];
  if (typeof log !== 'string' || !(value['stream'] === 'stdout' || value['stream'] === 'stderr')) return undefined;
  return { text: log.replace(/\r?\n$/, ''), observed: parseIso(textOf(value['time']) ?? '')?.at };
}

function journald(value: JsonObject): Layer | undefined {
  const message = value['MESSAGE'];
  const text = Array.isArray(message)
    ? Buffer.from(message.filter((b): b is number => typeof b === 'number')).toString('utf8')
    : message;
  if (typeof text !== 'string' || value['__REALTIME_TIMESTAMP'] === undefined) return undefined;
  const monotonic = textOf(value['_SOURCE_MONOTONIC_TIMESTAMP']) ?? textOf(value['__MONOTONIC_TIMESTAMP']);
  return {
    text,
    observed: parseEpoch(textOf(value['_SOURCE_REALTIME_TIMESTAMP']) ?? textOf(value['__REALTIME_TIMESTAMP']) ?? '')
      ?.at,
    host: textOf(value['_HOSTNAME']),
    containerId: textOf(value['CONTAINER_ID_FULL']),
    monotonicUs: monotonic === undefined ? undefined : Number(monotonic),
  };
}

function cloudWatch(value: JsonObject): Layer | undefined {
  const message = value['message'];
  if (typeof message !== 'string' || value['ingestionTime'] === undefined) return undefined;
  return { text: message.trimEnd(), observed: parseEpoch(textOf(value['timestamp']) ?? '')?.at };
}

function splunk(value: JsonObject): Layer | undefined {
  const result = value['result'];
  const raw = isObject(result) ? result['_raw'] : value['preview'] === undefined ? undefined : value['_raw'];
  return typeof raw === 'string'
    ? { text: raw, host: isObject(result) ? textOf(result['host']) : undefined }
    : undefined;
}

function elastic(value: JsonObject): Layer | undefined {
  const source = value['_source'];
  if (!isObject(source) || (value['_index'] === undefined && value['_id'] === undefined)) return undefined;
  const event = source['event'];
  const original = (isObject(event) ? textOf(event['original']) : undefined) ?? textOf(source['event.original']);
  return { text: original ?? JSON.stringify(source) };
}

/** Joins CRI partial lines (`P`) and unwraps; one per file, in order. */
export function createUnwrapper(): (record: RawRecord) => RawRecord | undefined {
  let held: { record: RawRecord; text: string } | undefined;
  return (record) => {
    const match = / (?:stdout|stderr) ([FP]) /.test(record.text.slice(0, 60)) ? CRI.exec(record.text) : null;
    if (match === null) return unwrapRecord(record);
    const text = (held?.text ?? '') + (match[4] ?? '');
    const first = held?.record ?? record;
    if (match[3] === 'P') {
      held = { record: first, text };
      return undefined;
    }
    held = undefined;
    const observed = parseIso(match[1] ?? '')?.at;
    return unwrapRecord({ ...first, text, ...(observed === undefined ? {} : { observed }) });
  };
}
