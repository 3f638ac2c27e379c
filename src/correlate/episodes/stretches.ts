import { push } from '../../core/push.ts';
import type { Endpoint } from '../../model/event.ts';
import type { Micros } from '../../model/time.ts';
import type { ViolatingEvent } from '../../model/violation.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { CallTimes } from './episode-calls.ts';

/** The number of the stretch of time that a corrected moment lies in. */
export type StretchAt = (at: Micros) => number;

/**
 * Of records that are counted, not weighed one by one: between which starts and ends of calls, and of leases, of the sandboxes that
 * they can be of, a moment lies. Within one stretch all records of a kind have the same suspects. Undefined where no lease names
 * sandboxes.
 */
export function stretchesBetween(
  leases: LeaseTable,
  calls: () => Iterable<CallTimes>,
): (event: ViolatingEvent) => StretchAt | undefined {
  let bounds: Bounds | undefined;
  const known = new Map<string, Float64Array>();
  return (event) => {
    const ids = [...sandboxesOf(event, leases)].sort();
    if (ids.length === 0) return undefined;
    bounds ??= boundsOf(calls());
    const key = JSON.stringify(ids);
    const marks = known.get(key) ?? marksOf(ids, leases, bounds);
    known.set(key, marks);
    let last = 0;
    return (at) => {
      last = rank(marks, at, last);
      return last;
    };
  };
}

/** Starts and ends of the calls of each sandbox. */
type Bounds = ReadonlyMap<string, readonly number[]>;

function boundsOf(calls: Iterable<CallTimes>): Bounds {
  const bounds = new Map<string, number[]>();
  for (const { sandboxId, start, end } of calls) {
    if (sandboxId === undefined) continue;
    for (const bound of [start, end]) if (bound !== undefined) push(bounds, sandboxId, bound);
  }
  return bounds;
}

function marksOf(ids: readonly string[], leases: LeaseTable, bounds: Bounds): Float64Array {
  const marks = new Set<number>();
  for (const id of ids) {
    for (const bound of bounds.get(id) ?? []) marks.add(bound);
    for (const { start, end } of leases.ofSandbox(id)) marks.add(start).add(end);
  }
  return Float64Array.from(marks).sort();
}

/** How many marks lie at or before a moment. `guess`: of the moment before, which is mostly near. */
function rank(marks: Float64Array, at: number, guess: number): number {
  if ((marks[guess - 1] ?? -Infinity) <= at && at < (marks[guess] ?? Infinity)) return guess;
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sandboxesOf(event: ViolatingEvent, leases: LeaseTable): ReadonlySet<string> {
  const ids = new Set<string>();
  if (event.kind !== 'dns') {
    const { sandboxId, containerId } = event;
    const ofContainer = containerId === undefined ? undefined : leases.sandboxOfContainer(containerId);
    for (const id of [sandboxId, ofContainer]) if (id !== undefined) ids.add(id);
  }
  const ip = clientOf(event)?.ip;
  if (ids.size === 0 && ip !== undefined)
    for (const { sandboxId, shared } of leases.sandboxesByIp(ip, undefined)) if (!shared) ids.add(sandboxId);
  return ids;
}

function clientOf(event: ViolatingEvent): Endpoint | undefined {
  if (event.kind === 'dns') return event.client;
  if (event.kind === 'process') return undefined;
  return event.initiator === 'dst' ? event.dst : event.src;
}
