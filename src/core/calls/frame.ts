import type { ToolCallEvent } from '../../model/event.ts';
import type { EventTime } from '../../model/time.ts';

/** What many calls have in common: one object for all of them. */
export type Frame = Pick<
  ToolCallEvent,
  'format' | 'clock' | 'name' | 'startBasis' | 'endBasis' | 'slack' | 'executed' | 'trust'
> &
  Pick<EventTime, 'basis' | 'zone' | 'stepUs'> & {
    readonly host: string | undefined;
    readonly source: string;
    readonly status: ToolCallEvent['status'];
  };

const RECENT_FRAMES = 8;

/** The frames of a log of calls, by numbers. */
export class Frames {
  readonly all: Frame[] = [];
  readonly #known = new Map<string, number>();
  #recent: readonly number[] = [];

  numberOf(event: ToolCallEvent): number {
    for (let i = 0; i < this.#recent.length; i++) {
      const number = this.#recent[i] ?? 0;
      const frame = this.all[number];
      if (frame !== undefined && fits(frame, event)) return number;
    }
    const number = this.add(frameOf(event));
    this.#recent = [number, ...this.#recent.slice(0, RECENT_FRAMES - 1)];
    return number;
  }

  add(frame: Frame): number {
    const key = JSON.stringify(Object.values(frame));
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const number = this.all.push(frame) - 1;
    this.#known.set(key, number);
    return number;
  }
}

function frameOf(event: ToolCallEvent): Frame {
  return {
    format: event.format,
    clock: event.clock,
    name: event.name,
    startBasis: event.startBasis,
    endBasis: event.endBasis,
    slack: event.slack,
    executed: event.executed,
    trust: event.trust,
    basis: event.time.basis,
    zone: event.time.zone,
    stepUs: event.time.stepUs,
    host: event.host,
    source: event.ref.source,
    status: event.status,
  };
}

function fits(frame: Frame, event: ToolCallEvent): boolean {
  return (
    frame.host === event.host &&
    frame.name === event.name &&
    frame.clock === event.clock &&
    frame.status === event.status &&
    frame.source === event.ref.source &&
    frame.format === event.format &&
    frame.startBasis === event.startBasis &&
    frame.endBasis === event.endBasis &&
    frame.executed === event.executed &&
    frame.trust === event.trust &&
    frame.basis === event.time.basis &&
    frame.zone === event.time.zone &&
    frame.stepUs === event.time.stepUs &&
    frame.slack.earlyUs === event.slack.earlyUs &&
    frame.slack.lateUs === event.slack.lateUs
  );
}
