import { decoded, no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, textOf, tryJson } from '../../core/json/json.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls } from '../../core/tools/session.ts';
import { SPAN_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Logged, readLine, readWrapped } from './message.ts';

/** JSON-RPC messages between an agent and its MCP servers: Claude Desktop's logs, and JSON lines of proxies and gateways. */
export const mcpLog: Format = {
  id: 'mcp-log',
  title: 'MCP messages (tools/call)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock: 'stamp of the line that holds the request, and of the one that holds its result',
  traps: [
    'no conversation is named: an episode is one connection to one server',
    'ids of requests start again with each connection',
    'long messages are cut in the middle',
  ],
  claims,
  open: (context) => {
    const stem = fileStem(context.path);
    const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), stem, connections: 0 };
    return {
      decode: (record) => decode(record, state),
      flush: () => [...state.calls.flush(), ...state.episodes.flush()],
    };
  },
};

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly stem: string;
  /** How many the file told of so far. */
  connections: number;
}

const METHOD =
  /"method": ?"(?:tools|initialize|notifications|resources|prompts|ping|logging|completion|sampling|roots)/;

function claims({ text, json }: SniffRecord): Sniff {
  const line = readLine(text);
  if (line?.message !== undefined) return yes(0.95, 'JSON-RPC message between client and server');
  if (line !== undefined) return line.isNew ? yes(0.8, 'connection to a server') : yes(0.3, 'stamp and level');
  const wrapped = isObject(json) ? readWrapped(json) : undefined;
  if (wrapped === undefined) return no('no JSON-RPC message with a time');
  return METHOD.test(wrapped.text) ? yes(0.95, 'method of MCP with a time') : yes(0.6, 'JSON-RPC message with a time');
}

function decode(record: RawRecord, state: State): Decoded {
  const line = readLine(record.text);
  if (line?.isNew) {
    // A server is announced twice: before its start and when it answers.
    if (/Initializing/.test(record.text)) state.connections++;
    return skipped('connection');
  }
  const json = line === undefined ? tryJson(record.text) : undefined;
  const logged = line ?? (isObject(json) ? readWrapped(json) : undefined);
  if (logged === undefined) return skipped('what a server prints');
  const events = readMessage(logged, record, state);
  return events === undefined ? skipped('no tool call') : decoded(...events);
}

function readMessage(logged: Logged, { ref, observed }: RawRecord, state: State): readonly Event[] | undefined {
  const { time, message } = logged;
  const named = state.connections > 1 ? `${state.stem}#${state.connections}` : state.stem;
  const episodeId = logged.session ?? named;
  const call = callIn(logged);
  const id = textOf(message?.['id']) ?? /"id": ?"?([\w-]+)"?\}?$/.exec(logged.text)?.[1];
  const key = `${episodeId} ${id}`;
  if (call === undefined) {
    if (state.calls.get(key) === undefined || message === undefined || 'method' in message) return undefined;
    return state.calls.close(key, { end: time, ...outcomeOf(message) });
  }
  state.episodes.see({ format: 'mcp-log', clock: 'time', episodeId }, ref, time);
  return state.calls.open(id === undefined ? undefined : key, {
    format: 'mcp-log',
    clock: 'time',
    ref,
    episodeId,
    callId: id,
    name: call.name,
    arguments: readArguments(call.arguments),
    start: time,
    slack: SPAN_SLACK,
    executed: 'yes',
    status: 'incomplete',
    trust: 'outside',
    observed,
  });
}

interface Call {
  readonly name: string;
  readonly arguments: unknown;
}

const CUT = /"method": ?"tools\/call".*?"name": ?"([^"\\]{1,200})"(?:.*?"arguments": ?(.*))?/s;

/** The call that a message asks for, also where it was cut in the middle. */
function callIn({ message, text }: Logged): Call | undefined {
  if (message === undefined) {
    const [, name, args] = CUT.exec(text) ?? [];
    return name === undefined ? undefined : { name, arguments: args };
  }
  const name = message['method'] === 'tools/call' ? textOf(at(message, 'params', 'name')) : undefined;
  return name === undefined ? undefined : { name, arguments: at(message, 'params', 'arguments') };
}

function outcomeOf(message: object): Parameters<SessionCalls['close']>[1] {
  const error = textOf(at(message, 'error', 'message'));
  const result = at(message, 'result');
  const output = error ?? contentText(at(result, 'content')) ?? textOf(at(result, 'output'));
  const failed = error !== undefined || at(result, 'isError') === true;
  return { status: failed ? 'failed' : 'completed', output };
}
