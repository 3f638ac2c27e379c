import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { factsOf } from './invocation.ts';

/** Chat sessions of VS Code, in which agents (GitHub Copilot's) call tools: a document, or the log of its changes. */
export const vscodeChat: Format = {
  id: 'vscode-chat',
  title: 'VS Code chat sessions (GitHub Copilot)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    'terminal commands: epoch ms at their end, and their duration; other calls have no time, requests that of their sending',
  traps: [
    'a log of changes tells of a call again whenever it has changed',
    'what a command was given is the line that the user or the tool may have edited',
    'requests that were taken back are gone from the session, and their calls ran',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not JSON');
  if (isSession(json)) return yes(0.95, 'session with its requests');
  if (json['kind'] === 0 && isSession(json['v'])) return yes(0.96, 'first state of a session');
  return isChange(json) ? yes(0.9, 'change of a session') : no('no chat session');
}

function isSession(value: unknown): boolean {
  if (!isObject(value) || !Array.isArray(value['requests'])) return false;
  return typeof value['sessionId'] === 'string' && ('creationDate' in value || 'responderUsername' in value);
}

/** `{kind: 1|2|3, k: path, v}`: set, pushed (behind `i`), deleted. */
function isChange(json: JsonObject): boolean {
  const [first] = arrayOf(json['k']);
  return (json['kind'] === 1 || json['kind'] === 2 || json['kind'] === 3) && typeof first === 'string';
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
}

function openSession({ path }: DecodeContext): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), episodeId: fileStem(path) };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const session = isSession(doc) ? doc : doc['kind'] === 0 ? doc['v'] : undefined;
  if (isObject(session)) {
    state.episodeId = textOf(session['sessionId']) ?? state.episodeId;
    see(session, { model: undefined, said: undefined }, record, state);
    return arrayOf(session['requests'])
      .filter(isObject)
      .flatMap((request) => readRequest(request, record, state));
  }
  const path = arrayOf(doc['k']);
  if (!isChange(doc) || path[0] !== 'requests') return skipped('change of something else');
  if (path.length === 1)
    return arrayOf(doc['v'])
      .filter(isObject)
      .flatMap((one) => readRequest(one, record, state));
  if (isObject(doc['v'])) see({ modelState: doc['v'] }, { model: undefined, said: undefined }, record, state);
  const invocations = invocationsIn(doc['v']);
  if (invocations.length === 0) return skipped('change of a request without tools');
  return invocations.flatMap((item) => note(item, record, state));
}

function readRequest(request: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const said = textOf(at(request, 'message', 'text')) ?? textOf(request['message']);
  see(request, { model: textOf(request['modelId']), said }, record, state);
  return invocationsIn(request['response']).flatMap((item) => note(item, record, state));
}

const STAMPS = ['creationDate', 'lastMessageDate', 'timestamp', 'responseTimestamp'];

interface Said {
  readonly model: string | undefined;
  readonly said: string | undefined;
}

function see(holder: JsonObject, { model, said }: Said, record: RawRecord, { episodes, episodeId }: State): void {
  episodes.see(
    {
      format: 'vscode-chat',
      clock: 'timestamp',
      episodeId,
      agent: 'copilot',
      model,
      prompts: promptsOf(said, record.ref),
    },
    record.ref,
    ...STAMPS.map((key) => instantOf(holder[key])),
    instantOf(at(holder, 'modelState', 'completedAt')),
  );
}

/** Invocations among the parts of a response, or the one part that was set. */
function invocationsIn(value: unknown): readonly JsonObject[] {
  const parts = Array.isArray(value) ? value : [value];
  return parts
    .filter(isObject)
    .filter(({ kind, toolId }) => kind === 'toolInvocationSerialized' && textOf(toolId) !== undefined);
}

/** What is known of a call by now; it comes out when the file ends. */
function note(item: JsonObject, record: RawRecord, state: State): readonly Event[] {
  const { calls, episodes, episodeId } = state;
  const callId = textOf(item['toolCallId']);
  const facts = factsOf(item);
  episodes.see({ format: 'vscode-chat', clock: 'timestamp', episodeId }, record.ref, facts.start, facts.end);
  if (callId !== undefined && calls.get(callId) !== undefined) {
    calls.update(callId, facts);
    return [];
  }
  const subagent = textOf(item['subAgentInvocationId']);
  return calls.open(callId, {
    format: 'vscode-chat',
    clock: 'timestamp',
    ref: record.ref,
    episodeId,
    callId,
    agentPath: subagent === undefined ? undefined : [episodeId, subagent],
    slack: SESSION_SLACK,
    host: record.host,
    containerId: record.containerId,
    trust: 'agent-writable',
    observed: record.observed,
    ...facts,
  });
}
