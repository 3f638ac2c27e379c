import { push } from '../../core/push.ts';
import type { Event } from '../../model/event.ts';
import type { Placed } from './spans.ts';
import type { State } from './state.ts';
import { eventsOf } from './told.ts';

export function hold(placed: Placed, state: State): void {
  push(state.waiting, placed.span.traceId, placed);
  state.waitingCount++;
}

/** Lets waiting spans of a trace go: those whose episode is known by now, or all with what is known. */
export function release(traceId: string, state: State, which: 'resolved' | 'all'): readonly Event[] {
  const queue = state.waiting.get(traceId);
  if (queue === undefined) return [];
  const events: Event[] = [];
  const rest: Placed[] = [];
  for (const placed of queue) {
    const found = state.keys.find(placed.span);
    if (found !== 'open') events.push(...eventsOf(placed, found.key, state));
    else if (which === 'all') events.push(...eventsOf(placed, state.keys.last(placed.span), state));
    else rest.push(placed);
  }
  state.waitingCount -= queue.length - rest.length;
  if (rest.length === 0) state.waiting.delete(traceId);
  else state.waiting.set(traceId, rest);
  return events;
}

export function releaseAll(state: State): readonly Event[] {
  return [...state.waiting.keys()].flatMap((traceId) => release(traceId, state, 'all'));
}
