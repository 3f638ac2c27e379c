import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { at, compact, isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { eventTime, parseEpoch, parseIso } from '../../core/time/time.ts';
import { callEvent, modelCall, sandboxOfPath } from '../../core/tools/model-calls.ts';
import { countingCalls } from '../../core/tools/tool-call.ts';
import { wordTable } from '../../core/word-table.ts';
import type { EpisodeEvent, StartBasis, ToolCallEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';

const EVENT = /^(gemini_cli|qwen-code|qwen_code|iflow_cli)\.(\w+)$/;
const AGENTS = wordTable<string>({ gemini_cli: 'gemini-cli', iflow_cli: 'iflow-cli' });

/** Telemetry file of gemini-cli, qwen-code and iFlow CLI: pretty-printed objects, one after the other. */
export const geminiTelemetry: Format = {
  id: 'gemini-telemetry',
  title: 'gemini-cli, qwen-code and iFlow telemetry',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'documented',
  clock:
    '`start_time`/`end_time` epoch ms (start includes the wait for approval); else `event.timestamp`, written at the end, minus `duration_ms`',
  traps: [
    'concatenated pretty-printed JSON; logs, spans and metrics are mixed',
    'no tool-call id; arguments only when prompts are logged',
    'for parallel calls `event.timestamp` is the end of the batch',
    'a rejected call did not run',
  ],
  claims,
  open: (context) => {
    const sessions = new Set<string>();
    return countingCalls((record, index) => decode(record, { context, sessions, index }));
  },
};

function claims({ json }: SniffRecord): Sniff {
  if (EVENT.test(textOf(at(json, 'attributes', 'event.name')) ?? ''))
    return yes(0.98, 'event.name of the gemini lineage');
  const lineage = /"service\.name"[,:\s[{"a-zA-Z]*"(?:gemini-cli|qwen-code|iflow-cli)"/;
  const other = isObject(json) && ['scopeMetrics', 'hrTime', 'spanContext', 'traceId'].some((key) => key in json);
  return other && lineage.test(JSON.stringify(at(json, 'resource') ?? ''))
    ? yes(0.9, 'SDK object of the gemini lineage')
    : no('no event of the gemini lineage');
}

interface State {
  readonly context: DecodeContext;
  readonly sessions: Set<string>;
  readonly index: number;
}

function decode(record: RawRecord, state: State): Decoded {
  const json = tryJson(record.text);
  if (!isObject(json)) return failed('not JSON');
  const attributes = json['attributes'];
  const name = EVENT.exec(textOf(at(attributes, 'event.name')) ?? '');
  if (name === null) return skipped('span, metric or foreign record');
  const sessionId = textOf(at(attributes, 'session.id')) ?? textOf(at(attributes, 'sessionId'));
  if (sessionId === undefined) return skipped('no session id');
  const lineage = name[1] ?? '';
  const agent = AGENTS[lineage] ?? 'qwen-code';
  const sandboxId = sandboxOfPath(state.context);
  const episode = state.sessions.has(sessionId) ? [] : [episodeOf(attributes, { sessionId, agent, sandboxId, record })];
  state.sessions.add(sessionId);
  if (name[2] !== 'tool_call') return episode.length > 0 ? decoded(...episode) : skipped(`event ${name[2]}`);
  const call = toolCall(attributes, { sessionId, sandboxId, record, index: state.index });
  return call === undefined ? failed('tool call without a name') : decoded(...episode, call);
}

interface Origin {
  readonly sessionId: string;
  readonly sandboxId: string | undefined;
  readonly record: RawRecord;
}

function episodeOf(
  attributes: unknown,
  { sessionId, agent, sandboxId, record }: Origin & { agent: string },
): EpisodeEvent {
  const raw = textOf(at(attributes, 'event.timestamp')) ?? '';
  const stamp = parseIso(raw) ?? { at: 0 as Micros, zone: 'assumed' as const, stepUs: 1 };
  return compact({
    kind: 'episode' as const,
    format: 'gemini-telemetry',
    clock: 'event.timestamp',
    time: eventTime(stamp, { raw, basis: raw === '' ? 'none' : 'emit' }),
    ref: record.ref,
    episodeId: sessionId,
    agent,
    model: textOf(at(attributes, 'model')),
    sandboxId,
    aliases: aliasesOf(sessionId, agent, sandboxId),
  });
}

/** The transcript of iFlow names the same session `session-<uuid>`. */
function aliasesOf(sessionId: string, agent: string, sandboxId: string | undefined): readonly string[] | undefined {
  const aliases: string[] = [];
  if (agent === 'iflow-cli' && !sessionId.startsWith('session-')) aliases.push(`session-${sessionId}`);
  if (sandboxId !== undefined) aliases.push(`sandbox:${sandboxId}`);
  return aliases.length > 0 ? aliases : undefined;
}

interface Window {
  readonly start: Micros | undefined;
  readonly end: Micros | undefined;
  readonly startBasis: StartBasis;
}

function windowOf(attributes: unknown): Window {
  const start = parseEpoch(textOf(at(attributes, 'start_time')) ?? '')?.at;
  const stated = parseEpoch(textOf(at(attributes, 'end_time')) ?? '')?.at;
  const end = stated ?? parseIso(textOf(at(attributes, 'event.timestamp')) ?? '')?.at;
  if (start !== undefined) return { start, end, startBasis: 'recorded' };
  const duration = numberOf(at(attributes, 'duration_ms'));
  if (end === undefined || duration === undefined) return { start: undefined, end, startBasis: 'none' };
  return { start: (end - Math.round(duration * 1000)) as Micros, end, startBasis: 'end-minus-duration' };
}

function toolCall(
  attributes: unknown,
  { sessionId, sandboxId, record, index }: Origin & { index: number },
): ToolCallEvent | undefined {
  const name = textOf(at(attributes, 'function_name'));
  if (name === undefined) return undefined;
  const { start, end, startBasis } = windowOf(attributes);
  const rejected = /reject|cancel/.test(textOf(at(attributes, 'decision')) ?? '');
  const success = at(attributes, 'success');
  const exact = startBasis === 'recorded';
  const call = modelCall(textOf(at(attributes, 'call_id')), name, at(attributes, 'function_args'));
  return callEvent(call, {
    format: 'gemini-telemetry',
    clock: exact ? 'start_time' : 'event.timestamp',
    ref: record.ref,
    episodeId: sessionId,
    index,
    trust: 'agent-writable',
    executed: rejected ? 'no' : success === undefined ? 'unknown' : 'yes',
    status: rejected
      ? 'cancelled'
      : success === true || success === 'true'
        ? 'completed'
        : success === undefined
          ? undefined
          : 'failed',
    startBasis,
    endBasis: end === undefined ? 'none' : exact ? 'recorded' : 'batch-end',
    start,
    end,
    slack: exact ? { earlyUs: 50_000, lateUs: 100_000 } : { earlyUs: 1_000_000, lateUs: 1_200_000 },
    sandboxId,
  });
}
