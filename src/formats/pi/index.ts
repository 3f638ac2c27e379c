import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const TYPES =
  /^(?:message|model_change|thinking_level_change|compaction|branch_summary|custom|custom_message|label|session_info)$/;

/** Pi coding agent sessions. */
export const pi: Format = {
  id: 'pi',
  title: 'Pi session JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'line `timestamp`, ISO ms UTC: the call when the answer is complete, the result when it came back',
  traps: [
    'lines form a tree by `parentId`: commands of an abandoned branch did run',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || typeof json['timestamp'] !== 'string' || typeof json['id'] !== 'string')
    return no('no session line');
  const type = textOf(json['type']) ?? '';
  if (type === 'session' && 'cwd' in json && 'version' in json) return yes(0.97, 'session header');
  return TYPES.test(type) && 'parentId' in json ? yes(0.96, 'id, parentId and type') : no('no parentId');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  episodeId: string;
  cwd: string | undefined;
  /** When the session was branched off another one, whose entries until then it begins with. */
  branched: Instant | undefined;
}

function openSession(context: DecodeContext): ReturnType<typeof sessionDecoder> {
  const state: State = {
    calls: new SessionCalls(),
    episodes: new EpisodeWindows(),
    episodeId: fileStem(context.path),
    cwd: undefined,
    branched: undefined,
  };
  return sessionDecoder(state, read);
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const type = textOf(doc['type']) ?? 'unknown';
  if (type === 'session') {
    state.episodeId = textOf(doc['id']) ?? state.episodeId;
    state.cwd = textOf(doc['cwd']);
    state.branched = textOf(doc['parentSession']) === undefined ? undefined : instantOf(doc['timestamp']);
  }
  const written = instantOf(doc['timestamp']);
  const isCopied = state.branched !== undefined && (written?.stamp.at ?? Infinity) < state.branched.stamp.at;
  const stamp = isCopied ? undefined : written;
  const message = doc['message'];
  const model = textOf(at(message, 'model')) ?? textOf(doc['modelId']);
  state.episodes.see(
    {
      format: 'pi',
      clock: 'timestamp',
      episodeId: state.episodeId,
      agent: 'pi',
      model,
      prompts: at(message, 'role') === 'user' ? promptsOf(contentText(at(message, 'content')), record.ref) : undefined,
    },
    record.ref,
    stamp,
  );
  if (isCopied) return skipped('entry copied from the session it was branched off');
  if (type !== 'message' || !isObject(message)) return skipped(type);
  if (message['role'] === 'assistant') return starts(message, stamp, record, state);
  const callId = textOf(message['toolCallId']);
  if (message['role'] !== 'toolResult' || callId === undefined)
    return skipped(`message of ${textOf(message['role']) ?? 'unknown'}`);
  const output = contentText(message['content']);
  return state.calls.close(callId, {
    end: stamp,
    executed: 'yes',
    status: message['isError'] === true ? 'failed' : 'completed',
    ...(output === undefined ? {} : { output }),
  });
}

function starts(
  message: JsonObject,
  stamp: Instant | undefined,
  record: RawRecord,
  state: State,
): readonly Event[] | Decoded {
  const calls = arrayOf(message['content'])
    .filter(isObject)
    .filter((block) => block['type'] === 'toolCall');
  if (calls.length === 0) return skipped('message without a tool call');
  return calls.flatMap((call) => {
    const callId = textOf(call['id']);
    return state.calls.open(callId, {
      format: 'pi',
      clock: 'timestamp',
      ref: record.ref,
      episodeId: state.episodeId,
      callId,
      name: textOf(call['name']) ?? 'unknown',
      arguments: readArguments(call['arguments']),
      start: stamp,
      slack: SESSION_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      cwd: state.cwd,
      trust: 'agent-writable',
    });
  });
}
