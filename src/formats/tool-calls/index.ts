import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { FieldMap, type FieldName, type Fields } from '../../core/tables/fields.ts';
import { RowReader, sniffRows, unwrapRows } from '../../core/tables/rows.ts';
import { type Instant, instantOf, shifted } from '../../core/time/instant.ts';
import { commandText, readArguments, type ToolArguments } from '../../core/tools/arguments.ts';
import { promptsOf } from '../../core/tools/prompts.ts';
import {
  BACKGROUND_UNKNOWN,
  CallCounter,
  episodeEvent,
  forgetOldest,
  SPAN_SLACK,
  toolCallEvent,
  withoutBounds,
} from '../../core/tools/tool-call.ts';
import type { EpisodeEvent, Event, ToolCallEvent } from '../../model/event.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord, SourceRef } from '../../model/source.ts';
import { type CallRow, Phases } from './phases.ts';

const FIELDS = new FieldMap([
  'episode',
  'sandbox',
  'container',
  'host',
  'start',
  'end',
  'durationMs',
  'durationS',
  'tool',
  'callId',
  'command',
  'arguments',
  'output',
  'exit',
  'status',
  'background',
  'cwd',
  'pid',
  'step',
  'trainStep',
  'run',
  'group',
  'attempt',
  'reward',
  'task',
  'prompt',
  'agent',
  'model',
]);
/** Column names that only tables of tool calls have; `name`, `id` and `time` stand in any log. */
const TELLING = /tool|call_?id|episode|traj|rollout|^cmd$|^command$|^argv$/i;
const WRAPPERS = ['tool_calls', 'toolCalls', 'calls', 'rows', 'records', 'data'];
const EPISODES_REMEMBERED = 100_000;

/** The plainest trace anybody can write: one tool call a row, as CSV, JSON lines or a JSON array. See docs/tables.md. */
export const toolCalls: Format = {
  id: 'tool-calls',
  title: 'tool-call table (CSV, JSON lines, JSON)',
  roles: ['tool-call', 'episode'],
  framing: 'auto',
  status: 'real',
  clock: 'ISO stamps or epoch numbers (s, ms, us, ns) of the host that ran the call; a host column splits the clocks',
  traps: [
    'a log of events has a row where a call begins and one where it ends: they are one call',
    'one table often mixes rows of hosts with different clocks without naming the host',
    'the recorded end is not the end of children left in the background',
    'long commands may be cut by the writer',
  ],
  claims,
  sniff: (sample) => sniffRows(sample, scoreNames, claims),
  open: openTable,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not a row');
  const [row] = unwrapRows(json, WRAPPERS);
  if (row === undefined) return no('no rows');
  if ('resourceSpans' in row || 'messages' in row || 'steps' in row) return no('nested trace');
  return scoreNames(Object.keys(row));
}

function scoreNames(names: readonly string[]): Sniff {
  const known = FIELDS.known(names);
  const has = (...fields: readonly FieldName[]): boolean => fields.some((field) => known.has(field));
  const isTelling = (): boolean => names.some((name) => TELLING.test(name));
  if (!has('start') && has('episode') && has('reward') && has('trainStep', 'group') && isTelling())
    return yes(0.7, "a trainer's row: episode, reward, and its group or step");
  if (!has('start') || !has('episode', 'sandbox')) return no('needs an episode or sandbox, and a start');
  if (has('tool') && has('command', 'arguments')) {
    return isTelling()
      ? yes(0.9, 'row with episode or sandbox, tool, command and start')
      : yes(0.5, 'like a tool call, under names that logs of other kinds have too');
  }
  if (['command', 'cmd', 'argv'].some((name) => names.includes(name)))
    return yes(0.8, 'row with episode or sandbox, command and start');
  if (has('episode') && has('end') && has('reward', 'task') && !has('tool'))
    return yes(0.7, 'episode row with start and end');
  return no('neither a command nor an episode row');
}

function openTable(context: DecodeContext, held?: unknown): Decoder {
  const rows = new RowReader((names) => scoreNames(names).score > 0);
  const state: State = {
    zone: context.zoneOffsetMin,
    calls: new CallCounter(),
    seen: new Map(),
    phases: new Phases(isOpenCalls(held) ? held : undefined),
  };
  return {
    decode: (record) => decode(record, rows, state),
    flush: () => state.phases.flush().flatMap((row) => callsOf(row, state)),
    held: () => state.phases.open,
  };
}

const isOpenCalls = (held: unknown): held is ReadonlyMap<string, CallRow> => held instanceof Map;

interface State {
  readonly zone: number;
  readonly calls: CallCounter;
  /** Episodes already described, by what was said about them. */
  readonly seen: Map<string, Said>;
  readonly phases: Phases;
}

function decode(record: RawRecord, rows: RowReader, state: State): Decoded {
  const read = rows.read(record);
  if (read.is === 'bad') return failed('neither JSON nor a row under a known header');
  if (read.is !== 'row') return read.is === 'held' ? decoded() : skipped(read.is);
  const events: Event[] = [];
  let isHeld = false;
  for (const row of unwrapRows(read.row, WRAPPERS)) {
    const fields = FIELDS.read(row);
    const whole = state.phases.read(row, { fields, ref: read.ref, record });
    isHeld ||= whole.length === 0;
    events.push(...episodesOf(fields, read.ref, state), ...whole.flatMap((one) => callsOf(one, state)));
  }
  return events.length > 0 || isHeld ? decoded(...events) : failed('names neither an episode nor a sandbox');
}

function episodeOf(fields: Fields): string | undefined {
  return textOf(fields.episode) ?? textOf(fields.sandbox) ?? textOf(fields.container);
}

