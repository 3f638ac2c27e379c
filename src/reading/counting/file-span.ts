import type { Event } from '../../model/event.ts';
import type { DecodeContext, Format } from '../../model/format.ts';
import type { Micros } from '../../model/time.ts';

/** A line that was left, or several in a row that make one record. */
interface LeftLine {
  readonly text: string;
  readonly line: number;
}

/**
 * From the first to the last time of a file's events, those without a time left aside. Of events that were dropped and lines that were
 * left the last ones count, so that the end is the same whether they had to be read.
 */
export class FileSpan {
  first: Micros | undefined;
  last: Micros | undefined;
  #lastLine = 0;
  #lastLeft = '';
  #lastDropped: readonly Event[] = [];

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

  /** Events that were dropped begin the span where nothing did. */
  drop(events: readonly Event[]): void {
    if (this.first === undefined) this.add(events);
  }

  leave({ text, line }: LeftLine): void {
    this.#lastDropped = [];
    this.#lastLeft = text;
    this.#lastLine = line;
  }

  /** A record was read; `dropped`: its events, where none was kept. They are the last of the file, unless others stand behind them. */
  follow(dropped: readonly Event[], line: number): void {
    if (line <= this.#lastLine) return;
    this.#lastLeft = '';
    this.#lastLine = line;
    this.#lastDropped = dropped;
  }

  /** No line comes after this. */
  close(format: Format | undefined, context: DecodeContext): void {
    this.add(this.#lastDropped);
    if (format === undefined || this.#lastLeft === '') return;
    const ref = { source: context.path, line: 0, offset: 0, bytes: 0 };
    const decoder = format.open(context);
    for (const text of this.#lastLeft.split('\n')) {
      const result = decoder.decode({ text, ref });
      if (result.status === 'decoded') this.add(result.events);
    }
    this.add(decoder.flush?.() ?? []);
  }
}
