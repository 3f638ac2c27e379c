import { compact, isObject, numberOf, textOf } from '../../core/json/json.ts';
import { readArguments, type ToolArguments } from '../../core/tools/arguments.ts';
import { quotedArguments } from '../../core/tools/quoted-said.ts';
import type { RecordedCall } from '../../core/tools/recorded-calls.ts';
import { episodeEvent, SPAN_SLACK, toolCallEvent, withoutBounds } from '../../core/tools/tool-call.ts';
import { unwrapped } from '../../core/tools/wrapped-arguments.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import { type Attributes, pick, pickText, quotedNamed, textNamed, valueNamed } from './attributes.ts';
import type { Span } from './message.ts';
import { NAMES } from './names.ts';
import { callTrainingOf, ROLLOUT, trainingOf } from './naming.ts';
import { placeOf } from './place.ts';
import { spanPrompts } from './prompt.ts';

/** Claude Code's own spans; below this one, one for the wait for the user and one for the execution. */
export const CLAUDE_TOOL = 'claude_code.tool';
/** The span that a refusal stands on, below that of its call. */
const CLAUDE_WAIT = 'claude_code.tool.blocked_on_user';

/** The call that this span says was refused: the span above. */
export function refusedAbove({ name, parentId, attributes }: Span): string | undefined {
  if (name !== CLAUDE_WAIT || parentId === undefined) return undefined;
  return REFUSED.test(pickText(attributes, 'decision') ?? '') ? parentId : undefined;
}

export function refusedCall({ background: _background, ...call }: ToolCallEvent): ToolCallEvent {
  return { ...call, executed: 'no', status: 'cancelled' };
}

/** A call handed to an MCP server, as its client or the server itself tells it. */
export function isRelayed({ name, attributes }: Span): boolean {
  return name.startsWith('tools/call ') || attributes.has('mcp.method.name');
}

/** The tool of a call's span, and what it was given. */
export function toolSaid(span: Span): Pick<RecordedCall, 'name' | 'argumentsText'> {
  const argumentsText = (argumentsOf(span) ?? inputMessage(span)?.arguments)?.text;
  return { name: toolName(span) ?? span.name, ...compact({ argumentsText }) };
}

type EndedKind = 'tool' | 'episode' | 'other';
export type SpanKind = EndedKind | 'pending';

/** What a span stands for; `pending`: for one that has only begun, see `PendingSpans`. */
export function spanKind(span: Span): SpanKind {
  return textNamed(span.attributes, NAMES.spanType) === 'pending_span' ? 'pending' : kindWhenEnded(span);
}

/** Emitters agree on nothing but the idea, so each is known by its own marks. */
export function kindWhenEnded(span: Span): EndedKind {
  const { attributes } = span;
  const operation = textNamed(attributes, NAMES.operation)?.toLowerCase();
  if (operation === 'execute_tool' || operation === 'tool_call' || operation === 'ai.toolcall') return 'tool';
  if (operation === 'invoke_agent' || operation === 'invoke_workflow') return 'episode';
  if (operation === 'ai.generatetext' || operation === 'ai.streamtext') return 'episode';
  const kind = textNamed(attributes, NAMES.kind)?.replaceAll('"', '').toLowerCase();
  if (kind === 'tool') return 'tool';
  if (kind === 'agent' || kind === 'workflow') return 'episode';
  const { name } = span;
  if (/^(?:execute_tool|running tool:?|tools\/call) \S/.test(name) || name === 'ai.toolCall') return 'tool';
  if (name === CLAUDE_TOOL) return 'tool';
  if (name === 'claude_code.interaction') return 'episode';
  if (name === 'running tool' || (operation === undefined && attributes.has('gen_ai.tool.call.id'))) return 'tool';
  if (name === 'trajectory' && attributes.has('traj_id')) return 'episode';
  return /^(?:invoke_agent|agent run)\b/.test(name) ? 'episode' : 'other';
}

export interface Placed {
  readonly span: Span;
  readonly kind: EndedKind;
  readonly ref: SourceRef;
}

export function toolCallOf(placed: Placed, episodeId: string, index: number): ToolCallEvent {
  return callOf(placed, { episodeId, index, output: outputOf(placed.span) });
}

interface Told {
  readonly episodeId: string;
  readonly index: number;
  readonly output?: string | undefined;
}

/** `told`: what does not follow from the other attributes. */
export function callOf({ span, ref }: Pick<Placed, 'span' | 'ref'>, told: Told): ToolCallEvent {
  const { attributes, resource, end } = span;
  const { sandboxId, containerId } = placeOf(span);
  const message = inputMessage(span);
  const error = textNamed(attributes, NAMES.error);
  return toolCallEvent({
    format: 'otlp',
    clock: resource.spanClock,
    ref,
    host: resource.host,
    ...told,
    callId: textNamed(attributes, NAMES.callId) ?? message?.id,
    name: toolName(span) ?? message?.name ?? span.name,
    arguments: argumentsOf(span) ?? message?.arguments,
    start: span.start,
    end,
    slack: SPAN_SLACK,
    executed: executedOf(attributes, error),
    status: statusOf(span, error, end),
    exit: numberOf(valueNamed(attributes, NAMES.exit)),
    cwd: textNamed(attributes, NAMES.cwd),
    step: numberOf(valueNamed(attributes, NAMES.step)),
    sandboxId,
    containerId,
    trust: 'outside',
  });
}

function toolName(span: Span): string | undefined {
  const named = textNamed(span.attributes, NAMES.toolName);
  return named ?? /^(?:execute_tool|running tool:|tools\/call) +(\S.*)$/.exec(span.name)?.[1];
}

