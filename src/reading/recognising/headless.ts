import { isHeading } from '../../core/decoded.ts';
import { inPieces } from '../../core/lines/rotated.ts';
import type { DecodeContext, Format } from '../../model/format.ts';
import type { Micros } from '../../model/time.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { cutFor, readHead, sampleOf } from '../../sources/heads/head.ts';
import { fits } from './guests.ts';
import type { Recognised } from './recognise.ts';

/** What is known of a log by those of its pieces that are older. */
interface Older {
  readonly path: string;
  readonly format: Format;
  readonly headings: readonly string[];
}

/**
 * Pieces of a rotated log that no format recognises because their heading stands in an older piece only are recognised as that one
 * is, where most of their first records can be read under it. `mayBe`: whether the user lets a file be of a format.
 */
export async function withHeadless(
  files: readonly Recognised[],
  mayBe: (input: InputFile, format: Format) => boolean,
): Promise<readonly Recognised[]> {
  const out = new Map(files.map((file) => [file.input.path, file]));
  for (const pieces of inPieces(files, ({ input }) => ({ path: input.path, kind: 'text' }))) {
    if (!pieces.some(isUnknown) || pieces.every(isUnknown)) continue;
    let older: Older | undefined;
    for (const piece of pieces) {
      if (!isUnknown(piece)) older = await olderOf(piece, older);
      else if (older !== undefined && mayBe(piece.input, older.format) && (await goesOn(piece, older)))
        out.set(piece.input.path, { ...piece, detection: asOf(older) });
    }
  }
  return files.map((file) => out.get(file.input.path) ?? file);
}

function isUnknown({ detection, head }: Recognised): boolean {
  return detection.format === undefined && head.binary === undefined && !head.empty;
}

function asOf({ format, path }: Older): Recognised['detection'] {
  const reason = `goes on where ${path} ends: its rows fit that heading`;
  return { format, others: [], candidates: [{ id: format.id, score: 0.6, reason }] };
}

async function olderOf({ input, detection }: Recognised, before: Older | undefined): Promise<Older | undefined> {
  const { format } = detection;
  if (format === undefined) return before;
  const known = before?.format === format ? before.headings : [];
  const { headings } = await tried(input, format, known);
  return { path: input.path, format, headings: headings.length > 0 ? headings : known };
}

async function goesOn({ input }: Recognised, { format, headings }: Older): Promise<boolean> {
  if (headings.length === 0) return false;
  const { read, failed } = await tried(input, format, headings);
  return read > failed;
}

/** How the first records of a file are decoded under headings. */
async function tried(input: InputFile, format: Format, under: readonly string[]) {
  const head = await readHead(input);
  const context: DecodeContext = { path: input.path, zoneOffsetMin: 0, reference: input.modifiedUs as Micros };
  const decoder = format.open(context);
  const ref = { source: input.path, line: 0, offset: 0, bytes: 0 };
  for (const text of under) decoder.decode({ text, ref });
  const headings: string[] = [];
  let read = 0;
  let failed = 0;
  for (const { text } of sampleOf(input.path, head, cutFor(head, format.framing)).records) {
    const result = decoder.decode({ text, ref });
    if (result.status === 'skipped' && isHeading(result.reason)) headings.push(text);
    if (result.status === 'decoded' && fits(text, under.at(-1))) read++;
    else if (result.status !== 'skipped') failed++;
  }
  return { headings, read, failed };
}
