import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { tryJson } from '../../core/json/json.ts';
import type { Framing, Sample, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { type Cut, createFramer, cutOf, type Framer, isJsonLine } from '../cutting/frame.ts';
import { isRuntimeLine } from '../envelopes/carriers.ts';
import { createUnwrapper, expandRecord } from '../envelopes/unwrap.ts';
import type { InputFile } from '../files/discover.ts';
import { isPacked, newReadLog, readBytes } from '../records/read.ts';
import { binaryKind } from './binary.ts';
import { ownConfiguration, ownReport } from './own-report.ts';

const HEAD_BYTES = 256 * 1024;
/** A first record longer than `HEAD_BYTES` is waited for up to here: agent traces have such lines. */
const MOST_BYTES = 16 * 1024 * 1024;
const MAX_RECORDS = 200;
const PIECE_BYTES = 32 * 1024;
/** A page of NUL bytes, as no file of numbers begins. */
const HOLE_BYTES = 4096;
/** Most first records are shorter. */
const FIRST_BYTES = 4 * 1024;

/** At the start of a line, or of a text that a shipper carries as JSON; `[Feb29 00:01]` is of `dmesg -H`. */
const LEAP_DAY = /(?:^|")(?:<\d{1,3}> ?)?\[?(?:[A-Z][a-z]{2} )?(?:Feb ?29 \d\d:\d\d|02\/29-\d\d:\d\d:)/m;

/** What is kept of a head once its file has been recognised. */
export interface HeadFacts {
  /** How the file is cut by a format with `auto` framing. */
  readonly auto: Cut;
  /** Each line is wrapped by itself, as a JSON document or by a container runtime: a line holds one record, or a line of one. */
  readonly isWrapped: boolean;
  /** The head holds the whole file. */
  readonly complete: boolean;
  /** SHA-256 of at most 256 KiB; equal for a plain and a compressed copy. */
  readonly digest: string;
  /** It holds nothing, or blanks alone. */
  readonly empty: boolean;
  /** A line of it is stamped 29 February, in words or as Snort writes it, and no year before the time. */
  readonly hasLeapDay: boolean;
  /** It has to be decompressed. */
  readonly isPacked: boolean;
  /** Set for files that are no log: what they are and what would make them readable. */
  readonly binary?: string;
}

/** The first bytes of a file, decompressed, that detection looks at; the file itself is read again from the start. */
export interface Head extends HeadFacts {
  readonly bytes: Uint8Array;
  /** Of the first 256 KiB. */
  readonly text: string;
}

export async function readHead(input: InputFile): Promise<Head> {
  const parts: Uint8Array[] = [];
  let total = 0;
  let probe: Probe | undefined;
  let ended = true;
  const log = newReadLog();
  let hole: Uint8Array | undefined;
  for await (const read of readBytes(input, log, { hashed: false, isBeside: true })) {
    const chunk = total === 0 ? behindHole(read, hole !== undefined) : read;
    if (chunk.length < read.length) hole ??= read.subarray(0, HOLE_BYTES);
    if (chunk.length === 0) continue;
    parts.push(chunk);
    total += chunk.length;
    if (total < HEAD_BYTES) continue;
    if (probe === undefined) probe = new Probe(Buffer.concat(parts));
    else probe.push(chunk);
    if (probe.hasRecord || total >= MOST_BYTES) {
      ended = false;
      break;
    }
  }
  if (total === 0 && hole !== undefined) parts.push(hole);
  const { binary = ownConfiguration(input.path), ...head } = headOf(Buffer.concat(parts), ended, probe);
  return { ...head, ...(binary === undefined ? {} : { binary }), isPacked: isPacked(input, log) };
}

/** What a program goes on to write where it was once, in a file that was cut to nothing meanwhile, stands behind such pages. */
function behindHole(chunk: Uint8Array, isInHole: boolean): Uint8Array {
  let at = 0;
  while (at < chunk.length && chunk[at] === 0) at++;
  return isInHole || at >= HOLE_BYTES ? chunk.subarray(at) : chunk;
}

/** Watches for the first whole record. */
class Probe {
  readonly text: string;
  readonly binary: string | undefined;
  readonly auto: Cut;
  /** The first `HEAD_BYTES` hold a whole record, or are no text. */
  readonly isShort: boolean;
  hasRecord: boolean;
  readonly #framer: Framer;

  constructor(bytes: Buffer) {
    const start = bytes.subarray(0, HEAD_BYTES);
    this.text = start.toString('utf8');
    this.binary = binaryKind(start) ?? ownReport(start);
    this.auto = cutOf('auto', this.text);
    this.#framer = createFramer('', this.auto);
    this.isShort = this.binary !== undefined || this.#holdsRecord(start);
    this.hasRecord = this.isShort || this.#holdsRecord(bytes.subarray(HEAD_BYTES));
  }

  push(chunk: Uint8Array): void {
    this.hasRecord ||= this.#holdsRecord(chunk);
  }

  /** The records behind the first one need not be cut. */
  #holdsRecord(bytes: Uint8Array): boolean {
    for (let from = 0; from < bytes.length; from += FIRST_BYTES)
      if (this.#framer.push(bytes.subarray(from, from + FIRST_BYTES)).length > 0) return true;
    return false;
  }
}

/** Head of bytes that are at hand; `ended` when no more follow. `known`: what was told of their beginning before. */
function headOf(all: Buffer, ended: boolean, known: Probe | undefined): Omit<Head, 'isPacked'> {
  const start = all.subarray(0, HEAD_BYTES);
  const { text, binary, auto, isShort } = known ?? new Probe(start);
  // A copy, because a view would keep the whole chunk alive.
  const bytes = isShort || all.length <= HEAD_BYTES ? Buffer.from(start) : all;
  return {
    bytes,
    text,
    auto,
    isWrapped: isJsonLine(text) || isRuntimeLine(text),
    complete: ended && bytes.length === all.length,
    digest: createHash('sha256').update(start).digest('hex'),
    hasLeapDay: LEAP_DAY.test(text),
    empty: ended && all.length <= HEAD_BYTES && text.trim() === '',
    ...(binary === undefined ? {} : { binary }),
  };
}

/** The facts without the bytes: heads of thousands of files do not fit in memory together. */
export function factsOf(head: Head): HeadFacts {
  const { bytes: _bytes, text: _text, ...facts } = head;
  return facts;
}

/** How a format of this framing cuts the file. */
export function cutFor(head: HeadFacts, framing: Framing): Cut {
  if (framing === 'auto' || head.auto === 'csv') return head.auto;
  return framing !== 'csv' && head.isWrapped ? 'lines' : framing;
}

const lines = new WeakMap<Head, readonly string[]>();

/** Whether a line of the head starts a record of this framing. */
function hasStart(head: Head, startsRecord: RegExp): boolean {
  const known = lines.get(head) ?? head.text.replace(/^\uFEFF/, '').split(/\r?\n/);
  lines.set(head, known);
  return known.some((line) => startsRecord.test(line));
}

/** The head's records, cut as they are asked for: detection seldom needs all of them. */
function* recordsOf(path: string, head: Head, cut: Cut): Generator<RawRecord> {
  const framer = createFramer(path, cut);
  let some = false;
  for (let from = 0; from < head.bytes.length; from += PIECE_BYTES) {
    const records = framer.push(head.bytes.subarray(from, from + PIECE_BYTES));
    some ||= records.length > 0;
    yield* records;
  }
  if (head.complete || !some) yield* framer.end();
}

/** Cuts the head in one way, and unwraps: what detection scores. */
export function sampleOf(path: string, head: Head, cut: Cut): Sample {
  // Without any start the whole head would be one record, and every reader would search through it.
  if (typeof cut === 'object' && !hasStart(head, cut.startsRecord)) return { path, records: [] };
  const unwrap = createUnwrapper();
  const out: SniffRecord[] = [];
  const keep = (record: RawRecord | undefined): void => {
    if (record === undefined || out.length >= MAX_RECORDS) return;
    const { text } = record;
    const json = text.startsWith('{') || text.startsWith('[') ? tryJson(text) : undefined;
    // Of a longer document the parsed value tells what it is; some hundred readers searching its text take seconds.
    out.push({ text: json === undefined ? text : text.slice(0, HEAD_BYTES), json });
  };
  for (const record of recordsOf(path, head, cut)) {
    if (out.length >= MAX_RECORDS) break;
    for (const single of expandRecord(record) ?? [record]) keep(unwrap(single));
  }
  if (out.length === 0) unwrap.end().forEach(keep);
  return { path, records: cut === 'lines' ? behindTorn(out) : out };
}

/** A log may have been cut within its first line: where all others are JSON, that one tells nothing of the file. */
function behindTorn(records: readonly SniffRecord[]): readonly SniffRecord[] {
  const [first, ...others] = records;
  const isTorn = first?.json === undefined && others.length > 0 && others.every(({ json }) => json !== undefined);
  return isTorn ? others : records;
}
