import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { heldIn, isRpc, timeIn } from '../../core/tools/json-rpc.ts';
import type { RawRecord } from '../../model/source.ts';

/** A message of the Agent Client Protocol, as a log holds it. */
export interface Message {
  /** Undefined in a response. */
  readonly method: string | undefined;
  /** Of a request or its response; client and agent count each for itself. */
  readonly id: string | undefined;
  readonly params: unknown;
  readonly result: unknown;
  readonly time: Instant | undefined;
}

const METHODS = /^(?:session\/|terminal\/|fs\/|authenticate$|initialize$|_)/;

/** Some writers leave `jsonrpc` out. */
const isUpdate = (value: unknown): value is JsonObject =>
  isObject(value) && typeof at(value, 'params', 'update', 'sessionUpdate') === 'string';

export function readMessage(doc: JsonObject, { observed }: RawRecord): Message | undefined {
  const message = heldIn(doc, isUpdate) ?? heldIn(doc, isRpc);
  if (message === undefined) return undefined;
  const { params, result } = message;
  const method = textOf(message['method']) ?? (isUpdate(message) ? 'session/update' : undefined);
  const seen =
    observed === undefined ? undefined : { stamp: { at: observed, zone: 'epoch' as const, stepUs: 1 }, raw: '' };
  const time = instantOf(at(params, '_meta', 'agentTimestampMs')) ?? timeIn(doc) ?? seen;
  return { method, id: textOf(message['id']), params, result, time };
}

/** How sure it is that a document is a message of this protocol; 0.3 where it may be one of any. */
export function likeness(doc: unknown): number {
  if (!isObject(doc)) return 0;
  if (heldIn(doc, isUpdate) !== undefined) return 0.98;
  const message = heldIn(doc, isRpc);
  if (message === undefined) return 0;
  const method = textOf(message['method']);
  if (method === undefined) return 0.3;
  if (method === 'initialize') return typeof at(message, 'params', 'protocolVersion') === 'number' ? 0.98 : 0;
  return METHODS.test(method) ? 0.97 : 0;
}
