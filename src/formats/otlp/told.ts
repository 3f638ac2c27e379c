import { push } from '../../core/push.ts';
import { recordOf } from '../../core/tools/recorded-calls.ts';
import { forgetOldest, withoutBounds } from '../../core/tools/tool-call.ts';
import type { EpisodeEvent, Event } from '../../model/event.ts';
import { withoutLine } from './cut-span.ts';
import type { Span } from './message.ts';
import { trainingOf } from './naming.ts';
import { describedBy, episodeOf, type Placed, refusedCall, toolCallOf } from './spans.ts';
import { type State, WAITING_LIMIT } from './state.ts';

/** What a span tells, its episode being known. */
export function eventsOf(placed: Placed, episodeId: string, state: State): readonly Event[] {
  return placed.kind === 'tool' ? callEvents(placed, episodeId, state) : [agentEvent(placed, episodeId, state)];
}

function callEvents(placed: Placed, episodeId: string, state: State): readonly Event[] {
  const call = toolCallOf(placed, episodeId, state.calls.next(episodeId));
  const own = state.refused.has(placed.span.spanId) ? refusedCall(call) : call;
  if (state.asked.told > 0) state.asked.record(recordOf(own, placed.span.traceId));
  const episode = describedBy(placed, episodeId);
  return episode === undefined || isKnown(episode, state) ? [own] : [episode, own];
}

/** Spans of one episode mostly say the same of it. */
function isKnown({ episodeId, ref: _ref, time: _time, ...facts }: EpisodeEvent, { described }: State): boolean {
  const said = JSON.stringify(facts);
  if (described.get(episodeId) === said) return true;
  described.set(episodeId, said);
  forgetOldest(described, WAITING_LIMIT);
  return false;
}

function agentEvent(placed: Placed, episodeId: string, state: State): EpisodeEvent {
  const span = withoutLine(placed.span);
  const own = { ...placed, span };
  const episode = episodeOf(own, episodeId);
  if (episode.step === undefined && span.parentId !== undefined) {
    push(state.stepless, span.traceId, { placed: own, episodeId });
    forgetOldest(state.stepless, WAITING_LIMIT);
  }
  return episode;
}

/** ROLL tells the training step on the root of a trace, which is exported last. */
export function stepEvents(span: Span, state: State): readonly Event[] {
  const held = state.stepless.get(span.traceId);
  const step = held === undefined ? undefined : trainingOf(span.attributes).step;
  if (step === undefined || held === undefined) return [];
  const under = held.filter(({ placed }) => state.keys.isUnder(placed.span, span));
  state.stepless.set(
    span.traceId,
    held.filter((entry) => !under.includes(entry)),
  );
  return under.map(({ placed, episodeId }) => withoutBounds({ ...episodeOf(placed, episodeId), step }));
}
