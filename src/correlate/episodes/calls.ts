import type { CallLog } from '../../core/calls/columns.ts';
import { push } from '../../core/push.ts';
import { isUniqueId } from '../../core/tools/unique-id.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';
import { compareRef } from '../leases/lease.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { Call } from './call.ts';
import { type Bounds, placeCalls } from './placing.ts';

/** What the calls of all episodes are put together with. */
export interface Merging {
  readonly calls: CallLog;
  readonly leases: LeaseTable;
  readonly correct: (event: ToolCallEvent) => Timed<ToolCallEvent>;
  /** Applies the clock correction of an event's domain to another stamp of the same event. */
  readonly shift: (timed: Timed<ToolCallEvent>, at: Micros) => Micros;
  readonly isBackground: (command: string) => boolean;
}

/** Which calls are one episode's, and what else is known of it. */
export interface Belonging extends Bounds {
  readonly episodeId: string;
  /** Rows of the log. */
  readonly rows: Uint32Array | readonly number[];
  readonly onlySandbox: string | undefined;
}

/** All calls of an episode, in the order of time. */
export function callsOf(belonging: Belonging, merging: Merging): readonly Call[] {
  const merged = mergeCalls(eventsOf(belonging, merging), belonging, merging);
  return [...placeCalls(merged, belonging)].sort(byStart);
}

/** The call that a single record is, which has to have a time of its own. */
export function callOf(row: number, { episodeId, onlySandbox }: Belonging, merging: Merging): Call | undefined {
  const event = merging.calls.at(row);
  if (event === undefined) return undefined;
  return toCall(episodeId, [merging.correct(event)], placing(onlySandbox, merging.leases), merging);
}

function eventsOf({ rows }: Belonging, { calls, correct }: Merging): readonly Timed<ToolCallEvent>[] {
  return Array.from(rows).flatMap((row) => {
    const event = calls.at(row);
    return event === undefined ? [] : [correct(event)];
  });
}

/** Records with equal keys are of one call. */
export function keyOf({ callId, ref, episodeId, index }: ToolCallEvent): string {
  return callId !== undefined && isUniqueId(callId)
    ? `id|${callId}`
    : `${ref.source}|${episodeId}|${index}|${callId ?? ''}`;
}

function mergeCalls(
  events: readonly Timed<ToolCallEvent>[],
  { episodeId, onlySandbox }: Belonging,
  merging: Merging,
): readonly Call[] {
  const groups = new Map<string, Timed<ToolCallEvent>[]>();
  for (const timed of events) push(groups, keyOf(timed.event), timed);
  const placeOf = placing(onlySandbox, merging.leases);
  return [...groups.values()].map((group) => toCall(episodeId, bestFirst(group), placeOf, merging));
}

/** Where a call ran. */
interface Place {
  readonly sandboxId: string | undefined;
  readonly host: string | undefined;
}

export function placing(onlySandbox: string | undefined, leases: LeaseTable): (timed: Timed<ToolCallEvent>) => Place {
  return ({ event, host }) => {
    const sandboxId =
      event.sandboxId ??
      (event.containerId === undefined ? undefined : leases.sandboxOfContainer(event.containerId)) ??
      onlySandbox;
    return {
      sandboxId,
      host: event.host ?? (sandboxId === undefined ? host : (leases.hostOfSandbox(sandboxId, event.episodeId) ?? host)),
    };
  };
}

function byStart(a: Call, b: Call): number {
  return (a.start ?? 0) - (b.start ?? 0) || a.index - b.index || (a.key < b.key ? -1 : 1);
}

/** Recorded bounds beat derived ones; records from outside the sandbox beat those the agent can write. */
function quality(event: ToolCallEvent): number {
  const start = event.startBasis === 'recorded' ? 0 : event.startBasis === 'none' ? 4 : 2;
  return start + (event.endBasis === 'none' ? 1 : 0) + (event.trust === 'outside' ? 0 : 0.5);
}

function bestFirst(group: readonly Timed<ToolCallEvent>[]): readonly Timed<ToolCallEvent>[] {
  if (group.length === 1) return group;
  return [...group].sort((a, b) => quality(a.event) - quality(b.event) || compareRef(a.event.ref, b.event.ref));
}

function toCall(
  episodeId: string,
  sorted: readonly Timed<ToolCallEvent>[],
  placeOf: (timed: Timed<ToolCallEvent>) => Place,
  { shift, isBackground }: Merging,
): Call {
  const best = sorted[0] as Timed<ToolCallEvent>;
  const started = sorted.find((timed) => timed.event.start !== undefined);
  const ended = sorted.find((timed) => timed.event.end !== undefined);
  const command = longestCommand(sorted);
  const places = sorted.map(placeOf);
  return {
    key: `${episodeId}|${best.event.callId ?? ''}|${best.event.ref.source}|${best.event.index}`,
    episodeId,
    index: best.event.index,
    callId: firstOf(sorted, 'callId'),
    name: best.event.name,
    command,
    argumentsText: firstOf(sorted, 'argumentsText'),
    start: started?.event.start === undefined ? undefined : shift(started, started.event.start),
    end: ended?.event.end === undefined ? undefined : shift(ended, ended.event.end),
    earlyUs: best.event.slack.earlyUs + best.errorUs,
    lateUs: best.event.slack.lateUs + best.errorUs,
    timing: started?.event.startBasis === 'inferred' ? 'inferred' : 'recorded',
    rejected: undefined,
    executed: !sorted.some((timed) => timed.event.executed === 'no'),
    background:
      sorted.some((timed) => timed.event.background !== undefined) || (command !== undefined && isBackground(command)),
    truncated: sorted.every((timed) => timed.event.truncated === true),
    trust: sorted.some((timed) => timed.event.trust === 'outside') ? 'outside' : 'agent-writable',
    sandboxId: places.find((place) => place.sandboxId !== undefined)?.sandboxId,
    host: places.find((place) => place.host !== undefined)?.host,
    ref: best.event.ref,
  };
}

function firstOf<K extends 'callId' | 'argumentsText'>(
  sorted: readonly Timed<ToolCallEvent>[],
  key: K,
): ToolCallEvent[K] | undefined {
  return sorted.find((timed) => timed.event[key] !== undefined)?.event[key];
}

function longestCommand(sorted: readonly Timed<ToolCallEvent>[]): string | undefined {
  let longest: string | undefined;
  for (const { event } of sorted)
    if (event.command !== undefined && (longest === undefined || event.command.length > longest.length))
      longest = event.command;
  return longest;
}
