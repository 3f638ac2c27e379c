import type { Template } from './template.ts';
import type { Micros } from './time.ts';

/** What a lease says that others like it do not: where its sandbox stands in the bytes, and its times. Its address is its template's `client`. */
export interface OwnLease {
  sandboxFrom: number;
  sandboxTo: number;
  start: Micros;
  end: Micros;
}

/** What a line whose record was decoded ahead has in common with others: each of these starts a record, and stands in no envelope. */
export interface AlikeRecord {
  readonly template: Template;
  /**
   * Whether of a line that the template takes, with equal values where they are to be the same, a quiet decoder makes the same, but for
   * what is put into `own`. Line and line feed stand in the bytes from a place to another.
   */
  readonly holdsFor: (bytes: Uint8Array, from: number, to: number, own: OwnLease) => boolean;
}
