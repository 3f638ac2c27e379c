import { isObject, type JsonObject, tryJson } from '../json/json.ts';
import { type Instant, instantOf } from '../time/instant.ts';

/** Members under which loggers keep the time and the message of a JSON line. */
const TIMES = ['timestamp', 'ts', 'time', '@timestamp', 'datetime'];
const HOLDERS = ['message', 'msg', 'payload', 'data', 'request', 'response', 'body', 'params', 'raw', 'frame'];

/** A JSON line that is a message, or the member of a line that holds one, also as text. */
export function heldIn<T extends JsonObject>(doc: JsonObject, is: (value: unknown) => value is T): T | undefined {
  if (is(doc)) return doc;
  for (const key of HOLDERS) {
    const held = doc[key];
    const value = typeof held === 'string' ? tryJson(held) : held;
    if (is(value)) return value;
  }
  return undefined;
}

/** When the line was written. */
export function timeIn(doc: JsonObject): Instant | undefined {
  for (const key of TIMES) {
    const instant = instantOf(doc[key]);
    if (instant !== undefined) return instant;
  }
  return undefined;
}

/** A request, a notification or a response of JSON-RPC 2.0. */
export const isRpc = (value: unknown): value is JsonObject =>
  isObject(value) && value['jsonrpc'] === '2.0' && ('method' in value || 'result' in value || 'error' in value);
