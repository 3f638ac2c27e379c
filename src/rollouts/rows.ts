import type { DecodeContext, Format } from '../model/format.ts';
import type { BatchSize } from '../model/quarantine.ts';
import type { RowFacts, RowFate } from '../quarantine/match.ts';
import type { InputFile } from '../sources/files/discover.ts';

/** Bytes [from, to) that go, counted in the decompressed file. */
export type Cut = readonly [from: number, to: number];

/**
 * How rows lie in a file: one a line; elements of a list, of the list in which a document of the format lists them, or of any list of
 * a document that only carries them; samples of an Inspect log; in ROLL, a place in every list; samples that are members of an
 * Inspect archive.
 */
export type Layout = 'lines' | 'list' | 'document' | 'carried' | 'samples' | 'columns' | 'archive';

export interface Remark {
  /** 1-based line, or place in the list. */
  readonly row: number;
  readonly says: string;
}

/** `rows` = kept + dropped; a row that nothing can be said about is kept. */
export interface Counts {
  readonly rows: number;
  /** SHA-256 of the texts of the rows that stay, in order. */
  readonly keptSha256: string;
  readonly dropped: readonly { readonly row: number; readonly episode: string }[];
  readonly unnamed: number;
  readonly unreadable: number;
  readonly contradicted: number;
  readonly inseparable: number;
  readonly remarks: readonly Remark[];
  /** Rollouts a step, before and after. */
  readonly steps: readonly BatchSize[];
  /** Prompt groups that fall below two members. */
  readonly broken: readonly BatchSize[];
}

/** A sentence: why this file cannot be filtered. */
export interface Refusal {
  readonly refused: string;
}

export interface PlanOptions {
  readonly fateOf: (row: RowFacts) => RowFate;
  /** Names by line count say something only in the file that was read as evidence. */
  readonly lineNames: 'trusted' | 'ignored';
}

/** A row as its format reads it: the same code that named the episode when the evidence was read. */
export interface RowFile {
  readonly input: InputFile;
  readonly format: Format;
  readonly layout: Layout;
  /** Of a document: the member whose elements the rows are. */
  readonly list?: string;
  readonly context: DecodeContext;
}
