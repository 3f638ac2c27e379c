import { leapReference } from '../../core/time/time.ts';
import type { Report } from '../../model/report.ts';
import type { Micros } from '../../model/time.ts';
import type { Finding, ViolatingEvent } from '../../model/violation.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import type { Threads } from '../../threads/skim-threads.ts';
import type { Stated } from './stated.ts';

export interface RunOptions extends Stated {
  readonly paths: readonly string[];
  readonly cwd: string;
  /** Minutes east of UTC by source name, for stamps without a zone. */
  readonly zones?: ReadonlyMap<string, number>;
  readonly year?: number;
  /** Microseconds by which a source's clock is ahead, stated by the user. */
  readonly clockOffsets?: ReadonlyMap<string, number>;
  /** The present, for stamps without a year on standard input. */
  readonly now?: Micros;
  readonly from?: Micros;
  readonly to?: Micros;
  /** Memory that the run may take, bytes: what is longer is read for what bears on a violation. */
  readonly memoryBytes?: number;
  /** False: what memory has no room for goes to no temporary file, and logs are read twice instead. The answer is the same, but that compressed tar archives and archives in archives are not read. */
  readonly temporaryFiles?: boolean;
  /** Other threads that help with long files; as many as there are cores for unless told. The answer is the same with any. */
  readonly threads?: Threads;
  /** False: no SHA-256 of inputs is made, which takes a fifth of the processor time of a long log; they are empty then. */
  readonly hashes?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Gets each violating record as soon as it is read, where the logs are long; its clock is not corrected yet. */
  readonly onFinding?: (event: ViolatingEvent, finding: Finding) => void;
  /**
   * Gets the report but for its inputs and problems, which wait for the hashes: time that may be used, as long as the second
   * argument says so. It has to give way now and then, or the hashes never come in.
   */
  readonly whileHashing?: (report: Omit<Report, 'inputs' | 'problems'>, isHashing: () => boolean) => Promise<void>;
}

/** What a run is at. */
export type Progress =
  /** An archive, before anything is read, and the bytes that came out of it. */
  | { readonly stage: 'unpacking'; readonly path: string; readonly bytes: number }
  | { readonly stage: 'reading'; readonly readBytes: number; readonly totalBytes: number }
  /** Lines of a long log, once more: they may bear on violations that were found behind them. */
  | { readonly stage: 'reading-again'; readonly path: string; readonly lines: number }
  /** All is read. So many violations were weighed, of as many as there are; undefined before their number is known. */
  | { readonly stage: 'answering'; readonly weighed: number; readonly violations: number | undefined };

/** Minutes east of UTC for stamps of a file that state no zone. */
export function zoneFor(path: string, { zones }: RunOptions): number {
  for (const [source, minutes] of zones ?? []) if (path === source || path.includes(source)) return minutes;
  return 0;
}

/** Years that a stamp leaves out end with the year of the file's last change, or with `--year`; with a leap day, around that. */
export function referenceFor(input: InputFile, hasLeapDay: boolean, options: RunOptions): Micros {
  const latest = latestFor(input, options);
  return hasLeapDay ? leapReference(latest) : latest;
}

function latestFor(input: InputFile, { year, now }: RunOptions): Micros {
  if (year !== undefined) return (Date.UTC(year, 11, 31, 23, 59, 59) * 1000) as Micros;
  return input.absolute === '-' && now !== undefined ? now : (input.modifiedUs as Micros);
}
