import type { ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import { at, isObject, textOf } from '../json/json.ts';
import { type Instant, instantOf } from '../time/instant.ts';
import { commandOf, readArguments } from './arguments.ts';
import { contentText } from './session.ts';
import { SPAN_SLACK, toolCallEvent } from './tool-call.ts';
import { unwrapped } from './wrapped-arguments.ts';

/** A tool span as the observability products export it. */
export interface ToolSpan {
  readonly format: string;
  readonly clock: string;
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly index: number;
  readonly callId: string | undefined;
  readonly name: string;
  /** Name of the tool, where the span is named otherwise. */
  readonly toolName?: string | undefined;
  readonly input: unknown;
  readonly output?: unknown;
  readonly start: Instant | undefined;
  readonly end: Instant | undefined;
  readonly error?: string | undefined;
}

/** The call itself was refused. A file, a host or a server that denied a command something did so because it ran. */
const REFUSED = new RegExp(
  [
    '\\b(?:tool|call|action|execution)(?: \\S+)? (?:was |has been |is )?(?:rejected|denied|declined|not approved)\\b',
    '\\bcommand (?:was |has been )(?:rejected|declined|not approved)\\b',
    '\\b(?:rejected|denied|declined) by (?:the )?(?:user|human|operator|reviewer|approver|approval)\\b',
    '\\b(?:user|human) (?:has )?(?:rejected|denied|declined|did not (?:approve|allow))\\b',
    '\\bapproval (?:was )?(?:denied|rejected|declined|required)\\b',
    '\\brequires? approval\\b',
  ].join('|'),
  'i',
);

/** The words of a command that failed: whoever denied it something then, it ran. */
const RAN =
  /\bexit(?:ed)?(?: with)?(?: (?:code|status))?:? -?[1-9]\d*\b|\bcommand failed\b|^curl: |\b(?:stderr|traceback)\b/i;
/** Before it began or on its way. */
const STOPPED = /\b(?:cancell?ed|aborted|interrupted)(?: by (?:the )?(?:user|human|operator))?\b/i;

function executedOf(error: string | undefined): ToolCallEvent['executed'] {
  if (error === undefined || RAN.test(error)) return 'yes';
  if (REFUSED.test(error)) return 'no';
  return STOPPED.test(error.slice(0, 200)) ? 'unknown' : 'yes';
}

export function toolSpanEvent(span: ToolSpan): ToolCallEvent {
  const args = unwrapped(readArguments(span.input));
  return toolCallEvent({
    format: span.format,
    clock: span.clock,
    ref: span.record.ref,
    episodeId: span.episodeId,
    index: span.index,
    callId: span.callId,
    name: span.name,
    arguments: args,
    command: args === undefined ? undefined : commandOf(span.toolName ?? span.name, args.value),
    start: span.start,
    end: span.end,
    slack: SPAN_SLACK,
    executed: executedOf(span.error),
    status:
      span.error !== undefined
        ? /time[d ]?\s?out/i.test(span.error)
          ? 'timeout'
          : 'failed'
        : span.end === undefined
          ? 'incomplete'
          : 'completed',
    output: contentText(span.output) ?? (isObject(span.output) ? JSON.stringify(span.output) : textOf(span.output)),
    trust: 'outside',
    observed: span.record.observed,
  });
}

/** Whether span attributes (flat or nested by dots) say that this is a tool call. */
export function isToolAttributes(attributes: unknown): boolean {
  const value = (key: string): string | undefined =>
    textOf(at(attributes, key)) ?? textOf(at(attributes, ...key.split('.')));
  if (value('gen_ai.operation.name') === 'execute_tool' || value('ai.operationId') === 'ai.toolCall') return true;
  // Koog names the call and no operation.
  if (value('gen_ai.operation.name') === undefined && value('gen_ai.tool.call.id') !== undefined) return true;
  const kind = value('openinference.span.kind') ?? value('traceloop.span.kind') ?? value('langfuse.observation.type');
  return kind?.toLowerCase() === 'tool';
}

/** First and last stamps of a list of windows. */
export function extent(
  windows: readonly { readonly start: Instant | undefined; readonly end: Instant | undefined }[],
): {
  start: Instant | undefined;
  end: Instant | undefined;
} {
  let start: Instant | undefined;
  let end: Instant | undefined;
  for (const window of windows) {
    for (const instant of [window.start, window.end]) {
      if (instant === undefined) continue;
      if (start === undefined || instant.stamp.at < start.stamp.at) start = instant;
      if (end === undefined || instant.stamp.at > end.stamp.at) end = instant;
    }
  }
  return { start, end };
}

export function windowOf(
  span: unknown,
  startKey: string,
  endKey: string,
): { start: Instant | undefined; end: Instant | undefined } {
  return { start: instantOf(at(span, startKey)), end: instantOf(at(span, endKey)) };
}
