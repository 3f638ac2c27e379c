import type { ToolCallEvent } from './event.ts';
import type { RawRecord } from './source.ts';

/** One of the records that stand in a line. */
export interface CutRecord {
  /** The episode that it names itself. */
  readonly episodeId: string | undefined;
  /** Undefined where it is no call. Its index is 0: only its decoder knows which one it is. */
  readonly call: ToolCallEvent | undefined;
}

/** Cuts tool calls from lines on any thread, where a line says all that is to be known of them but their index. */
export interface CallCutter {
  /** So many numbers tell a decoder which record it is. */
  readonly words: number;
  /** All records of a line, in their order; undefined where the line must be decoded. */
  cut(line: RawRecord): readonly CutRecord[] | undefined;
  /** Puts the numbers of one of the records that were cut last among others. */
  identify(record: number, words: Uint32Array, at: number): void;
}

/** A line that was cut, as its decoder is told of it. */
export interface CutLine {
  /** How many records stand in it. */
  readonly count: number;
  /** Numbers of these and of others; those of a record begin at `wordsOf`. */
  readonly words: Uint32Array;
  wordsOf(record: number): number;
  episodeOf(record: number): string | undefined;
  isCall(record: number): boolean;
  /** Tells of its calls, one after the other, which ones of their episodes they are. */
  setIndex(index: number): void;
}