function callsOf({ fields, ref, record }: CallRow, state: State): readonly ToolCallEvent[] {
  const episodeId = episodeOf(fields);
  if (episodeId === undefined || !isCall(fields)) return [];
  const host = textOf(fields.host) ?? record.host;
  const name = textOf(fields.tool) ?? 'shell';
  const args = argumentsOf(fields);
  const { start, end, startBasis, endBasis } = boundsOf(fields, state.zone);
  return [
    toolCallEvent({
      format: 'tool-calls',
      clock: clockOf(fields),
      ref,
      host,
      episodeId,
      index: state.calls.next(episodeId),
      callId: textOf(fields.callId),
      name,
      command: commandIn(fields),
      arguments: args,
      start,
      end,
      startBasis,
      endBasis,
      slack: SPAN_SLACK,
      executed: executedOf(textOf(fields.status)),
      status: statusOf(textOf(fields.status)),
      exit: numberOf(fields.exit),
      output: textOf(fields.output),
      background: isTrue(fields.background) ? BACKGROUND_UNKNOWN : undefined,
      cwd: textOf(fields.cwd),
      sandboxId: textOf(fields.sandbox),
      containerId: textOf(fields.container) ?? record.containerId,
      pid: numberOf(fields.pid),
      step: numberOf(fields.step),
      trust: 'outside',
      observed: record.observed,
    }),
  ];
}

function isCall(fields: Fields): boolean {
  return fields.tool !== undefined || fields.command !== undefined || fields.arguments !== undefined;
}

/** `start@host`: one table holds rows of hosts whose clocks differ. */
function clockOf(fields: Fields): string {
  const host = textOf(fields.host);
  return host === undefined ? 'start' : `start@${host}`;
}

/** A command column holds the text itself, an argv (in cells as JSON), or JSON arguments that hold it. */
function commandIn(fields: Fields): string | undefined {
  const text = textOf(fields.command);
  if (text === undefined) return commandText(fields.command);
  if (/^\s*\[\s*"/.test(text)) return commandText(tryJson(text));
  return /^\s*\{\s*"/.test(text) ? undefined : text;
}

function argumentsOf(fields: Fields): ToolArguments | undefined {
  if (fields.arguments !== undefined) return readArguments(fields.arguments);
  return commandIn(fields) === undefined ? readArguments(fields.command) : undefined;
}

interface Bounds {
  readonly start: Instant | undefined;
  readonly end: Instant | undefined;
  readonly startBasis?: 'end-minus-duration';
  readonly endBasis?: 'inferred';
}

function boundsOf(fields: Fields, zone: number): Bounds {
  const start = instantOf(fields.start, zone);
  const end = instantOf(fields.end, zone);
  const ms = numberOf(fields.durationMs) ?? scaled(numberOf(fields.durationS));
  if (ms === undefined || (start !== undefined && end !== undefined)) return { start, end };
  if (start !== undefined) return { start, end: shifted(start, ms * 1000), endBasis: 'inferred' };
  if (end !== undefined) return { start: shifted(end, -ms * 1000), end, startBasis: 'end-minus-duration' };
  return { start, end };
}

function scaled(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(true|1|yes)$/i.test(value));
}

function executedOf(status: string | undefined): ToolCallEvent['executed'] {
  if (status === undefined) return 'yes';
  if (/reject|denied|blocked|not[ _-]?executed|skipped/i.test(status)) return 'no';
  return /cancel|abort|interrupt/i.test(status) ? 'unknown' : 'yes';
}

function statusOf(status: string | undefined): ToolCallEvent['status'] {
  if (status === undefined) return undefined;
  if (/^(ok|success|succeeded|completed?|done|passed)$/i.test(status)) return 'completed';
  if (/time[ _-]?out|timed/i.test(status)) return 'timeout';
  if (/cancel|abort|reject|denied|blocked/i.test(status)) return 'cancelled';
  if (/fail|error/i.test(status)) return 'failed';
  return /running|pending|incomplete/i.test(status) ? 'incomplete' : undefined;
}

/** What a row says about its episode. */
interface Said {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly prompt: string | undefined;
}

const NOTHING: Said = { facts: {}, prompt: undefined };

/** One event per episode and per new fact about it: tool-call rows repeat the same facts. */
function episodesOf(fields: Fields, ref: SourceRef, state: State): readonly EpisodeEvent[] {
  const episodeId = textOf(fields.episode);
  if (episodeId === undefined) return [];
  const call = isCall(fields);
  const facts = {
    run: textOf(fields.run),
    group: textOf(fields.group),
    step: numberOf(fields.trainStep) ?? (call ? undefined : numberOf(fields.step)),
    attempt: textOf(fields.attempt),
    reward: numberOf(fields.reward),
    task: textOf(fields.task),
    agent: textOf(fields.agent),
    model: textOf(fields.model),
    sandboxId: textOf(fields.sandbox),
    containerId: textOf(fields.container),
  };
  const prompts = promptsOf(textOf(fields.prompt), ref);
  const prompt = prompts?.[0]?.text;
  const before = state.seen.get(episodeId) ?? NOTHING;
  if (call && [NOTHING, before].some((said) => prompt === said.prompt && isSame(facts, said.facts))) return [];
  state.seen.set(episodeId, { facts, prompt });
  forgetOldest(state.seen, EPISODES_REMEMBERED);
  const start = instantOf(fields.start, state.zone);
  const end = instantOf(fields.end, state.zone);
  const event = episodeEvent({
    format: 'tool-calls',
    clock: clockOf(fields),
    ref,
    episodeId,
    ...facts,
    prompts,
    start,
    end,
  });
  return [call ? withoutBounds(event) : event];
}

function isSame(facts: Said['facts'], before: Said['facts']): boolean {
  for (const key in facts) if (facts[key] !== before[key]) return false;
  return true;
}
