import type { Event } from '../../model/event.ts';
import type { Ring } from '../../sources/bytes/ring.ts';
import type { OnLeft } from '../../sources/cutting/line-cutter.ts';
import type { Skim } from '../../sources/records/skim-ahead.ts';
import type { Tally } from '../counting/tally.ts';

/** Takes events; whoever writes them somewhere slow is waited for. */
export type Emit = (events: readonly Event[]) => void | Promise<void>;

/** Takes what was read of the lines of a file on any thread, in the order of the lines. */
export interface Taking {
  /** Takes note of what was read of a chunk, before its other lines are. */
  readonly left: OnLeft;
  /** Whether something comes before a line. */
  isDue(line: number): boolean;
  takeUntil(line: number): Promise<void>;
  /** How many calls were taken. */
  readonly calls: number;
}

/** How lines of a file are read on any thread, and where what they tell goes. `emit`: takes the events that are made here. */
export interface Cutting {
  readonly skim: Skim;
  readonly buffers: Ring;
  /** Records may have several lines. */
  readonly isOfRecords: boolean;
  open(tally: Tally, emit: Emit): Taking;
}
