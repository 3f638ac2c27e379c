import type { Micros } from './time.ts';

/** Where a record stands. `line` is 1-based; `offset` and `bytes` count bytes of the decompressed file. */
export interface SourceRef {
  readonly source: string;
  readonly line: number;
  readonly offset: number;
  readonly bytes: number;
}

/** One framed and unwrapped record, before any format has read it. */
export interface RawRecord {
  /** The payload text: one line, one JSON document, or one multi-line record; no line ending. */
  readonly text: string;
  readonly ref: SourceRef;
  /** Time a wrapper (Docker, CRI, journald, CloudWatch, ...) gave the record. */
  readonly observed?: Micros;
  /** Facts a wrapper stated about the origin. */
  readonly host?: string;
  readonly containerId?: string;
  /** Microseconds since boot, from journald. */
  readonly monotonicUs?: number;
  /** How often a syslog daemon has left the message out since it wrote it last. */
  readonly repeats?: number;
  /** Where the text does not stand in the file as it is: it was taken out of an envelope. */
  readonly isUnwrapped?: true;
  /** The record was longer than the cap; `text` holds its beginning only. */
  readonly oversize?: true;
}
