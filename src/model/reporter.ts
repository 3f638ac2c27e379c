import type { Advice } from './advice.ts';
import type { Report } from './report.ts';
import type { SourceRef } from './source.ts';

export interface ReporterOptions {
  /** Takes secrets out of a text; every string that came from a log goes through it. */
  readonly clean: (text: string) => string;
  /** How the program was called, for the commands a report suggests. */
  readonly command: string;
  /** Raw text of a cited record, when the caller has read the originals again. */
  readonly raw?: (ref: SourceRef) => string | undefined;
  /** What follows from the report, for formats that show it. */
  readonly advice?: Advice;
}

/** One output format: a pure function from a report to text. The same report gives the same bytes. */
export interface Reporter {
  readonly id: string;
  readonly render: (report: Report, options: ReporterOptions) => Iterable<string>;
}
