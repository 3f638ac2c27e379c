import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import { forgetOldest, SESSION_SLACK, type ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { resultOf } from './result.ts';
import { endedTask } from './tasks.ts';

const LINE_TYPES = /^(?:user|assistant|system|progress|file-history-snapshot|queue-operation|summary|attachment)$/;

/** Claude Code session files, one JSON line a record, in which subagents have files of their own; and what it streams when it prints. */
export const claudeCode: Format = {
  id: 'claude-code',
  title: 'Claude Code session JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    'line `timestamp`, UTC ms: start when the model has finished, before permission; end when the result is written',
  traps: [
    'a forked session begins with the lines of the other one, whose calls are no calls of its own',
    'a background task may start without `run_in_background`, moved there by the user or a timeout',
    'the recorded end of a background call is only the end of its launch',
    'the file lies where the agent can write',
    'the stream has no times: the wrapper that captured it (Docker, CRI, journald), if any, has',
  ],
  claims,
  open: openSession,
};

const STREAM_TYPES = /^(?:user|assistant|system|result|stream_event)$/;

/** What `claude -p --output-format stream-json` prints. */
function isStreamed(json: JsonObject): boolean {
  if (typeof json['session_id'] !== 'string' || !STREAM_TYPES.test(textOf(json['type']) ?? '')) return false;
  return isObject(json['message']) ? 'parent_tool_use_id' in json : 'subtype' in json || 'event' in json;
}

function claims({ json }: SniffRecord): Sniff {
  if (isObject(json) && isStreamed(json)) return yes(0.95, 'streamed line of a session');
  if (!isObject(json) || !LINE_TYPES.test(textOf(json['type']) ?? '')) return no('no session line');
  if (json['type'] === 'file-history-snapshot' && 'messageId' in json) return yes(0.95, 'file history snapshot');
  if (json['type'] === 'summary' && 'leafUuid' in json) return yes(0.95, 'summary line');
  if (typeof json['sessionId'] !== 'string') return no('no sessionId');
  if (json['type'] === 'queue-operation') return yes(0.95, 'queue operation');
  if (Array.isArray(at(json, 'message', 'parts')) || 'systemPayload' in json) return no('Qwen parts');
  if (at(json, 'toolUseResult', 'toolName') !== undefined || /^session-[0-9a-f]{8}-/.test(json['sessionId']))
    return yes(0.5, 'alike, but with marks of a relative');
  return 'uuid' in json && 'parentUuid' in json ? yes(0.95, 'session, uuid and parentUuid') : no('no uuid');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  readonly seen: Map<string, true>;
}

function openSession(): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), seen: new Map() };
  return sessionDecoder(state, read);
}

function read(line: JsonObject, record: RawRecord, state: State): readonly ToolCallEvent[] | Decoded {
  const type = textOf(line['type']);
  const session = textOf(line['sessionId']) ?? textOf(line['session_id']);
  if (type === undefined) return failed('not a session line');
  if (session === undefined || !LINE_TYPES.test(type)) return skipped(type);
  const uuid = textOf(line['uuid']);
  if (uuid !== undefined) {
    if (state.seen.has(uuid)) return skipped('line repeated');
    state.seen.set(uuid, true);
    forgetOldest(state.seen, 200_000);
  }
  const agent = agentOf(line);
  const episodeId = agent === undefined ? session : `${session}/${agent}`;
  const isCopied = isObject(line['forkedFrom']);
  const stamp = isCopied ? undefined : (instantOf(line['timestamp']) ?? seen(record));
  state.episodes.see(
    {
      format: 'claude-code',
      clock: 'timestamp',
      episodeId,
      agent: 'claude-code',
      model: textOf(at(line, 'message', 'model')),
      prompts: humanPrompt(line, record),
    },
    record.ref,
    stamp,
  );
  if (isCopied) return skipped('line copied from the session that was forked');
  if (type === 'assistant') return starts(line, { episodeId, session, agent, stamp, record }, state);
  if (type === 'user') return ends(line, stamp, state);
  const task =
    line['subtype'] === 'task_notification' ? textOf(line['task_id']) : endedTask(notificationOf(line, type));
  return task === undefined ? skipped(type) : state.calls.endBackground(task, stamp);
}

