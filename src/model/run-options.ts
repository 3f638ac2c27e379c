import type { Role } from './format.ts';
import type { Importer } from './importer.ts';
import type { Micros } from './time.ts';
import type { Finding, ViolatingEvent } from './violation.ts';

/** What the user says about sources; a source is a path, the end of one, or a folder on it. */
export interface Stated {
  /** Format id by source (`--as`). */
  readonly forced?: ReadonlyMap<string, string>;
  /** Roles by source (`--source`): what it must contribute. */
  readonly roles?: ReadonlyMap<string, readonly Role[]>;
  readonly importers?: readonly Importer[];
}

/** What a run is asked. All but the paths may be left out. */
export interface RunOptions extends Stated {
  /** Files, folders, globs and `-`. */
  readonly paths: readonly string[];
  /** Where relative paths start; the working folder unless told. */
  readonly cwd?: string;
  /** Minutes east of UTC by source, for stamps without a zone. */
  readonly zones?: ReadonlyMap<string, number>;
  /** Of stamps without one. */
  readonly year?: number;
  /** Microseconds by which a source's clock is ahead, stated by the user. */
  readonly clockOffsets?: ReadonlyMap<string, number>;
  /** The present, for stamps without a year on standard input. */
  readonly now?: Micros;
  /** First moment that counts. */
  readonly from?: Micros;
  /** First moment that no longer counts. */
  readonly to?: Micros;
  /** Memory that the run may take, bytes: what is longer is read for what bears on a violation. */
  readonly memoryBytes?: number;
  /** False: what memory has no room for goes to no temporary file, and logs are read twice instead. The answer is the same, but that compressed tar archives and archives in archives are not read. */
  readonly temporaryFiles?: boolean;
  /** False: no SHA-256 of inputs is made, which takes a fifth of the processor time of a long log; they are empty then. */
  readonly hashes?: boolean;
  /** What was read until it aborts is answered. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Gets each violating record as soon as it is read, where the logs are long; its clock is not corrected yet. */
  readonly onFinding?: (event: ViolatingEvent, finding: Finding) => void;
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
