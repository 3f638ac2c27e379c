import type { Event, ToolCallEvent } from './event.ts';
import type { RawRecord, SourceRef } from './source.ts';
import type { Template } from './template.ts';
import type { Micros } from './time.ts';

/** What a call says; equal ones are mostly the same object. */
export type Said = Pick<ToolCallEvent, 'command' | 'argumentsText'>;

/** A call that another one is like in all but this and its place. */
export interface AlikeCall {
  readonly kind: 'alike';
  /** Mostly the same object. It has nothing that is not told by a frame (`core/calls/frame.ts`), but a sandbox. */
  readonly like: ToolCallEvent;
  readonly said: Said;
  readonly callId: string;
  readonly ref: SourceRef;
  readonly start: Micros;
  readonly end: Micros;
  /** The last three digits of its start in nanoseconds. */
  readonly nanos: number;
}

/** One of the records that stand in a line. */
export interface CutRecord {
  /** The episode that it names itself. */
  readonly episodeId: string | undefined;
  /** Undefined where it is no call. Its index is 0: only its decoder knows which one it is. */
  readonly call: ToolCallEvent | AlikeCall | undefined;
  /** Whether any other is the same in this, and in what its call is like, that has equal values where its template compares them. */
  readonly isAlike?: boolean;
}

/**
 * How lines are made that are like one that was cut: a head that ends with the mark, records with commas between them, a tail. Two
 * with the same head and tail differ in their records alone.
 */
export interface AlikeRecords {
  /** ASCII, sixteen characters at most; in no head twice. */
  readonly mark: string;
  /** Of the records of the line that was cut last; undefined where others cannot be compared with one. */
  templates(): readonly (Template | undefined)[];
  /** Another number: what was told before holds no more. */
  edition(): number;
}

/** Cuts tool calls from lines on any thread, where a line says all that is to be known of them but their index. */
export interface CallCutter {
  /** So many numbers tell a decoder which record it is. */
  readonly words: number;
  /** All records of a line, in their order, good until the next is cut; undefined where the line must be decoded. */
  cut(line: RawRecord): readonly CutRecord[] | undefined;
  /** Puts the numbers of one of the records that were cut last among others. */
  identify(record: number, words: Uint32Array, at: number): void;
  /** The numbers of a record are then its ids: 16 bytes of a trace, 8 of its own, 8 of its parent, high ones first, zeros for none. */
  readonly alike?: AlikeRecords;
}

/** Lines that were cut one behind the other, as their decoder is told of them. */
export interface CutLines {
  /** How many lines. */
  readonly lines: number;
  /** Behind which record a line ends; the first begins with record 0. */
  endOf(line: number): number;
  /** Numbers of these and of other records; those of a record begin at `wordsOf`. */
  readonly words: Uint32Array;
  wordsOf(record: number): number;
  episodeOf(record: number): string | undefined;
  /** A number that no other name has. */
  episodeNumberOf(record: number): number;
  isCall(record: number): boolean;
  /** The call of which `setIndex` will tell next, made anew: as costly as reading it. Its place is none. */
  nextCall(): ToolCallEvent | undefined;
  /** Tells of the calls, one after the other, which ones of their episodes they are. */
  setIndex(index: number): void;
}

/** What a decoder made of lines that were cut. */
export interface Admitted {
  /** How many it took: none behind one that makes something known of others. */
  readonly lines: number;
  /** So many of them had nothing of interest, for this reason. */
  readonly skipped: number;
  readonly reason: string;
  /** What comes before the calls of the last line that it took. */
  readonly events: readonly Event[];
}
