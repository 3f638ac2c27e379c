import { no, skipped, yes } from '../../core/decoded.ts';
import { arrayOf, at, isObject, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { readArguments } from '../../core/tools/arguments.ts';
import { taskPrompt } from '../../core/tools/prompts.ts';
import { contentText, EpisodeWindows, fileStem, jsonDecoder, SessionCalls } from '../../core/tools/session.ts';
import { SESSION_SLACK } from '../../core/tools/tool-call.ts';
import type { Event } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const BLOCK = /```(?:mswea_bash_command|bash|sh)\s*\n([\s\S]*?)\n?```/;

/**
 * Filled in for the calls of a batch that have no result: a human rejected them, or one before them ended the batch. The first of them
 * may be the one that did, in the middle of its command. `minisweagent/models/utils/actions_toolcall.py`
 */
const NOT_EXECUTED = 'action was not executed';

/** mini-swe-agent trajectories: stamps of whole batches, of which the first releases have none. */
export const miniSweAgent: Format = {
  id: 'mini-swe-agent',
  title: 'mini-swe-agent trajectory',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock:
    "`extra.timestamp` (version 1: `timestamp`), epoch seconds: the model's answer (start of a batch) and the end of the whole batch",
  traps: ['all calls of a batch share its start, and its end up to 2 s late', 'the first releases hold no time at all'],
  claims,
  open: (context) => jsonDecoder((doc, record) => read(doc, record, context)),
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json) || !Array.isArray(json['messages'])) return no('no messages');
  if (textOf(json['trajectory_format'])?.startsWith('mini-swe-agent')) return yes(0.99, 'trajectory_format');
  const info = json['info'];
  return isObject(info) && ('mini_version' in info || ('model_stats' in info && 'exit_status' in info))
    ? yes(0.9, 'messages with model_stats and exit_status')
    : no('no info');
}

function read(doc: JsonObject, record: RawRecord, context: DecodeContext): readonly Event[] | Decoded {
  const messages = arrayOf(doc['messages']).filter(isObject);
  if (messages.length === 0) return skipped('no messages');
  const episodeId = textOf(doc['instance_id']) ?? fileStem(context.path);
  const prompts = taskPrompt(messages, record.ref);
  const calls = new SessionCalls();
  const episodes = new EpisodeWindows();
  const out: Event[] = [];
  const base = { episodeId, record, calls };
  let open: readonly string[] = [];
  for (const message of messages) {
    const stamp = instantOf(at(message, 'extra', 'timestamp') ?? message['timestamp']);
    episodes.see({ ...describe(doc, episodeId), prompts }, record.ref, stamp);
    if (isAnswer(message)) open = startBatch(message, stamp, base, out);
    else out.push(...endOf(message, stamp, open, calls));
  }
  out.push(...calls.flush(), ...episodes.flush());
  return out;
}

/** A model's answer, which the Responses API gives no role, or a command that a human gave in its place. */
function isAnswer(message: JsonObject): boolean {
  const isModel = message['role'] === 'assistant' || message['object'] === 'response';
  return isModel || arrayOf(at(message, 'extra', 'actions')).length > 0;
}

function describe(doc: JsonObject, episodeId: string): Parameters<EpisodeWindows['see']>[0] {
  return {
    format: 'mini-swe-agent',
    clock: 'extra.timestamp',
    episodeId,
    agent: 'mini-swe-agent',
    model: textOf(at(doc, 'info', 'config', 'model', 'model_name')),
    outcome: textOf(at(doc, 'info', 'exit_status')),
  };
}

interface Base {
  readonly episodeId: string;
  readonly record: RawRecord;
  readonly calls: SessionCalls;
}

/** Opens the calls of one answer; their keys, in order. */
function startBatch(message: JsonObject, start: Instant | undefined, base: Base, out: Event[]): readonly string[] {
  const actions = arrayOf(at(message, 'extra', 'actions')).filter(isObject);
  const block = actions.length > 0 ? undefined : BLOCK.exec(contentText(message['content']) ?? '')?.[1];
  const found = block === undefined ? actions : [{ command: block.trim() }];
  return found.map((action, i) => {
    const callId = textOf(at(action, 'tool_call_id'));
    const key = callId ?? `batch-${i}`;
    const event = base.calls.open(key, {
      format: 'mini-swe-agent',
      clock: 'extra.timestamp',
      ref: base.record.ref,
      episodeId: base.episodeId,
      callId,
      name: 'bash',
      arguments: readArguments({ command: at(action, 'command') ?? at(action, 'action') }),
      start,
      endBasis: 'batch-end',
      slack: SESSION_SLACK,
      executed: 'yes',
      trust: 'outside',
    });
    out.push(...event);
    return key;
  });
}

function endOf(
  message: JsonObject,
  end: Instant | undefined,
  open: readonly string[],
  calls: SessionCalls,
): readonly Event[] {
  const own = textOf(message['tool_call_id']) ?? textOf(message['call_id']);
  const keys = own === undefined ? open.filter((key) => key.startsWith('batch-')) : [own];
  const exit =
    numberOf(at(message, 'extra', 'returncode')) ??
    numberOf(/^<returncode>(-?\d+)/.exec(contentText(message['content'] ?? message['output']) ?? '')?.[1]);
  const output = textOf(at(message, 'extra', 'raw_output'));
  const failure = textOf(at(message, 'extra', 'exception_info'));
  const timeout = failure !== undefined && /timed? ?out/i.test(failure);
  if (failure === NOT_EXECUTED) return keys.flatMap((key) => notExecuted(key, end, open, calls));
  return keys.flatMap((key) =>
    calls.close(key, {
      end,
      status: timeout ? 'timeout' : (exit ?? 0) === 0 ? 'completed' : 'failed',
      ...(exit === undefined ? {} : { exit }),
      ...(output === undefined ? {} : { output }),
    }),
  );
}

/** What stands behind it in its batch never began. */
function notExecuted(
  key: string,
  end: Instant | undefined,
  open: readonly string[],
  calls: SessionCalls,
): readonly Event[] {
  for (const later of open.slice(open.indexOf(key) + 1)) calls.update(later, { executed: 'no' });
  const executed = calls.get(key)?.executed === 'no' ? 'no' : 'unknown';
  return calls.close(key, { end, executed, status: 'cancelled' });
}
