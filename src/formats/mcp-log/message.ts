import { at, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { heldIn, isRpc, timeIn } from '../../core/tools/json-rpc.ts';

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

const SESSIONS = ['sessionId', 'session_id', 'mcp_session_id', 'mcp-session-id', 'connectionId', 'connection_id'];

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
  const message = heldIn(doc, isRpc);
  const time = timeIn(doc);
  if (message === undefined || time === undefined) return undefined;
  const session = SESSIONS.map((key) => textOf(doc[key]) ?? textOf(at(message, 'params', '_meta', key)));
  return { time, session: session.find((id) => id !== undefined), message, text: JSON.stringify(message) };
}
