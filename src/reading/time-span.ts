import type { Event } from '../model/event.ts';
import type { Micros } from '../model/time.ts';

/** From the first to the last time of events, those without a time left aside. */
export class TimeSpan {
  first: Micros | undefined;
  last: Micros | undefined;

  add(events: readonly Event[]): void {
    for (let i = 0; i < events.length; i++) {
      const { time } = events[i] as Event;
      if (time.basis !== 'none') this.reach(time.at, time.at);
    }
  }

  /** Events from one moment to another were seen. */
  reach(first: Micros, last: Micros): void {
    if (this.first === undefined || first < this.first) this.first = first;
    if (this.last === undefined || last > this.last) this.last = last;
  }
}
