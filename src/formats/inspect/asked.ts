import { arrayOf, at, isObject, type JsonObject, numberOf } from '../../core/json/json.ts';
import { instantOf, shifted } from '../../core/time/instant.ts';
import { AskedCalls, type Teller } from '../../core/tools/asked-calls.ts';
import { askedIn } from '../../core/tools/asked-messages.ts';
import { toolResults } from '../../core/tools/model-calls.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import type { CallCounter } from '../../core/tools/tool-call.ts';
import type { Event, ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

export interface Telling {
  readonly record: RawRecord;
  readonly episodeId: string;
  readonly counter: CallCounter;
  /** Messages that events refer to by their place (`input_refs`). */
  readonly pool: readonly unknown[];
  readonly resolve: (value: unknown) => unknown;
}

/**
 * Calls that no tool event tells of: an agent that runs in the sandbox behind Inspect's bridge (Claude Code, Codex, Gemini CLI) runs its
 * tools itself, and Inspect sees what it asks its model, and what the model answers.
 */
export function askedCalls(
  events: readonly JsonObject[],
  recorded: readonly ToolCallEvent[],
  telling: Telling,
): readonly Event[] {
  const asked = new AskedCalls();
  for (const event of events) {
    if (event['event'] !== 'model') continue;
    const answer = arrayOf(at(event, 'output', 'choices')).map((choice) => answerOf(at(choice, 'message'), telling));
    asked.take(askedIn(question(event, telling), answer), teller(telling, windowOf(event)));
  }
  for (const call of recorded) asked.record(recordOf(call, telling.episodeId));
  return asked.flush(telling.counter);
}

/** The same of a sample that has no events (logs of before June 2024, or thinned out): of its conversation, without times. */
export function saidCalls(messages: readonly unknown[], telling: Telling): readonly Event[] {
  const asked = new AskedCalls();
  const own = teller(telling, { asked: undefined, answered: undefined });
  const answers = messages.filter((message) => at(message, 'role') === 'assistant');
  const { calls } = askedIn(
    [],
    answers.map((message) => answerOf(message, telling)),
  );
  asked.take({ calls, results: new Map() }, own);
  asked.take({ calls: [], results: toolResults(messages) }, own);
  return asked.flush(telling.counter);
}

type Window = Pick<Teller, 'asked' | 'answered'>;

function teller({ record, episodeId }: Telling, window: Window): Teller {
  const where = { traceId: episodeId, episode: () => episodeId, ref: record.ref, place: {} };
  return { format: 'inspect', clock: 'timestamp', ...where, ...window };
}

/** Early logs have no `completed`, but how long the model took. */
function windowOf(event: JsonObject): Window {
  const asked = instantOf(event['timestamp']);
  const seconds = numberOf(at(event, 'output', 'time')) ?? numberOf(event['working_time']) ?? 0;
  const answered = instantOf(event['completed']) ?? (asked === undefined ? undefined : shifted(asked, seconds * 1e6));
  return { asked, answered };
}

/** What a question adds to the conversation so far, which may be long: all since the model's last answer. */
function question(event: JsonObject, { pool }: Telling): readonly unknown[] {
  const refs = arrayOf(event['input_refs']);
  if (refs.length === 0) return sinceAnswer(arrayOf(event['input']));
  const tail: unknown[] = [];
  for (const ref of refs.toReversed()) {
    const [from, to] = arrayOf(ref);
    const part = pool.slice(numberOf(from) ?? 0, numberOf(to) ?? 0);
    const added = sinceAnswer(part);
    tail.unshift(...added);
    if (added.length < part.length) break;
  }
  return tail;
}

function sinceAnswer(messages: readonly unknown[]): readonly unknown[] {
  return messages.slice(messages.findLastIndex((message) => at(message, 'role') === 'assistant') + 1);
}

/** Inspect names the tool of a call in `function`, which holds more than the name elsewhere. */
function answerOf(message: unknown, { resolve }: Telling): JsonObject {
  const calls = arrayOf(at(message, 'tool_calls')).filter(isObject);
  const plain = ({ id, function: name, arguments: args }: JsonObject): JsonObject => ({
    id,
    name,
    arguments: resolve(args),
  });
  return { role: 'assistant', tool_calls: calls.map(plain) };
}
