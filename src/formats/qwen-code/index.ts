import { failed, no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { executedThoughCancelled, isCancelled } from '../../core/tools/cancelled.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, SessionCalls, sessionDecoder } from '../../core/tools/session.ts';
import type { Slack, ToolCallFacts } from '../../core/tools/tool-call.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE_TYPES = /^(?:user|assistant|tool_result|system)$/;
/** The call line precedes approval and scan: measured up to 13.9 s before the command. */
const QWEN_SLACK: Slack = { earlyUs: 1_500_000, lateUs: 2_500_000 };
const REFUSED =
  /user did not allow|command injection detected|permission to use .{1,100} but that permission was declined|not found in registry|Tool execution denied/i;
const TIMED_OUT = /^Command timed out after /;
const BACKGROUND_ID = /\b(bg_[0-9a-z]+)\b/;

/** Qwen Code chat files: a Claude-like chain of lines with Gemini parts. */
export const qwenCode: Format = {
  id: 'qwen-code',
  title: 'Qwen Code chat JSONL',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'line `timestamp`, UTC ms: start before approval and scan (up to 14 s early), end when the result is written',
  traps: [
    'parallel shell calls run one after another under one start',
    'a rewind leaves an abandoned branch whose commands did run',
    'the file lies where the agent can write',
  ],
  claims,
  open: openChat,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || !LINE_TYPES.test(textOf(json['type']) ?? '')) return no('no chat line');
  if (!('uuid' in json) || !('parentUuid' in json)) return no('no uuid chain');
  if (Array.isArray(at(json, 'message', 'parts')) || 'systemPayload' in json || 'toolCallResult' in json)
    return yes(0.96, 'uuid chain with message parts');
  return json['type'] === 'system' && typeof json['sessionId'] === 'string'
    ? yes(0.4, 'system line of a uuid chain')
    : no('no parts');
}

interface State {
  readonly calls: SessionCalls;
  readonly episodes: EpisodeWindows;
  session: string | undefined;
}

function openChat(): Decoder {
  const state: State = { calls: new SessionCalls(), episodes: new EpisodeWindows(), session: undefined };
  return sessionDecoder(state, read);
}

function read(line: JsonObject, record: RawRecord, state: State): readonly ToolCallEvent[] | Decoded {
  const type = textOf(line['type']);
  if (type === undefined || !LINE_TYPES.test(type)) return failed('not a chat line');
  state.session = textOf(line['sessionId']) ?? state.session;
  if (state.session === undefined) return skipped('line without a session');
  const agent = textOf(line['agentId']);
  const episodeId = agent === undefined ? state.session : `${state.session}/${agent}`;
  const stamp = instantOf(line['timestamp']);
  state.episodes.see(
    {
      format: 'qwen-code',
      clock: 'timestamp',
      episodeId,
      agent: 'qwen-code',
      model: textOf(line['model']),
      prompts: humanPrompt(line, record),
    },
    record.ref,
    stamp,
  );
  if (type === 'assistant') return starts(line, { episodeId, stamp, record }, state);
  if (type === 'tool_result') return ends(line, stamp, state);
  const subtype = textOf(line['subtype']);
  return subtype === undefined ? skipped(type) : backgroundEnd(line, subtype, stamp, state);
}

/** What the user typed; a subagent's first message is its parent's. */
function humanPrompt(line: JsonObject, record: RawRecord): ReturnType<typeof promptsOf> {
  if (line['type'] !== 'user' || textOf(line['agentId']) !== undefined || line['subtype'] !== undefined)
    return undefined;
  return promptsOf(contentText(at(line, 'message', 'parts')), record.ref);
}

