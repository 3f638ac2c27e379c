import { crc32 } from 'node:zlib';
import type { ByteReader } from '../bytes/byte-reader.ts';
import { type Inflation, newInflation, type Passing } from './inflation.ts';

/** Told once why compressed data could not be read to its end; the code becomes part of a diagnostic. */
export type Fail = (code: string, reason: string) => void;

const PIECE_BYTES = 64 * 1024;

/** A zip entry of method 8. */
export async function* inflateRaw(reader: ByteReader, fail: Fail, passing: Passing = {}): AsyncGenerator<Uint8Array> {
  const inflation = newInflation(passing);
  try {
    yield* inflateOne(reader, fail, inflation);
  } finally {
    inflation.close();
  }
}

/** One raw deflate stream out of `reader`, which stands behind it afterwards. Whether it came to its end. */
async function* inflateOne(reader: ByteReader, fail: Fail, inflation: Inflation): AsyncGenerator<Uint8Array, boolean> {
  let error: string | undefined;
  for (let isLast = false; !isLast && !inflation.ended && error === undefined; ) {
    isLast = !(await reader.fill(1));
    yield* inflation.inflate(reader.rest.subarray(0, PIECE_BYTES), isLast);
    reader.take(inflation.consumed);
    error = inflation.error ?? (isLast || inflation.ended || inflation.consumed > 0 ? undefined : 'no progress');
  }
  if (error !== undefined) fail('broken', `is damaged or cut short (${error})`);
  return error === undefined;
}

/** Gzip members one after the other; zero padding between and behind them is allowed. RFC 1952. */
export async function* gunzip(reader: ByteReader, fail: Fail, passing: Passing = {}): AsyncGenerator<Uint8Array> {
  let inflation = newInflation(passing);
  try {
    yield* membersOf(reader, fail, () => {
      inflation = inflation.again();
      return inflation;
    });
  } finally {
    inflation.close();
  }
}

async function* membersOf(reader: ByteReader, fail: Fail, begin: () => Inflation): AsyncGenerator<Uint8Array> {
  for (let members = 0; await reader.fill(1); ) {
    if (members > 0 && reader.rest[0] === 0) {
      reader.take(zerosAtStart(reader.rest));
      continue;
    }
    if (members > 0 && !((await reader.fill(2)) && reader.rest[0] === 0x1f && reader.rest[1] === 0x8b))
      return fail('trailing', 'has bytes behind it that are no gzip');
    const header = await skipHeader(reader);
    if (header !== 'ok') return fail('broken', header);
    const sums: Sums = { crc: 0, bytes: 0 };
    if (!(yield* summed(inflateOne(reader, fail, begin()), sums))) return;
    if (!(await reader.fill(8))) return fail('broken', 'is cut short (its checksum is missing)');
    const trailer = reader.take(8);
    if (trailer.readUInt32LE(0) !== sums.crc || trailer.readUInt32LE(4) !== sums.bytes % 2 ** 32)
      return fail('broken', 'is damaged (its checksum does not match)');
    members++;
  }
}

/** Checksum and length of what passed. */
export interface Sums {
  crc: number;
  bytes: number;
}

export async function* summed<R>(chunks: AsyncGenerator<Uint8Array, R>, sums: Sums): AsyncGenerator<Uint8Array, R> {
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) return value;
      sums.crc = crc32(value, sums.crc);
      sums.bytes += value.length;
      yield value;
    }
  } finally {
    await chunks.return(undefined as never);
  }
}

function zerosAtStart(bytes: Uint8Array): number {
  let n = 0;
  while (n < bytes.length && bytes[n] === 0) n++;
  return n;
}

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const SHORT = 'is cut short (inside its header)';

/** RFC 1952, section 2.3. */
async function skipHeader(reader: ByteReader): Promise<string> {
  if (!(await reader.fill(10))) return SHORT;
  const header = reader.take(10);
  if (header[2] !== 8) return 'has a compression method that gzip does not know';
  const flags = header[3] ?? 0;
  if ((flags & FEXTRA) !== 0) {
    if (!(await reader.fill(2))) return SHORT;
    const length = reader.take(2).readUInt16LE(0);
    if (!(await reader.fill(length))) return SHORT;
    reader.take(length);
  }
  for (const flag of [FNAME, FCOMMENT]) if ((flags & flag) !== 0 && !(await skipText(reader))) return SHORT;
  if ((flags & FHCRC) === 0) return 'ok';
  if (!(await reader.fill(2))) return SHORT;
  reader.take(2);
  return 'ok';
}

async function skipText(reader: ByteReader): Promise<boolean> {
  while (await reader.fill(1)) {
    const end = reader.rest.indexOf(0);
    reader.take(end < 0 ? reader.rest.length : end + 1);
    if (end >= 0) return true;
  }
  return false;
}
