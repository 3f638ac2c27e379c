import type { Event } from '../model/event.ts';

const SECOND_US = 1_000_000;

/** Some write zeros for the parts of a second that they do not know: a stamp of a whole second may stand for any moment in it. */
export function mayBePadded({ time: { at, stepUs } }: Pick<Event, 'time'>): boolean {
  return stepUs < SECOND_US && at % SECOND_US === 0;
}
