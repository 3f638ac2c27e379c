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
  /** Where its file is a piece of a log that was rotated. */
  readonly piece?: Piece;
}

/** A log that was rotated is one log: which of its pieces a file is. */
export interface Piece {
  /** Path of the newest piece. */
  readonly log: string;
  /** How many are older. */
  readonly nth: number;
}
