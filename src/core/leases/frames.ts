import type { LeaseEvent } from '../../model/event.ts';
import type { EventTime } from '../../model/time.ts';

/** What many leases have in common. */
export type LeaseFrame = Pick<LeaseEvent, 'format' | 'clock'> &
  Pick<EventTime, 'basis' | 'zone' | 'stepUs'> & { readonly source: string; readonly sharedIp: true | undefined };

/** Numbers for frames, of which there are few. */
export class LeaseFrames {
  readonly all: LeaseFrame[] = [];

  ofLease({ format, clock, sharedIp, time: { basis, zone, stepUs }, ref: { source } }: LeaseEvent): number {
    return this.numberOf({ format, clock, sharedIp, basis, zone, stepUs, source });
  }

  numberOf(frame: LeaseFrame): number {
    for (let i = this.all.length - 1; i >= 0; i--) if (isEqual(this.all[i] as LeaseFrame, frame)) return i;
    return this.all.push(frame) - 1;
  }
}

function isEqual(one: LeaseFrame, other: LeaseFrame): boolean {
  return (
    one.source === other.source &&
    one.sharedIp === other.sharedIp &&
    one.stepUs === other.stepUs &&
    one.zone === other.zone &&
    one.clock === other.clock &&
    one.format === other.format &&
    one.basis === other.basis
  );
}
