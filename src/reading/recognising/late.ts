import type { Format } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Micros } from '../../model/time.ts';
import { createFramer } from '../../sources/cutting/frame.ts';
import { unwrapRecord } from '../../sources/envelopes/unwrap.ts';
import { isReadOnce } from '../../sources/files/stored.ts';
import { newReadLog, readBytes } from '../../sources/records/read.ts';
import { ownerOf, sniffable } from './owner-of.ts';
import type { Recognised } from './recognise.ts';

/** Logs of many programs say the same in few ways; who says so many things is one program that nobody knows. */
const MOST_SHAPES = 2000;
const MOST_BYTES = 256 * 1024 * 1024;
/** Of what can be read only once, less than is kept of its beginning. */
const MOST_OF_STREAM = 16 * 1024 * 1024;
/** Lines that a format has to get on with before the file is its own. */
const TRIED = 200;
const SHAPE_LENGTH = 120;

/**
 * A log of a whole system (syslog, dmesg) may begin with hundreds of lines of other programs. Where nobody knows a file by its head, lines
 * further down that look like none before are offered as well. A format that fails at the lines of the head does not get the file.
 */
export async function recogniseLate(file: Recognised, formats: readonly Format[]): Promise<Recognised> {
  const { head, detection } = file;
  if (detection.format !== undefined || head.binary !== undefined || head.empty || head.auto !== 'lines') return file;
  const first: RawRecord[] = [];
  const shapes = new Set<string>();
  const refused = new Set<Format>();
  for await (const record of linesOf(file)) {
    if (first.length < TRIED) first.push(record);
    const shape = shapeOf(record.text);
    if (shapes.has(shape)) continue;
    shapes.add(shape);
    const found = claimant(record.text, file.input.path, formats, refused);
    if (found !== undefined && getsOn(found.format, first)) return ownedBy(file, found);
    if (found !== undefined) refused.add(found.format);
    if (shapes.size >= MOST_SHAPES) break;
  }
  return file;
}

/** Who claims a line most surely and does not deny, by what else a head tells, that the file is its own. */
function claimant(text: string, path: string, formats: readonly Format[], refused: ReadonlySet<Format>) {
  const out = new Set(refused);
  const record = sniffable(text);
  const sample = { path, records: [record] };
  for (;;) {
    const found = ownerOf(record, formats, (format) => format.framing === 'auto' && !out.has(format));
    if (found?.format.sniff?.(sample).score !== 0) return found;
    out.add(found.format);
  }
}

async function* linesOf({ input }: Recognised): AsyncGenerator<RawRecord> {
  const framer = createFramer(input.path, 'lines');
  const most = isReadOnce(input) ? MOST_OF_STREAM : MOST_BYTES;
  let bytes = 0;
  for await (const chunk of readBytes(input, newReadLog(), { hashed: false, isBeside: true })) {
    yield* framer.push(chunk).map(unwrapRecord);
    bytes += chunk.length;
    if (bytes > most) return;
  }
  yield* framer.end().map(unwrapRecord);
}

/** A line without its words that hold a digit: times, numbers, addresses. */
const shapeOf = (text: string): string =>
  text
    .slice(0, 2 * SHAPE_LENGTH)
    .replace(/\S*\d\S*/g, '#')
    .slice(0, SHAPE_LENGTH);

function ownedBy(file: Recognised, { format, score }: { readonly format: Format; readonly score: number }): Recognised {
  const reason = 'a line further down; the lines before are of other programs';
  return {
    ...file,
    detection: { ...file.detection, format, others: [], candidates: [{ id: format.id, score, reason }] },
  };
}

function getsOn(format: Format, records: readonly RawRecord[]): boolean {
  const decoder = format.open({ path: '', zoneOffsetMin: 0, reference: 0 as Micros });
  return records.every((record) => decoder.decode(record).status !== 'failed');
}
