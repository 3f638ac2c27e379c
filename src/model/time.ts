/** Microseconds since the Unix epoch, UTC. Exact in a double until the year 2255. */
export type Micros = number & { readonly __unit: 'us' };

/** What the instant of a record stands for. Reading one as another shifts blame to a neighbour. */
export type TimeBasis =
  | 'packet'
  | 'flow-start'
  | 'flow-end'
  | 'window'
  | 'request-start'
  | 'completion'
  | 'event'
  | 'emit'
  | 'batch'
  | 'receipt'
  | 'snapshot'
  | 'none';

/** How sure the zone of a stamp is: stated in the record, an epoch number, or assumed by the reader. */
export type ZoneBasis = 'explicit' | 'epoch' | 'assumed';

export interface EventTime {
  /** Best single instant as written, read as UTC when no zone stands in the record (then `zone` is `assumed`). */
  readonly at: Micros;
  /** The interval in which the cause lies, before any clock correction. `lo <= at <= hi` does not hold for late records. */
  readonly lo: Micros;
  readonly hi: Micros;
  /** The stamp exactly as it stood in the record; empty when the record carries none. */
  readonly raw: string;
  readonly basis: TimeBasis;
  readonly zone: ZoneBasis;
  /** Smallest step the stamp can express, microseconds. */
  readonly stepUs: number;
  /** The year was not in the record and was supplied by the reader. */
  readonly yearAssumed?: true;
  /** When a carrier (syslog header, wrapper, collector) saw the record. */
  readonly observed?: Micros;
}
