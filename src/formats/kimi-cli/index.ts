import { no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { endedTask, startedTask } from './tasks.ts';
import { isWireMessage, readMessage, type State } from './wire.ts';

const TYPES =
  /^(?:metadata|config\.\w+|tools\.\w+|turn\.\w+|context\.\w+|llm\.\w+|usage\.record|permission\.\w+|plan_mode\.\w+|full_compaction\.\w+)$/;

/** Kimi CLI wire files. */
export const kimiCli: Format = {
  id: 'kimi-cli',
  title: 'Kimi CLI wire JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'line `time`, epoch milliseconds: the call before its approval, the result when it came back',
  traps: [
    'call ids such as `Bash_0` start again in another file',
    'a command in the background runs on behind its result, until a notification names its task',
    'the file lies where the agent can write',
  ],
  claims,
  open: (context) => {
    const state: State = {
      calls: new SessionCalls(),
      episodes: new EpisodeWindows(),
      episodeId: sessionOf(context),
      asked: new Map(),
      written: undefined,
    };
    return sessionDecoder(state, read);
  },
};

/** `sessions/<folder>/<session>/wire.jsonl` (newer: `<session>/agents/<agent>/wire.jsonl`) is named by its session. */
function sessionOf(context: DecodeContext): string {
  return /([^/]+)\/(?:agents\/[^/]+\/)?(?:wire|context)\.jsonl$/.exec(context.path)?.[1] ?? fileStem(context.path);
}

function claims({ json }: SniffRecord): Sniff {
  if (isObject(json) && isWireMessage(json)) return yes(0.95, 'wire message with timestamp');
  if (!isObject(json) || !TYPES.test(textOf(json['type']) ?? '')) return no('no wire line');
  return typeof json['time'] === 'number' || 'protocol_version' in json
    ? yes(0.95, 'wire type with time')
    : no('no time');
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  if (isWireMessage(doc)) return readMessage(doc, record, state);
  const { episodeId } = state;
  const stamp = instantOf(doc['time'] ?? doc['created_at']);
  const model = textOf(doc['modelAlias']) ?? textOf(doc['model']);
  const type = textOf(doc['type']) ?? 'unknown';
  const typed = type === 'turn.prompt' && at(doc, 'origin', 'kind') === 'user' ? doc['input'] : undefined;
  const prompts = promptsOf(contentText(typed), record.ref);
  state.episodes.see(
    { format: 'kimi-cli', clock: 'time', episodeId, agent: 'kimi-cli', model, prompts },
    record.ref,
    stamp,
  );
  if (type === 'permission.record_approval_result') {
    const verdict =
      textOf(at(doc, 'result', 'decision')) ?? textOf(at(doc, 'result', 'status')) ?? textOf(doc['result']) ?? '';
    // Cancelled here is what was never approved.
    if (/reject|den|cancel/i.test(verdict))
      state.calls.update(textOf(doc['toolCallId']) ?? '', { executed: 'no', status: 'cancelled' });
    return skipped(type);
  }
  const ended = endedTask(doc);
  if (ended !== undefined) return state.calls.endBackground(ended, stamp);
  const event = doc['event'];
  const callId = textOf(at(event, 'toolCallId'));
  if (!isObject(event) || callId === undefined) return skipped(type);
  if (event['type'] === 'tool.call') {
    const args = readArguments(event['args']);
    return state.calls.open(callId, {
      format: 'kimi-cli',
      clock: 'time',
      ref: record.ref,
      episodeId,
      callId,
      name: textOf(event['name']) ?? 'unknown',
      arguments: args,
      start: stamp,
      slack: SESSION_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      cwd: textOf(at(event, 'display', 'cwd')),
      trust: 'agent-writable',
    });
  }
  if (event['type'] !== 'tool.result') return skipped(textOf(event['type']) ?? type);
  const output = contentText(at(event, 'result', 'output'));
  const refused = state.calls.get(callId)?.executed === 'no';
  const failure = at(event, 'result', 'isError') === true;
  const handle = startedTask(output);
  return state.calls.close(callId, {
    end: stamp,
    ...(handle === undefined ? {} : { background: { handle } }),
    ...(refused ? {} : { executed: 'yes' as const, status: failure ? ('failed' as const) : ('completed' as const) }),
    ...(output === undefined ? {} : { output }),
  });
}