/** A notification that waits for the model, or that was handed to it between two calls. */
function notificationOf(line: JsonObject, type: string): string | undefined {
  return textOf(type === 'attachment' ? at(line, 'attachment', 'prompt') : line['content']);
}

/** A subagent by its own id, or in the stream by the call that began it. */
function agentOf(line: JsonObject): string | undefined {
  return textOf(line['agentId']) ?? textOf(line['parent_tool_use_id']);
}

/** Lines of the stream have no time: when the wrapper that captured them saw the line. */
function seen({ observed }: RawRecord): Instant | undefined {
  return observed === undefined ? undefined : { stamp: { at: observed, zone: 'epoch', stepUs: 1 }, raw: '' };
}

/** What the user typed: no result of a tool, no summary or note that the program wrote, not the words of a parent agent. */
function humanPrompt(line: JsonObject, record: RawRecord): ReturnType<typeof promptsOf> {
  const marked = ['isMeta', 'isSidechain', 'isCompactSummary', 'isVisibleInTranscriptOnly'].some(
    (key) => line[key] === true,
  );
  const content = at(line, 'message', 'content');
  const holdsResult = arrayOf(content).some((block) => at(block, 'type') === 'tool_result');
  if (line['type'] !== 'user' || marked || holdsResult || agentOf(line) !== undefined) return undefined;
  const text = contentText(content);
  return text === undefined || /^\s*<(?:command-|local-command-|bash-|system-reminder|task-notification)/.test(text)
    ? undefined
    : promptsOf(text, record.ref);
}

interface Where {
  readonly episodeId: string;
  readonly session: string;
  readonly agent: string | undefined;
  readonly stamp: Instant | undefined;
  readonly record: RawRecord;
}

function starts(line: JsonObject, where: Where, state: State): readonly ToolCallEvent[] | Decoded {
  const out: ToolCallEvent[] = [];
  let uses = 0;
  for (const block of arrayOf(at(line, 'message', 'content'))) {
    if (!isObject(block) || block['type'] !== 'tool_use') continue;
    uses++;
    const callId = textOf(block['id']);
    out.push(
      ...state.calls.open(callId, {
        format: 'claude-code',
        clock: 'timestamp',
        ref: where.record.ref,
        episodeId: where.episodeId,
        callId,
        name: textOf(block['name']) ?? 'unknown',
        arguments: readArguments(block['input']),
        start: where.stamp,
        slack: SESSION_SLACK,
        executed: 'unknown',
        status: 'incomplete',
        cwd: textOf(line['cwd']),
        agentPath: where.agent === undefined ? undefined : [where.session, where.agent],
        host: where.record.host,
        containerId: where.record.containerId,
        trust: 'agent-writable',
      }),
    );
  }
  return uses === 0 ? skipped('message without a tool call') : out;
}

function ends(line: JsonObject, stamp: Instant | undefined, state: State): readonly ToolCallEvent[] | Decoded {
  const content = at(line, 'message', 'content');
  const out: ToolCallEvent[] = [];
  let results = 0;
  for (const block of arrayOf(content)) {
    if (!isObject(block) || block['type'] !== 'tool_result') continue;
    results++;
    const callId = textOf(block['tool_use_id']);
    if (callId === undefined) continue;
    out.push(...state.calls.endBackground(polledTask(block, state.calls.get(callId)), stamp));
    out.push(...state.calls.close(callId, resultOf(block, line['toolUseResult'] ?? line['tool_use_result'], stamp)));
  }
  if (results > 0) return out;
  const text = contentText(content);
  const task = endedTask(text);
  return task === undefined ? skipped('message without a tool result') : state.calls.endBackground(task, stamp);
}

/** A poll that finds the task finished, or the call that kills it, ends what runs in the background. */
function polledTask(block: JsonObject, call: ToolCallFacts | undefined): string {
  const name = call?.name ?? '';
  const input = call?.arguments?.value;
  const named = textOf(at(input, 'task_id')) ?? textOf(at(input, 'bash_id')) ?? textOf(at(input, 'shell_id')) ?? '';
  if (/^(?:KillShell|KillBash|TaskStop)$/.test(name)) return block['is_error'] === true ? '' : named;
  if (!/^(?:TaskOutput|BashOutput|AgentOutputTool)$/.test(name)) return '';
  return /<status>(?:completed|failed|killed|stopped)<\/status>/.test(contentText(block['content']) ?? '') ? named : '';
}
