import type { ToolCallEvent } from '../model/event.ts';
import type { EventTime } from '../model/time.ts';

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

/** The frames of a log of calls. */
export class Frames {
  readonly #known = new Map<string, Frame>();
  #recent: readonly Frame[] = [];

  of(event: ToolCallEvent): Frame {
    for (const frame of this.#recent) if (fits(frame, event)) return frame;
    const made = frameOf(event);
    const key = JSON.stringify(Object.values(made));
    const frame = this.#known.get(key) ?? made;
    if (frame === made) this.#known.set(key, frame);
    this.#recent = [frame, ...this.#recent.slice(0, RECENT_FRAMES - 1)];
    return frame;
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
