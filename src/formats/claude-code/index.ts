import { readArguments } from '../../core/arguments.ts';
import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { type Instant, instantOf } from '../../core/instant.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json.ts';
import { promptsOf } from '../../core/prompts.ts';
import { contentText, EpisodeWindows, jsonDecoder, SessionCalls } from '../../core/session.ts';
import { forgetOldest, SESSION_SLACK, type ToolCallFacts } from '../../core/tool-call.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE_TYPES = /^(?:user|assistant|system|progress|file-history-snapshot|queue-operation|summary|attachment)$/;
/** Nobody ran it: the user, a rule, a hook or the program itself said no. */
const REFUSED = new RegExp(
  [
    "user doesn't want to (?:proceed|take this action)",
    'was rejected',
    "requested permissions? to .*you haven't granted",
    'Permission to use \\S+ .*(?:has been )?denied',
    'Permission for this action has been denied',
    'requires? approval',
    'was blocked(?: by a deny rule|\\. For security, Claude Code may only)',
    'hook (?:error|blocked)',
    'Blocked by hook',
    'stopped by \\w+ hook',
    'No such tool available',
    'InputValidationError',
    'tool_use_error',
  ].join('|'),
  'i',
);
const TASK_ID = /<task-id>([^<]+)<\/task-id>/;

/** Claude Code session files, one JSON line a record; subagents have files of their own. */
export const claudeCode: Format = {
  id: 'claude-code',
  title: 'Claude Code session JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    'line `timestamp`, UTC ms: start when the model has finished, before permission; end when the result is written',
  traps: [
    'a background task may start without `run_in_background`, moved there by the user or a timeout',
    'the recorded end of a background call is only the end of its launch',
    'the file lies where the agent can write',
  ],
  claims,
  open: openSession,
};

function claims({ json }: SniffRecord): Sniff {
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
  return jsonDecoder(
    (line, record) => read(line, record, state),
    () => [...state.calls.flush(), ...state.episodes.flush()],
  );
}

function read(line: JsonObject, record: RawRecord, state: State): readonly ToolCallEvent[] | Decoded {
  const type = textOf(line['type']);
  const session = textOf(line['sessionId']);
  if (type === undefined) return failed('not a session line');
  if (session === undefined || !LINE_TYPES.test(type)) return skipped(type);
  const uuid = textOf(line['uuid']);
  if (uuid !== undefined) {
    if (state.seen.has(uuid)) return skipped('line repeated');
    state.seen.set(uuid, true);
    forgetOldest(state.seen, 200_000);
  }
  const agent = textOf(line['agentId']);
  const episodeId = agent === undefined ? session : `${session}/${agent}`;
  const stamp = instantOf(line['timestamp']);
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
  if (type === 'assistant') return starts(line, { episodeId, session, agent, stamp, record }, state);
  if (type === 'user') return ends(line, stamp, state);
  if (type === 'queue-operation') return taskEnd(textOf(line['content']), stamp, state);
  return skipped(type);
}

/** What the user typed: no result of a tool, no summary or note that the program wrote, not the words of a parent agent. */
function humanPrompt(line: JsonObject, record: RawRecord): ReturnType<typeof promptsOf> {
  const marked = ['isMeta', 'isSidechain', 'isCompactSummary', 'isVisibleInTranscriptOnly'].some(
    (key) => line[key] === true,
  );
  const content = at(line, 'message', 'content');
  const holdsResult = arrayOf(content).some((block) => at(block, 'type') === 'tool_result');
  if (line['type'] !== 'user' || marked || holdsResult || textOf(line['agentId']) !== undefined) return undefined;
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
    out.push(...state.calls.close(callId, resultOf(block, line['toolUseResult'], stamp)));
  }
  if (results > 0) return out;
  const text = contentText(content);
  return text !== undefined && TASK_ID.test(text)
    ? taskEnd(text, stamp, state)
    : skipped('message without a tool result');
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

/** Taken back when a call beside it failed, or by the user: nobody says whether it had begun. */
const TAKEN_BACK =
  /^(?:<tool_use_error>)?(?:Sibling tool call errored|Cancelled: parallel tool call|\[Request interrupted by user for tool use\])/;

function resultOf(block: JsonObject, detail: unknown, end: Instant | undefined): Parameters<SessionCalls['close']>[1] {
  const output = contentText(block['content']);
  const failedCall = block['is_error'] === true;
  const exit = numberOf(/^(?:Error: )?Exit code (\d+)/.exec(output ?? '')?.[1]);
  const takenBack = TAKEN_BACK.test(output ?? '');
  // What has an exit code did run, whatever it printed.
  const refused = failedCall && exit === undefined && !takenBack && REFUSED.test(output?.slice(0, 2000) ?? '');
  const handle =
    textOf(at(detail, 'backgroundTaskId')) ??
    /^Command running in background with ID: (\S+?)\.?(?:\s|$)/.exec(output ?? '')?.[1];
  return {
    end,
    executed: refused ? 'no' : takenBack ? 'unknown' : 'yes',
    status: refused
      ? 'cancelled'
      : at(detail, 'interrupted') === true
        ? 'timeout'
        : failedCall
          ? 'failed'
          : 'completed',
    ...(output === undefined ? {} : { output }),
    ...(exit === undefined ? {} : { exit }),
    ...(handle === undefined ? {} : { background: { handle } }),
  };
}

function taskEnd(
  text: string | undefined,
  stamp: Instant | undefined,
  state: State,
): readonly ToolCallEvent[] | Decoded {
  const handle = TASK_ID.exec(text ?? '')?.[1];
  return handle === undefined ? skipped('queue-operation') : state.calls.endBackground(handle, stamp);
}
