import { push } from '../core/push.ts';
import type { EpisodeEvent, ToolCallEvent } from '../model/event.ts';
import type { Micros } from '../model/time.ts';
import type { Timed } from '../model/timed.ts';

type TimedCall = Timed<ToolCallEvent>;
type Shift = (timed: Timed<EpisodeEvent | ToolCallEvent>, at: Micros) => Micros;

/** Whole-second stamps against ids made up to a second before delivery. */
const APART_US = 3_000_000;
/** Nearest wins only when the next is clearly farther. */
const CLEARLY_US = 1_000_000;
/** Episode names that stand for "whatever ran there": a sandbox, or one of the siblings of a group. */
const ANONYMOUS = /^(?:sandbox|roll-group):/;

interface Twin {
  readonly named: TimedCall;
  readonly apart: number;
}

/**
 * A trainer's log repeats calls without their ids. Such a record joins the call with an id that has the same text at the
 * same moment; when several siblings fit, it says nothing that their own records do not say, and is left out.
 */
export function nameTwins(calls: readonly TimedCall[], shift: Shift): readonly TimedCall[] {
  const named = new Map<string, TimedCall[]>();
  for (const timed of calls) {
    if (timed.event.callId !== undefined && timed.event.start !== undefined) push(named, textKey(timed.event), timed);
  }
  if (named.size === 0) return calls;
  return calls.flatMap((timed) => {
    if (timed.event.callId !== undefined || timed.event.start === undefined) return [timed];
    const twins = twinsOf(timed, named.get(textKey(timed.event)) ?? [], shift);
    const [first, second] = twins;
    if (first === undefined) return [timed];
    if (second !== undefined && second.apart - first.apart < CLEARLY_US) return [];
    const { callId, episodeId, sandboxId } = first.named.event;
    return [
      {
        ...timed,
        event: {
          ...timed.event,
          episodeId,
          ...(callId === undefined ? {} : { callId }),
          ...(sandboxId === undefined ? {} : { sandboxId }),
        },
      },
    ];
  });
}

function textKey(event: ToolCallEvent): string {
  return `${event.name}\n${(event.command ?? event.argumentsText ?? '').trim()}`;
}

/** One entry for each call id, nearest first. */
function twinsOf(timed: TimedCall, named: readonly TimedCall[], shift: Shift): readonly Twin[] {
  const best = new Map<string, Twin>();
  for (const other of named) {
    if (!mayBeTwins(timed.event, other.event)) continue;
    const apart = Math.abs(startOf(timed, shift) - startOf(other, shift));
    if (apart > APART_US + timed.errorUs + other.errorUs) continue;
    const id = other.event.callId ?? '';
    if (apart < (best.get(id)?.apart ?? Number.POSITIVE_INFINITY)) best.set(id, { named: other, apart });
  }
  return [...best.values()].sort((a, b) => a.apart - b.apart);
}

function mayBeTwins(anonymous: ToolCallEvent, named: ToolCallEvent): boolean {
  if (anonymous.ref.source === named.ref.source) return false;
  if (anonymous.sandboxId !== undefined && named.sandboxId !== undefined && anonymous.sandboxId !== named.sandboxId)
    return false;
  return ANONYMOUS.test(anonymous.episodeId) || anonymous.episodeId === named.episodeId;
}

function startOf(timed: TimedCall, shift: Shift): number {
  const { start } = timed.event;
  return start === undefined ? Number.NaN : shift(timed, start);
}
