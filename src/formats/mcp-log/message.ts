import { at, isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';

/** A JSON-RPC message of the Model Context Protocol, as a log holds it. */
export interface Logged {
  readonly time: Instant | undefined;
  readonly session: string | undefined;
  /** Undefined where the line says something else, or the message was cut. */
  readonly message: JsonObject | undefined;
  /** The message as it stands. */
  readonly text: string;
}

/** Claude Desktop's `mcp-server-NAME.log` and `mcp.log`. */
const LINE = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (?:\[([^\]]{1,200})\] )?\[(?:info|debug|warn|error)\] (.*)$/s;
const MESSAGE = /^Message from (?:client|server): (\{.*?)(?: \{ metadata: [^}]*\})?\s*$/s;
const CONNECTING = /^(?:Initializing server|Server started and connected)/;

const TIMES = ['timestamp', 'ts', 'time', '@timestamp', 'datetime'];
const HOLDERS = ['message', 'msg', 'payload', 'data', 'request', 'response', 'body', 'params', 'raw'];
const SESSIONS = ['sessionId', 'session_id', 'mcp_session_id', 'mcp-session-id', 'connectionId', 'connection_id'];

const isRpc = (value: unknown): value is JsonObject =>
  isObject(value) && value['jsonrpc'] === '2.0' && ('method' in value || 'result' in value || 'error' in value);

/** A line of Claude Desktop's log. */
export function readLine(text: string): (Logged & { readonly isNew: boolean }) | undefined {
  const [, stamp, , rest = ''] = LINE.exec(text) ?? [];
  if (stamp === undefined) return undefined;
  const json = MESSAGE.exec(rest)?.[1] ?? '';
  const message = tryJson(json);
  const time = instantOf(stamp);
  return {
    time,
    session: undefined,
    message: isRpc(message) ? message : undefined,
    text: json,
    isNew: CONNECTING.test(rest),
  };
}

/** A JSON line that is a message with its time, or holds one. */
export function readWrapped(doc: JsonObject): Logged | undefined {
  const held = [doc, ...HOLDERS.map((key) => doc[key])].map((value) =>
    typeof value === 'string' ? tryJson(value) : value,
  );
  const message = held.find(isRpc);
  const time = TIMES.map((key) => instantOf(doc[key])).find((instant) => instant !== undefined);
  if (message === undefined || time === undefined) return undefined;
  const session = SESSIONS.map((key) => textOf(doc[key]) ?? textOf(at(message, 'params', '_meta', key)));
  return { time, session: session.find((id) => id !== undefined), message, text: JSON.stringify(message) };
}
