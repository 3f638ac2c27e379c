import { leapReference } from '../../core/time/time.ts';
import type { Report } from '../../model/report.ts';
import type { RunOptions as Asked } from '../../model/run-options.ts';
import type { Micros } from '../../model/time.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import type { Threads } from '../../threads/skim-threads.ts';

/** What is asked, and what only the program around a run tells it. */
export interface RunOptions extends Asked {
  readonly cwd: string;
  /** Other threads that help with long files; as many as there are cores for unless told. The answer is the same with any. */
  readonly threads?: Threads;
  /**
   * Gets the report but for its inputs and problems, which wait for the hashes: time that may be used, as long as the second
   * argument says so. It has to give way now and then, or the hashes never come in.
   */
  readonly whileHashing?: (report: Omit<Report, 'inputs' | 'problems'>, isHashing: () => boolean) => Promise<void>;
}

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
  return (input.absolute === '-' || input.pipe !== undefined) && now !== undefined ? now : (input.modifiedUs as Micros);
}
