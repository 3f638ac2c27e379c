import { type CallLog, glance } from '../../core/calls/columns.ts';
import { idFactsOf } from '../../core/calls/id-facts.ts';
import { logOf } from '../../core/lines/rotated.ts';
import { push } from '../../core/push.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';

type TimedCall = Timed<ToolCallEvent>;
type Shift = (timed: TimedCall, at: Micros) => Micros;

/** Applies the clocks to a call and to another stamp of it. */
interface Clockwork {
  readonly correct: (event: ToolCallEvent) => TimedCall;
  readonly shift: Shift;
}

/** What becomes of rows of the log; undefined: left out. */
export type Renamed = ReadonlyMap<number, ToolCallEvent | undefined>;

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
export function nameTwins(calls: CallLog, clockwork: Clockwork): Renamed {
  const nameless = new Set<string>();
  const ids = idFactsOf(calls);
  for (let row = 0; row < calls.length; row++) {
    const event = ids.has(row) ? undefined : glance(calls, row);
    if (event !== undefined && isNameless(event)) nameless.add(textKey(event));
  }
  if (nameless.size === 0) return new Map();
  const named = new Map<string, TimedCall[]>();
  for (let row = 0; row < calls.length; row++) {
    const key = keyOfNamed(glance(calls, row));
    const event = key !== undefined && nameless.has(key) ? calls.at(row) : undefined;
    if (key !== undefined && event !== undefined) push(named, key, clockwork.correct(event));
  }
  const out = new Map<number, ToolCallEvent | undefined>();
  for (let row = 0; row < calls.length; row++) {
    const passing = glance(calls, row);
    const siblings = passing !== undefined && isNameless(passing) ? named.get(textKey(passing)) : undefined;
    const event = siblings === undefined ? undefined : calls.at(row);
    if (event === undefined || siblings === undefined) continue;
    const [first, second] = twinsOf(clockwork.correct(event), siblings, clockwork.shift);
    if (first === undefined) continue;
    const isClear = second === undefined || second.apart - first.apart >= CLEARLY_US;
    out.set(row, isClear ? namedAs(event, first.named.event) : undefined);
  }
  return out;
}

/** The log with what became of some of its rows. */
export function renamed(calls: CallLog, rows: Renamed): CallLog {
  if (rows.size === 0) return calls;
  const at = (row: number): ToolCallEvent | undefined => (rows.has(row) ? rows.get(row) : calls.at(row));
  return {
    length: calls.length,
    at,
    glance: (row) => (rows.has(row) ? rows.get(row) : glance(calls, row)),
    *[Symbol.iterator]() {
      for (let row = 0; row < calls.length; row++) {
        const event = at(row);
        if (event !== undefined) yield event;
      }
    },
  };
}

function isNameless({ callId, start }: ToolCallEvent): boolean {
  return callId === undefined && start !== undefined;
}

function keyOfNamed(event: ToolCallEvent | undefined): string | undefined {
  return event?.callId === undefined || event.start === undefined ? undefined : textKey(event);
}

function namedAs(event: ToolCallEvent, { callId, episodeId, sandboxId }: ToolCallEvent): ToolCallEvent {
  return {
    ...event,
    episodeId,
    ...(callId === undefined ? {} : { callId }),
    ...(sandboxId === undefined ? {} : { sandboxId }),
  };
}

function textKey(event: ToolCallEvent): string {
  return `${event.name}\n${(event.command ?? event.argumentsText ?? '').trim()}`;
}

/** One entry for each call id, nearest first. */
function twinsOf(timed: TimedCall, named: readonly TimedCall[], shift: Shift): readonly Twin[] {
  const best = new Map<string, Twin>();
  for (const other of named) {
    if (!mayBeTwins(timed, other)) continue;
    const apart = Math.abs(startOf(timed, shift) - startOf(other, shift));
    if (apart > APART_US + timed.errorUs + other.errorUs) continue;
    const id = other.event.callId ?? '';
    if (apart < (best.get(id)?.apart ?? Number.POSITIVE_INFINITY)) best.set(id, { named: other, apart });
  }
  return [...best.values()].sort((a, b) => a.apart - b.apart);
}

function mayBeTwins(one: TimedCall, other: TimedCall): boolean {
  if (logOf(one) === logOf(other)) return false;
  const [anonymous, named] = [one.event, other.event];
  if (anonymous.sandboxId !== undefined && named.sandboxId !== undefined && anonymous.sandboxId !== named.sandboxId)
    return false;
  return ANONYMOUS.test(anonymous.episodeId) || anonymous.episodeId === named.episodeId;
}

function startOf(timed: TimedCall, shift: Shift): number {
  const { start } = timed.event;
  return start === undefined ? Number.NaN : shift(timed, start);
}
