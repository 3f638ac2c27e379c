import { arrayOf, at, compact, textOf } from '../../core/json/json.ts';
import { eventTime, parseIso, timeFromObserved } from '../../core/time/time.ts';
import { executedThoughCancelled, isCancelled } from '../../core/tools/cancelled.ts';
import { callEvent, contentText, idEpoch, modelCall } from '../../core/tools/model-calls.ts';
import { joinPrompts, promptsOf } from '../../core/tools/prompts.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';

export interface Message {
  readonly json: unknown;
  readonly ref: SourceRef;
}

interface Session {
  readonly id: string;
  readonly sandboxId: string | undefined;
}

/** Texts of results that say that nothing ran, although the status is `success`. */
const BLOCKED =
  /^(?:Output: )?(?:Command injection detected|Command (?:rejected|blocked|not allowed|is not allowed)|Tool execution (?:blocked|denied))/i;

export function sessionEpisode(
  session: Session,
  { head, messages, ref }: { head: unknown; messages: readonly Message[]; ref: SourceRef },
): EpisodeEvent {
  const raw = textOf(at(head, 'startTime')) ?? '';
  const stamp = parseIso(raw);
  const prompts = messages
    .filter(({ json }) => at(json, 'type') === 'user')
    .map((message) => promptsOf(contentText(at(message.json, 'content')), message.ref))
    .reduce(joinPrompts, undefined);
  const model = messages.map(({ json }) => textOf(at(json, 'model'))).find((name) => name !== undefined);
  return compact({
    kind: 'episode' as const,
    format: 'gemini-session',
    clock: 'startTime',
    time: stamp === undefined ? timeFromObserved(undefined) : eventTime(stamp, { raw, basis: 'event' }),
    ref,
    episodeId: session.id,
    agent: 'gemini-cli',
    model,
    start: stamp?.at,
    prompts,
    sandboxId: session.sandboxId,
    aliases: session.sandboxId === undefined ? undefined : [`sandbox:${session.sandboxId}`],
    traced: 'yes' as const,
  });
}

export function callEvents(session: Session, messages: readonly Message[]): readonly ToolCallEvent[] {
  const events: ToolCallEvent[] = [];
  for (const message of messages) {
    for (const call of arrayOf(at(message.json, 'toolCalls'))) {
      const event = toolCall(call, { session, message, index: events.length });
      if (event !== undefined) events.push(event);
    }
  }
  return events;
}

interface Place {
  readonly session: Session;
  readonly message: Message;
  readonly index: number;
}

function toolCall(call: unknown, { session, message, index }: Place): ToolCallEvent | undefined {
  const name = textOf(at(call, 'name'));
  if (name === undefined) return undefined;
  const id = textOf(at(call, 'id'));
  const inId = idEpoch(id);
  const start = inId ?? parseIso(textOf(at(message.json, 'timestamp')) ?? '')?.at;
  const done = parseIso(textOf(at(call, 'timestamp')) ?? '')?.at;
  const end = done !== undefined && (start === undefined || done >= start) ? done : undefined;
  const output = resultText(call);
  const args = at(call, 'args');
  return callEvent(modelCall(id, name, args), {
    format: 'gemini-session',
    clock: 'timestamp',
    ref: message.ref,
    episodeId: session.id,
    index,
    trust: 'agent-writable',
    ...outcomeOf(call, output),
    startBasis: inId !== undefined ? 'id-epoch' : start === undefined ? 'none' : 'model-call-end',
    endBasis: end === undefined ? 'none' : 'batch-end',
    start,
    end,
    slack: { earlyUs: 700_000, lateUs: 1_200_000 },
    output,
    background: backgroundOf(args, output),
    cwd: textOf(at(args, 'dir_path')) ?? textOf(at(args, 'directory')),
    sandboxId: session.sandboxId,
  });
}

function resultText(call: unknown): string | undefined {
  const response = at(arrayOf(at(call, 'result'))[0], 'functionResponse', 'response');
  return textOf(at(response, 'output')) ?? textOf(at(response, 'error')) ?? textOf(at(call, 'resultDisplay'));
}

export function isBlocked(output: string | undefined): boolean {
  // What got a process group did run, whatever it printed.
  if (output === undefined || /^Process Group PGID: \d+/m.test(output)) return false;
  return BLOCKED.test(output.replace(/^<untrusted_context>\s*/, ''));
}

function outcomeOf(
  call: unknown,
  output: string | undefined,
): Pick<ToolCallEvent, 'executed'> & { status?: ToolCallEvent['status'] } {
  const status = textOf(at(call, 'status'));
  if (status === 'cancelled' || isCancelled(output))
    return { executed: executedThoughCancelled(output), status: 'cancelled' };
  if (isBlocked(output)) return { executed: 'no', status: 'failed' };
  if (status === 'success') return { executed: 'yes', status: 'completed' };
  return status === 'error' ? { executed: 'unknown', status: 'failed' } : { executed: 'unknown' };
}

function backgroundOf(args: unknown, output: string | undefined): ToolCallEvent['background'] | undefined {
  const pgid = numberIn(/Process Group PGID: (\d+)/, output);
  const pid = numberIn(/(?:Background PIDs: |\(PID: )(\d+)/, output);
  if (at(args, 'is_background') !== true && pid === undefined) return undefined;
  return compact({ pid, pgid });
}

function numberIn(pattern: RegExp, text: string | undefined): number | undefined {
  const digits = text === undefined ? undefined : pattern.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