/** Arguments that stand in an attribute or in a span event. */
function argumentsOf(span: Span): ToolArguments | undefined {
  const quoted = quotedNamed(span.attributes, NAMES.arguments);
  if (quoted !== undefined) return quotedArguments(quoted);
  const own = valueNamed(span.attributes, NAMES.arguments);
  if (own !== undefined) return unwrapped(readArguments(own));
  for (const event of span.events) {
    if (event.name !== 'gen_ai.tool.message') continue;
    const content = pick(event.attributes, 'content', 'gen_ai.tool.call.arguments', 'arguments');
    if (content !== undefined) return readArguments(content);
  }
  const input = valueNamed(span.attributes, NAMES.input);
  if (input !== undefined) return unwrapped(readArguments(input));
  const command = span.attributes.get('full_command');
  return typeof command === 'string' ? readArguments({ command }) : undefined;
}

interface InputMessage {
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: ToolArguments;
}

/** `gen_ai.input.messages`: an object `{callId,name,args}` (Gemini CLI) or messages whose parts hold the tool call (Strands). */
function inputMessage(span: Span): InputMessage | undefined {
  const details = span.events.find((event) => event.attributes.has('gen_ai.input.messages'))?.attributes;
  const raw = span.attributes.get('gen_ai.input.messages') ?? details?.get('gen_ai.input.messages');
  if (raw === undefined) return undefined;
  const read = readArguments(raw);
  if (read?.truncated) return { arguments: read };
  const part = findCall(read?.value, 0);
  if (part === undefined) return undefined;
  return compact({
    id: textOf(part['callId']) ?? textOf(part['id']),
    name: textOf(part['name']),
    arguments: readArguments(part['args'] ?? part['arguments']),
  });
}

function findCall(value: unknown, depth: number): Readonly<Record<string, unknown>> | undefined {
  if (depth > 6) return undefined;
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = findCall(item, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isObject(value)) return undefined;
  if (value['args'] !== undefined || value['arguments'] !== undefined) return value;
  return findCall(value['parts'] ?? value['content'], depth + 1);
}

const REFUSED = /reject|denied|declin|approval|not[_ ]approved|blocked|cancel/i;

/** Kinds of error that a command may meet as well, or that end it on its way: they do not say whether it ran. */
const EITHER = /cancel|permission[_ ]?(?:error|denied)|access[_ ]?denied|connection/i;

function executedOf(attributes: Attributes, error: string | undefined): ToolCallEvent['executed'] {
  if (REFUSED.test(textNamed(attributes, NAMES.verdict) ?? '')) return 'no';
  if (!REFUSED.test(error ?? '')) return 'yes';
  return EITHER.test(error ?? '') ? 'unknown' : 'no';
}

function statusOf(span: Span, error: string | undefined, end: Span['end']): ToolCallEvent['status'] {
  if (/time[_ ]?out|deadline/i.test(error ?? '')) return 'timeout';
  if (/cancel|abort/i.test(error ?? '')) return 'cancelled';
  const status = textNamed(span.attributes, NAMES.success);
  if (span.failed || error !== undefined || status === 'error' || status === 'false') return 'failed';
  return end === undefined ? 'incomplete' : 'completed';
}

function outputOf({ attributes, events }: Span): string | undefined {
  const own = valueNamed(attributes, NAMES.output);
  const value = own ?? events.find((event) => event.name === 'gen_ai.choice')?.attributes.get('message');
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An agent, workflow or trajectory span is an episode, or a part of one that is merged by id. */
export function episodeOf({ span, ref }: Placed, episodeId: string): EpisodeEvent {
  const { attributes, resource } = span;
  // A trace is another name of the episode only when it holds nothing else: ROLL puts all rollouts of a step into one.
  const trace = span.parentId === undefined ? span.traceId : undefined;
  const facts = {
    agent: pickText(attributes, 'gen_ai.agent.name', 'agent.name', 'ai.telemetry.functionId'),
    model: pickText(attributes, 'gen_ai.request.model', 'gen_ai.response.model', 'ai.model.id', 'llm.model_name'),
    outcome: span.failed ? 'error' : undefined,
    ...resource.naming.training,
    ...trainingOf(attributes),
    ...placeOf(span),
  };
  return episodeEvent({
    format: 'otlp',
    clock: resource.spanClock,
    ref,
    host: resource.host,
    episodeId,
    ...facts,
    prompts: spanPrompts(span, ref),
    aliases: otherNames(episodeId, trace, ...rolloutsIn(span)),
    start: span.start,
    end: span.end,
  });
}

function rolloutsIn({ attributes, resource }: Span): readonly (string | undefined)[] {
  const rollout = textNamed(attributes, ROLLOUT) ?? resource.naming.rollout;
  return [rollout, pickText(attributes, 'traj_id')];
}

function otherNames(episodeId: string, ...names: readonly (string | undefined)[]): readonly string[] | undefined {
  const others: string[] = [];
  for (const name of names) if (name !== undefined && name !== episodeId && !others.includes(name)) others.push(name);
  return others.length > 0 ? others : undefined;
}

/** What the span of a call says of its episode, which may have no span of its own. A rollout goes by its own name. */
export function describedBy({ span, ref }: Placed, key: string): EpisodeEvent | undefined {
  const { attributes, resource, start, end } = span;
  const { spanClock: clock, host, naming } = resource;
  const episodeId = rolloutsIn(span).find((name) => name !== undefined) ?? key;
  const aliases = otherNames(episodeId, key);
  const facts = compact({ ...naming.training, ...callTrainingOf(attributes), aliases });
  if (Object.keys(facts).length === 0) return undefined;
  return withoutBounds(episodeEvent({ format: 'otlp', clock, ref, host, episodeId, ...facts, start, end }));
}
