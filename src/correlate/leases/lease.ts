import { logOf } from '../../core/lines/rotated.ts';
import type { LeaseEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import type { Timed } from '../../model/timed.ts';

/** Who held a sandbox, half-open [start, end), corrected times. Missing bounds are open. */
export interface Lease {
  readonly sandboxId: string;
  readonly host: string | undefined;
  readonly ip: string | undefined;
  readonly uid: number | undefined;
  readonly containerId: string | undefined;
  readonly rootPid: number | undefined;
  readonly episodeId: string | undefined;
  readonly group: string | undefined;
  readonly sharedIp: boolean;
  readonly start: Micros;
  readonly end: Micros;
  readonly errorUs: number;
  readonly ref: SourceRef;
  readonly log: string;
  /** How many leases were read before it. */
  readonly nth: number;
}

export const OPEN_START = -Infinity as Micros;
export const OPEN_END = Infinity as Micros;

export function toLease(
  timed: Timed<LeaseEvent>,
  shift: (timed: Timed<LeaseEvent>, at: Micros) => Micros,
  nth: number,
): Lease {
  const { event } = timed;
  return {
    sandboxId: event.sandboxId,
    host: event.host ?? timed.host,
    ip: event.ip,
    uid: event.uid,
    containerId: event.containerId,
    rootPid: event.rootPid,
    episodeId: event.episodeId,
    group: event.group,
    sharedIp: event.sharedIp === true,
    start: event.start === undefined ? OPEN_START : shift(timed, event.start),
    end: event.end === undefined ? OPEN_END : shift(timed, event.end),
    errorUs: timed.errorUs,
    ref: event.ref,
    log: logOf(timed),
    nth,
  };
}

export function covers(lease: Lease, at: Micros, slackUs: number): boolean {
  return lease.start - slackUs - lease.errorUs <= at && at < lease.end + slackUs + lease.errorUs;
}

export function byStart(a: Lease, b: Lease): number {
  return a.start - b.start || compareRef(a.ref, b.ref) || a.nth - b.nth;
}

export function compareRef(a: SourceRef, b: SourceRef): number {
  return a.source < b.source ? -1 : a.source > b.source ? 1 : a.line - b.line || a.offset - b.offset;
}

/** The leases of both lists in the order of time. */
export function inOrder(some: readonly Lease[], others: readonly Lease[]): readonly Lease[] {
  if (some.length === 0 || others.length === 0) return some.length === 0 ? others : some;
  return [...some, ...others].sort(byStart);
}
