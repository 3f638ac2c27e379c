import { Buffer } from 'node:buffer';
import { read } from 'node:fs';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import type { AsyncBuffer, FileMetaData, ParquetParsers } from 'hyparquet';
import { tryJson } from '../../core/json/json.ts';
import type { ByteReader } from '../bytes/byte-reader.ts';
import type { Fail } from '../compression/inflate.ts';
import type { InputFile } from '../files/discover.ts';
import { reasonOf } from '../files/reasons.ts';
import { type OpenFile, openFile, storedRange } from '../files/stored.ts';

const readAt = promisify(read);

/** One row group is held at a time; writers make them of 128 MB or a million rows. */
const MAX_GROUP_BYTES = 1024 * 1024 * 1024;
/** The index is at the end, so a file inside a stream or an archive has to be held whole. */
const MAX_STREAM_BYTES = 256 * 1024 * 1024;
const CHUNK_CHARS = 1 << 20;

/** A Parquet file begins so, and goes on with a structure whose field 1 is a 32-bit number: text has no such byte. */
export function isParquet(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 5)).toString('latin1') === 'PAR1\x15';
}

/**
 * The rows of a Parquet file as JSON lines, in order, one row group at a time: the readers of JSON tables take them. Times are
 * ISO 8601 with all their digits, without zone where the file calls them local; 64-bit numbers beyond 2^53 and raw bytes (base64)
 * are strings. https://parquet.apache.org/docs/file-format/
 */
export async function* parquetLines(input: InputFile, source: ByteReader, fail: Fail): AsyncGenerator<Uint8Array> {
  let file: OpenFile | undefined;
  try {
    const range = input.member?.kind === 'zip' ? undefined : storedRange(input);
    if (range !== undefined) file = openFile(input);
    else if (await source.fill(MAX_STREAM_BYTES))
      return fail('long', `is longer than ${MAX_STREAM_BYTES >> 20} MiB: unpack it first`);
    yield* rowsOf(file === undefined ? heldBuffer(source.rest) : fileBuffer(file, range?.start ?? 0));
  } catch (error) {
    fail('broken', `cannot be read (${reasonOf(error)})`);
  } finally {
    file?.close();
  }
}

function fileBuffer({ descriptor, input: { bytes: byteLength } }: OpenFile, from: number): AsyncBuffer {
  return {
    byteLength,
    slice: async (start, end = byteLength) => {
      const length = Math.max(0, end - start);
      const out = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await readAt(descriptor, out, done, length - done, from + start + done);
        if (bytesRead === 0) throw new Error('it became shorter');
        done += bytesRead;
      }
      return out.buffer;
    },
  };
}

function heldBuffer(held: Uint8Array): AsyncBuffer {
  return { byteLength: held.length, slice: async (start, end) => new Uint8Array(held.slice(start, end)).buffer };
}

async function* rowsOf(file: AsyncBuffer): AsyncGenerator<Uint8Array> {
  // Loaded only when such a file is there.
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const metadata = await parquetMetadataAsync(file, { geoparquet: false });
  const toLine = lineWriter(metadata);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    if (group.total_byte_size > MAX_GROUP_BYTES) throw new Error(`a row group takes ${group.total_byte_size} bytes`);
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors, parsers });
    yield* chunksOf(rows, toLine);
    rowStart = rowEnd;
  }
}

/** Snappy is the library's own. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
  ZSTD: (bytes: Uint8Array) => decompress(bytes),
};

function* chunksOf(rows: readonly object[], toLine: (row: object) => string): Generator<Uint8Array> {
  let text = '';
  for (const row of rows) {
    text += toLine(row);
    if (text.length < CHUNK_CHARS) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

function lineWriter({ schema }: FileMetaData): (row: object) => string {
  const local = new Set(schema.filter(({ logical_type }) => isLocalTime(logical_type)).map(({ name }) => name));
  return (row) =>
    `${JSON.stringify(row, (key, value: unknown) => {
      if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : `${value}`;
      if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
      return local.has(key) && typeof value === 'string' ? value.replace(/Z$/, '') : value;
    })}\n`;
}

function isLocalTime(type: FileMetaData['schema'][number]['logical_type']): boolean {
  return type?.type === 'TIMESTAMP' && !type.isAdjustedToUTC;
}

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');

/** The library's own give a `Date`, which has milliseconds only. */
const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (at) => isoOf(at, 3),
  timestampFromMicroseconds: (at) => isoOf(at, 6),
  timestampFromNanoseconds: (at) => isoOf(at, 9),
  dateFromDays: (days) => isoOf(BigInt(days) * 86_400n, 0).slice(0, 10),
  jsonFromBytes: (bytes) => tryJson(text(bytes) ?? '') ?? text(bytes),
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
};

/** `at`: units of 10^-digits seconds since the epoch. Empty beyond the years of ISO 8601. */
function isoOf(at: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = ((at % unit) + unit) % unit;
  const ms = Number((at - fraction) / unit) * 1000;
  if (Math.abs(ms) > 8.64e15) return '';
  const seconds = new Date(ms).toISOString().slice(0, -5);
  return digits === 0 ? `${seconds}Z` : `${seconds}.${String(fraction).padStart(digits, '0')}Z`;
}
