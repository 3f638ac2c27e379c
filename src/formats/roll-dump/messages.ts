import { arrayOf, at, isObject } from '../../core/json/json.ts';
import { markupCalls } from '../../core/tools/markup-calls.ts';
import {
  callEvent,
  contentText,
  idEpoch,
  type ModelCall,
  messageCalls,
  toolResults,
} from '../../core/tools/model-calls.ts';
import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';

interface Turn {
  readonly calls: readonly ModelCall[];
  /** When the model's text was parsed, from the first id. */
  readonly parsed: Micros | undefined;
}

/** Tool calls of the message list, in order. A turn has ended before the next one was parsed. */
export function messageEvents(messages: readonly unknown[], episode: EpisodeEvent): readonly ToolCallEvent[] {
  const turns = turnsOf(messages);
  const results = toolResults(messages);
  const events: ToolCallEvent[] = [];
  for (const [step, turn] of turns.entries()) {
    const next = turns.slice(step + 1, step + 4).find(({ parsed }) => parsed !== undefined)?.parsed;
    for (const call of turn.calls) {
      const output = call.id === undefined ? undefined : results.get(call.id);
      events.push(placedCall(call, { episode, next, output, index: events.length, step }));
    }
  }
  return events;
}

interface Place {
  readonly episode: EpisodeEvent;
  readonly next: Micros | undefined;
  readonly output: string | undefined;
  readonly index: number;
  readonly step: number;
}

function placedCall(call: ModelCall, { episode, next, output, index, step }: Place): ToolCallEvent {
  const start = idEpoch(call.id);
  const end = start !== undefined && next !== undefined && next >= start ? next : undefined;
  return callEvent(call, {
    format: 'roll-dump',
    clock: start === undefined ? 'traj_save_time' : 'tool-call-id',
    ref: episode.ref,
    episodeId: episode.episodeId,
    index,
    step,
    trust: 'outside',
    executed: output === undefined ? 'unknown' : 'yes',
    status: output === undefined ? undefined : 'completed',
    startBasis: start === undefined ? 'none' : 'id-epoch',
    endBasis: end === undefined ? 'none' : 'next-model-call',
    start,
    end,
    // The id is made 0.2 to 1 s before the agent receives the call.
    slack: { earlyUs: 0, lateUs: 1_000_000 },
    time: start === undefined ? episode.time : undefined,
    output,
    sandboxId: episode.sandboxId,
  });
}

function turnsOf(messages: readonly unknown[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of arrayOf(messages)) {
    if (!isObject(message) || message['role'] !== 'assistant') continue;
    const listed = messageCalls(message);
    const calls = listed.length > 0 ? listed : markupCalls(contentText(at(message, 'content')));
    if (calls.length > 0) turns.push({ calls, parsed: idEpoch(calls[0]?.id) });
  }
  return turns;
}
