import type { Event } from './event.ts';
import type { Micros } from './time.ts';

/** An event with its clock corrected. */
export interface Timed<E extends Event = Event> {
  readonly event: E;
  /** Corrected instant and interval, microseconds UTC. */
  readonly at: Micros;
  readonly lo: Micros;
  readonly hi: Micros;
  /** Half width of the correction's interval, microseconds: how far the corrected instant may still be off. */
  readonly errorUs: number;
  /** Host that the record belongs to, from the record, the file's neighbours or its path. */
  readonly host: string | undefined;
}
