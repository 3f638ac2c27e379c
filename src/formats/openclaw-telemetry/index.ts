import { no, skipped, yes } from '../../core/decoded.ts';
import { at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { EpisodeWindows, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

/** OpenClaw telemetry lines. */
export const openclawTelemetry: Format = {
  id: 'openclaw-telemetry',
  title: 'OpenClaw telemetry JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: '`ts`, epoch milliseconds, when the line was written',
  traps: ['calls have no id: starts and ends of one tool in one session pair in order'],
  claims,
  open: () => {
    const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), queues: new Map(), serial: 0 };
    return sessionDecoder(state, read);
  },
};

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  /** Keys of the open calls of one tool in one session, oldest first. */
  readonly queues: Map<string, string[]>;
  serial: number;
}

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || typeof json['ts'] !== 'number' || !('seq' in json)) return no('no seq and ts');
  return /^(?:message|agent|tool|llm|session|gateway)\.\w+$/.test(textOf(json['type']) ?? '')
    ? yes(0.96, 'dotted type with seq and ts')
    : no('other type');
}

/** What starts a session; a subagent's prompt is another agent's words. */
function promptOf(type: string, doc: JsonObject): string | undefined {
  const asked = type === 'agent.start' && !/:subagent:/.test(textOf(doc['sessionKey']) ?? '');
  return asked ? textOf(doc['prompt']) : undefined;
}

function read(doc: JsonObject, record: RawRecord, state: State): readonly Event[] | Decoded {
  const episodeId = textOf(doc['sessionKey']);
  const type = textOf(doc['type']) ?? 'unknown';
  if (episodeId === undefined) return skipped(type);
  const stamp = instantOf(doc['ts']);
  state.episodes.see(
    {
      format: 'openclaw-telemetry',
      clock: 'ts',
      episodeId,
      agent: textOf(doc['agentId']),
      prompts: promptsOf(promptOf(type, doc), record.ref),
    },
    record.ref,
    stamp,
  );
  const name = textOf(doc['toolName']) ?? 'unknown';
  const queueKey = `${episodeId}/${name}`;
  if (type === 'tool.start') {
    const key = `${state.serial++}`;
    state.queues.set(queueKey, [...(state.queues.get(queueKey) ?? []), key]);
    return state.calls.open(key, {
      format: 'openclaw-telemetry',
      clock: 'ts',
      ref: record.ref,
      episodeId,
      callId: textOf(doc['toolCallId']),
      name,
      arguments: readArguments(doc['params']),
      start: stamp,
      slack: SESSION_SLACK,
      executed: 'unknown',
      status: 'incomplete',
      cwd: textOf(at(doc, 'params', 'workdir')),
      trust: 'agent-writable',
    });
  }
  if (type !== 'tool.end') return skipped(type);
  const [key, ...rest] = state.queues.get(queueKey) ?? [];
  state.queues.set(queueKey, rest);
  if (key === undefined) return skipped('end of a call that did not start here');
  return state.calls.close(key, {
    end: stamp,
    executed: 'yes',
    status: doc['success'] === false ? 'failed' : 'completed',
  });
}
