import { LineCutter, type LineSlice } from '../sources/cutting/line-cutter.ts';
import { type ReadLog, readBytes } from '../sources/records/read.ts';
import type { Cut, RowFile } from './rows.ts';
import type { RowTally } from './tally.ts';

/** Longest row that is read whole. */
export const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** A row that goes takes its line ending with it; blank lines stay. */
export async function cutLines(
  { input, format, context }: RowFile,
  tally: RowTally,
  log: ReadLog,
): Promise<readonly Cut[]> {
  const decoder = format.open(context);
  const lines = new LineCutter(MAX_ROW_BYTES);
  const cuts: Cut[] = [];
  /** Start of a row that goes, until the next line tells where it ends. */
  let from: number | undefined;
  const add = (slice: LineSlice): void => {
    if (from !== undefined) pushCut(cuts, [from, slice.offset]);
    from = undefined;
    if (slice.text.trim() === '') return;
    const ref = { source: input.path, line: slice.line, offset: slice.offset, bytes: slice.bytes };
    const decoded = slice.oversize ? undefined : decoder.decode({ text: slice.text, ref });
    if (!tally.keeps({ number: slice.line, text: slice.text }, decoded)) from = slice.offset;
  };
  for await (const chunk of readBytes(input, log)) lines.push(chunk).forEach(add);
  lines.end().forEach(add);
  if (from !== undefined) pushCut(cuts, [from, log.decompressedBytes]);
  return cuts;
}

/** Cuts that touch become one. */
function pushCut(cuts: Cut[], [from, to]: Cut): void {
  const last = cuts.at(-1);
  if (last !== undefined && last[1] === from) cuts[cuts.length - 1] = [last[0], to];
  else cuts.push([from, to]);
}
