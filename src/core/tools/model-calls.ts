import type { EndBasis, StartBasis, ToolCallEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import type { SourceRef } from '../../model/source.ts';
import type { EventTime, Micros } from '../../model/time.ts';
import { arrayOf, at, compact, isObject, textOf, tryJson } from '../json/json.ts';

/** A tool call as a model asked for it. */
export interface ModelCall {
  readonly id?: string;
  readonly name: string;
  readonly argumentsText?: string;
  readonly command?: string;
}

/** No shorter id has an epoch: the sign before it, and what follows. */
export const SHORTEST_WITH_EPOCH = 1 + 13 + 2;
const ID_EPOCH = /[_-](1[5-9]\d{11}|2\d{12})[_-][0-9a-f]+$/;

/** Instant inside an id of the form `{name}_{epoch ms}_{n}` (older: `{name}-{epoch ms}-{hex}`), taken where the model's text was parsed. */
export function idEpoch(id: string | undefined): Micros | undefined {
  const ms = id === undefined ? undefined : ID_EPOCH.exec(id)?.[1];
  return ms === undefined ? undefined : ((Number(ms) * 1000) as Micros);
}

/** Shell or code text among the arguments of a call. */
function shellText(args: unknown): string | undefined {
  for (const key of ['command', 'cmd', 'script', 'code', 'input']) {
    const value = at(args, key);
    if (typeof value === 'string' && value !== '') return value;
    if (Array.isArray(value) && value.length > 0 && value.every((part) => typeof part === 'string'))
      return value.join(' ');
  }
  return undefined;
}

export function modelCall(id: string | undefined, name: string, args: unknown): ModelCall {
  const argumentsText = typeof args === 'string' ? args : args === undefined ? undefined : JSON.stringify(args);
  const value = typeof args === 'string' ? tryJson(args) : args;
  return compact({ id, name, argumentsText, command: shellText(value) });
}

/**
 * Calls of one assistant message: OpenAI's `tool_calls` (also without `function` around name and arguments, or each as JSON text) and
 * `function_call`, Anthropic's `tool_use` blocks, Bedrock's `toolUse` blocks.
 */
export function messageCalls(message: unknown): readonly ModelCall[] {
  const listed = listIn(at(message, 'tool_calls')).map((call) => (typeof call === 'string' ? tryJson(call) : call));
  const single = at(message, 'function_call');
  const used = arrayOf(at(message, 'content')).flatMap((part) => {
    const bedrock = at(part, 'toolUse');
    return isObject(bedrock) ? [bedrock] : at(part, 'type') === 'tool_use' ? [part] : [];
  });
  return [...listed, ...(isObject(single) ? [single] : []), ...used].flatMap((call) => {
    const asked = at(call, 'function') ?? call;
    const name = textOf(at(asked, 'name'));
    if (name === undefined) return [];
    const id = textOf(at(call, 'id') ?? at(call, 'toolUseId'));
    return [modelCall(id, name, at(asked, 'arguments') ?? at(call, 'input') ?? at(call, 'args'))];
  });
}

/** Columns of tables keep a list as JSON text. */
function listIn(value: unknown): readonly unknown[] {
  return arrayOf(typeof value === 'string' && /^\s*\[/.test(value) ? tryJson(value) : value);
}

/** Calls of all choices of a chat completion. */
export function completionCalls(completion: unknown): readonly ModelCall[] {
  return arrayOf(at(completion, 'choices')).flatMap((choice) => messageCalls(at(choice, 'message')));
}

/** Tool results by call id: messages with role `tool`, Anthropic's `tool_result` and Bedrock's `toolResult` blocks. */
export function toolResults(messages: unknown): ReadonlyMap<string, string> {
  const results = new Map<string, string>();
  for (const message of arrayOf(messages)) {
    const id = at(message, 'role') === 'tool' ? textOf(at(message, 'tool_call_id') ?? at(message, 'id')) : undefined;
    if (id !== undefined) results.set(id, contentText(at(message, 'content')));
    for (const part of arrayOf(at(message, 'content'))) {
      const result = at(part, 'toolResult') ?? (at(part, 'type') === 'tool_result' ? part : undefined);
      const used = textOf(at(result, 'tool_use_id') ?? at(result, 'toolUseId'));
      if (used !== undefined) results.set(used, contentText(at(result, 'content')));
    }
  }
  return results;
}

/** Text of a message's content: a string, or the text parts of a list. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  return arrayOf(content)
    .map((part) => (typeof part === 'string' ? part : (textOf(at(part, 'text')) ?? '')))
    .join('');
}

/** Exit code that gemini-lineage shells print under a command's output. */
function printedExit(output: string | undefined): number | undefined {
  const digits = output === undefined ? undefined : /(?:^|\n|…)Exit Code: (-?\d+)/.exec(output)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export interface CallFacts {
  readonly format: string;
  readonly clock: string;
  readonly ref: SourceRef;
  readonly episodeId: string;
  readonly index: number;
  readonly trust: ToolCallEvent['trust'];
  readonly executed: ToolCallEvent['executed'];
  readonly startBasis: StartBasis;
  readonly endBasis: EndBasis;
  readonly start?: Micros | undefined;
  readonly end?: Micros | undefined;
  readonly time?: EventTime | undefined;
  readonly slack?: ToolCallEvent['slack'] | undefined;
  readonly output?: string | undefined;
  readonly exit?: number | undefined;
  readonly status?: ToolCallEvent['status'] | undefined;
  readonly sandboxId?: string | undefined;
  readonly step?: number | undefined;
  readonly cwd?: string | undefined;
  readonly background?: ToolCallEvent['background'] | undefined;
}

const DETACHED =
  /(?:^|[\s;|&(])(?:nohup|setsid|disown|screen\s+-\S*d|tmux\s+new\S*\s+-d)\b|[^&>]&\s*(?:$|\n|\)|disown)|\bssh\b[^\n|;]*\s-[A-Za-z0-9]*f/;

/** The event of one call: its window, and a background mark where the command detaches itself. */
export function callEvent(call: ModelCall, facts: CallFacts): ToolCallEvent {
  const { time, slack, start, end, ...rest } = facts;
  const detached = call.command !== undefined && DETACHED.test(call.command);
  return compact({
    ...rest,
    kind: 'tool-call' as const,
    name: call.name,
    callId: call.id,
    command: call.command,
    argumentsText: call.argumentsText,
    start,
    end,
    time: time ?? windowTime(start, end),
    slack: slack ?? { earlyUs: 0, lateUs: 100_000 },
    exit: facts.exit ?? printedExit(facts.output),
    background: facts.background ?? (detached ? {} : undefined),
  });
}

/** Window of a call whose bounds are epoch numbers. */
export function windowTime(start: Micros | undefined, end: Micros | undefined): EventTime {
  const from = start ?? end;
  const at = from ?? (0 as Micros);
  return {
    at,
    lo: start ?? at,
    hi: end ?? at,
    raw: from === undefined ? '' : String(from / 1000),
    basis: start !== undefined ? 'request-start' : end !== undefined ? 'completion' : 'none',
    zone: from === undefined ? 'assumed' : 'epoch',
    stepUs: 1000,
  };
}

/** ROCK names the folder of a sandbox's logs by its id, 32 hex digits; files that are taken from there are often named so, too. */
export function sandboxOfPath({ path, folder = '' }: Pick<DecodeContext, 'path' | 'folder'>): string | undefined {
  const folders = [folder, ...path.split(/[/\\]/)];
  const name = folders.pop() ?? '';
  const [own] = /(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])/.exec(name) ?? [];
  return folders.findLast((part) => /^[0-9a-f]{32}$/.test(part)) ?? own;
}
