import type { DecodeContext, Format } from '../model/format.ts';
import type { BatchSize } from '../model/quarantine.ts';
import type { Micros } from '../model/time.ts';
import type { RowFacts, RowFate } from '../quarantine/match.ts';
import { detectFormat } from '../sources/detect.ts';
import type { InputFile } from '../sources/discover.ts';
import { readHead } from '../sources/head.ts';
import { newReadLog } from '../sources/read.ts';
import { archiveRefusal, planArchive } from './archive.ts';
import { cutElements } from './elements.ts';
import type { Edited } from './eval-edits.ts';
import { cutLines } from './lines.ts';
import { RowTally } from './tally.ts';

/** Bytes [from, to) that go, counted in the decompressed file. */
export type Cut = readonly [from: number, to: number];

/**
 * How rows lie in a file: one a line; elements of a list; samples of an Inspect log; in ROLL, a place in every list; samples that
 * are members of an Inspect archive.
 */
export type Layout = 'lines' | 'list' | 'samples' | 'columns' | 'archive';

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

/** What dropping the quarantined rows would do to a rollout file. */
export interface CutPlan extends Counts {
  /** In order, apart from each other. */
  readonly cuts: readonly Cut[];
}

/** One entry of an archive: it stays, goes, or stays with some of its bytes replaced. */
export interface MemberPlan extends Edited {
  readonly input: InputFile;
  readonly name: string;
  readonly stays: boolean;
}

/** The same for an archive, in the order of its directory. */
export interface ArchivePlan extends Counts {
  readonly members: readonly MemberPlan[];
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
  readonly context: DecodeContext;
}

const LINE_FORMATS: ReadonlySet<string> = new Set(['verifiers', 'nemo-gym', 'training-dump', 'tool-calls']);
/** ROLL writes a step as lists of JSON texts; rows taken out of it stand one a line. */
const COLUMNS = /^\{\s*"\w+"\s*:\s*\[/;
const SUPPORTED =
  'ROLL dumps; verifiers and prime-rl traces, NeMo Gym rollouts, verl, SkyRL, AReaL and rLLM dumps and plain tables of episodes, all as JSON lines or one JSON list; Inspect logs as .eval and .json';

/** Recognises a rollout file by its content. */
export async function recogniseRollouts(input: InputFile, formats: readonly Format[]): Promise<RowFile | Refusal> {
  if (input.member !== undefined) return recogniseArchive(input, formats);
  const head = await readHead(input);
  const { format } = detectFormat(formats, input.path, head);
  const layout =
    format === undefined ? undefined : layoutOf(format, new TextDecoder().decode(head.bytes.subarray(0, 256)));
  if (format === undefined || layout === undefined)
    return { refused: `${input.path} is ${format?.title ?? 'of no known format'}. What can be filtered: ${SUPPORTED}` };
  const context = { path: input.path, zoneOffsetMin: 0, reference: input.modifiedUs as Micros };
  return { input, format, layout, context };
}

function recogniseArchive(member: InputFile, formats: readonly Format[]): RowFile | Refusal {
  const path = member.path.split('!/')[0] ?? member.path;
  const format = formats.find(({ id }) => id === 'inspect');
  const refused = format === undefined ? 'no format reads Inspect logs' : archiveRefusal(path, member.absolute);
  if (format === undefined || refused !== undefined) return { refused: refused ?? '' };
  const { absolute, modifiedUs, archiveBytes = member.bytes } = member;
  const context = { path, zoneOffsetMin: 0, reference: modifiedUs as Micros };
  return { input: { path, absolute, bytes: archiveBytes, modifiedUs }, format, layout: 'archive', context };
}

/** What would go, whatever the layout. */
export function planRows(file: RowFile, options: PlanOptions): Promise<CutPlan | ArchivePlan | Refusal> {
  return file.layout === 'archive' ? planArchive(file, options) : planCuts(file, options);
}

/** Reads a rollout file once, streaming, and says which bytes must go. Memory: one row, and a few numbers for each. */
export async function planCuts(file: RowFile, options: PlanOptions): Promise<CutPlan | Refusal> {
  const log = newReadLog();
  const tally = new RowTally(options);
  const cuts = await (file.layout === 'lines' ? cutLines : cutElements)(file, tally, log);
  const damage = log.problems.find(({ severity }) => severity === 'error');
  if (damage !== undefined) return { refused: damage.message };
  if ('refused' in cuts) return { refused: `${file.input.path}: ${cuts.refused}` };
  return { ...tally.counts(), cuts };
}

function layoutOf(format: Format, start: string): Layout | undefined {
  const first = start.replace(/^\uFEFF/, '').trimStart();
  if (format.id === 'roll-dump') return COLUMNS.test(first) ? 'columns' : 'lines';
  if (format.id === 'inspect') return 'samples';
  if (!LINE_FORMATS.has(format.id)) return undefined;
  if (first.startsWith('[')) return 'list';
  return first.startsWith('{') ? 'lines' : undefined;
}