function starts(
  line: JsonObject,
  where: { episodeId: string; stamp: Instant | undefined; record: RawRecord },
  state: State,
): readonly ToolCallEvent[] | Decoded {
  const out: ToolCallEvent[] = [];
  let found = 0;
  for (const part of arrayOf(at(line, 'message', 'parts'))) {
    const call = at(part, 'functionCall');
    if (!isObject(call)) continue;
    found++;
    const callId = textOf(call['id']);
    out.push(
      ...state.calls.open(callId, {
        format: 'qwen-code',
        clock: 'timestamp',
        ref: where.record.ref,
        episodeId: where.episodeId,
        callId,
        name: textOf(call['name']) ?? 'unknown',
        arguments: readArguments(call['args']),
        start: where.stamp,
        slack: QWEN_SLACK,
        executed: 'unknown',
        status: 'incomplete',
        cwd: textOf(at(call, 'args', 'directory')) ?? textOf(line['cwd']),
        host: where.record.host,
        containerId: where.record.containerId,
        trust: 'agent-writable',
      }),
    );
  }
  return found === 0 ? skipped('message without a tool call') : out;
}

function ends(line: JsonObject, end: Instant | undefined, state: State): readonly ToolCallEvent[] | Decoded {
  const out: ToolCallEvent[] = [];
  const status = textOf(at(line, 'toolCallResult', 'status'));
  let found = 0;
  for (const part of arrayOf(at(line, 'message', 'parts'))) {
    const response = at(part, 'functionResponse');
    const callId = textOf(at(response, 'id')) ?? textOf(at(line, 'toolCallResult', 'callId'));
    if (callId === undefined) continue;
    found++;
    out.push(...state.calls.close(callId, { end, ...resultOf(at(response, 'response'), status) }));
  }
  return found === 0 ? skipped('result without a call id') : out;
}

function resultOf(response: unknown, status: string | undefined): Partial<ToolCallFacts> {
  const output = textOf(at(response, 'output')) ?? textOf(at(response, 'error')) ?? '';
  const pgid = numberOf(/^Process Group PGID: (\d+)/m.exec(output)?.[1]);
  const exit = numberOf(/^Exit Code: (\d+)/m.exec(output)?.[1]);
  // What has a process group or an exit code did run, whatever it printed.
  const ran = pgid !== undefined || exit !== undefined;
  const cancelled = !ran && (status === 'cancelled' || isCancelled(output));
  const refused = !ran && !cancelled && REFUSED.test(output.slice(0, 500));
  const handle = /^Background shell/.test(output) ? BACKGROUND_ID.exec(output)?.[1] : undefined;
  const pid = numberOf(/\bpid:? (\d+)/.exec(handle === undefined ? '' : output)?.[1]);
  const children = numberOf(/^Background PIDs: (\d+)/m.exec(output)?.[1]);
  const background =
    handle === undefined
      ? children === undefined
        ? undefined
        : { pid: children }
      : { handle, ...(pid === undefined ? {} : { pid }) };
  return {
    executed: cancelled ? executedThoughCancelled(output) : refused ? 'no' : 'yes',
    status:
      refused || cancelled || status === 'cancelled'
        ? 'cancelled'
        : TIMED_OUT.test(output)
          ? 'timeout'
          : status === 'error' || (exit ?? 0) !== 0
            ? 'failed'
            : 'completed',
    ...(output === '' ? {} : { output }),
    ...(exit === undefined ? {} : { exit }),
    ...(pgid === undefined ? {} : { pid: pgid }),
    ...(background === undefined ? {} : { background }),
  };
}

function backgroundEnd(
  line: JsonObject,
  subtype: string,
  stamp: Instant | undefined,
  state: State,
): readonly ToolCallEvent[] | Decoded {
  if (subtype !== 'notification' && subtype !== 'background_task_completed') return skipped(subtype);
  const text = `${JSON.stringify(line['systemPayload'] ?? '')} ${contentText(at(line, 'message', 'parts')) ?? ''}`;
  const handle = BACKGROUND_ID.exec(text)?.[1];
  return handle === undefined ? skipped(subtype) : state.calls.endBackground(handle, stamp);
}
