import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ZipMember } from '../archives/zip.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { type Utf16, utf8Of, utf16Of } from '../bytes/utf16.ts';
import { type Fail, gunzip, inflateRaw, type Sums, summed } from '../compression/inflate.ts';
import type { Passing } from '../compression/inflation.ts';
import { isSkippable, unzstd } from '../compression/unzstd.ts';
import type { InputFile } from '../files/discover.ts';
import { type Hashing, noHash, startHash } from '../files/hash.ts';
import { type StoredOptions, storedBytes } from '../files/stored.ts';
import { isParquet, parquetLines } from './parquet.ts';

type FailIn = (what: string) => Fail;

/** Parquet is read as the JSON lines that its rows make, UTF-16 as UTF-8. */
type Compression = 'none' | 'gzip' | 'zstd' | 'parquet' | Utf16;

/** What reading a file found out; complete only after the last chunk. */
export interface ReadLog {
  compression: Compression;
  /** SHA-256 of the bytes as stored, which may take longer than reading them; empty where nobody asked for it. */
  sha256: Promise<string>;
  storedBytes: number;
  decompressedBytes: number;
  readonly problems: Diagnostic[];
}

export function newReadLog(): ReadLog {
  return { compression: 'none', sha256: Promise.resolve(''), storedBytes: 0, decompressedBytes: 0, problems: [] };
}

/** Whether a file has to be decompressed. `log`: of a reading of its beginning. */
export function isPacked(input: InputFile, { compression }: Pick<ReadLog, 'compression'>): boolean {
  const isZipped = input.member?.kind === 'zip' && input.member.method !== 0;
  return compression === 'gzip' || compression === 'zstd' || isZipped;
}

/** Told by magic bytes, never by name. RFC 1952 section 2.3.1, RFC 8878 section 3.1.1. */
function compressionOf(head: Uint8Array): Compression {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (isParquet(head)) return 'parquet';
  const magic = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  if (head.length >= 4 && (magic === 0xfd2fb528 || isSkippable(magic))) return 'zstd';
  return utf16Of(head) ?? 'none';
}

/** With a ring a chunk of what is not compressed is only good as long as in `readInRing`. */
export interface ReadOptions extends StoredOptions, Passing {
  /** Only what is read to its end needs a hash. */
  readonly hashed: boolean;
  /** How many bytes can be hashed while what was found so far is worked on. */
  readonly hashLater?: (() => number) | undefined;
  /** By no other thread: this one has nothing else to do. */
  readonly isHashedHere?: boolean;
}

/**
 * Streams the decompressed bytes of a file. Never throws for bad input: what could be read is yielded, the rest is a diagnostic
 * in `log.problems`. A file that grows while it is read is read up to its size at the start.
 */
export async function* readBytes(
  input: InputFile,
  log: ReadLog,
  options: ReadOptions = { hashed: true },
): AsyncGenerator<Uint8Array> {
  const hash = options.hashed ? hashOf(input, options) : noHash;
  const failIn: FailIn = (what) => (code, reason) => {
    log.problems.push({
      severity: 'error',
      code: `${what}-${code}`,
      message: `${input.path}: the ${what} data ${reason}; ${code === 'trailing' ? 'they were not read' : 'what came before was read'}`,
      path: input.path,
    });
  };
  const stored = new ByteReader(counted(input, log, { hash, ...options }));
  const outer =
    input.member?.kind === 'zip' ? new ByteReader(unzipped(stored, input.member, failIn('zip'), options)) : stored;
  try {
    await outer.fill(5);
    log.compression = compressionOf(outer.rest);
    for await (const chunk of expanded(input, outer, log, { failIn, ...options })) {
      log.decompressedBytes += chunk.length;
      yield chunk;
    }
    await stored.drain();
    log.sha256 = hash.digest();
  } finally {
    await outer.close();
    await stored.close();
  }
}

function hashOf(input: InputFile, { isHashedHere = false, hashLater }: ReadOptions): Hashing {
  return startHash(input, isHashedHere ? Infinity : undefined, hashLater);
}

async function* counted(
  input: InputFile,
  log: ReadLog,
  { hash, ...options }: StoredOptions & { readonly hash: Hashing },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of storedBytes(input, log.problems, options)) {
    hash.update(chunk);
    log.storedBytes += chunk.length;
    yield chunk;
  }
}

function expanded(
  input: InputFile,
  reader: ByteReader,
  { compression }: ReadLog,
  { failIn, ...passing }: Passing & { readonly failIn: FailIn },
): AsyncGenerator<Uint8Array> {
  switch (compression) {
    case 'gzip':
      return gunzip(reader, failIn('gzip'), passing);
    case 'zstd':
      return unzstd(reader, failIn('zstd'));
    case 'parquet':
      return parquetLines(input, reader, failIn('parquet'));
    case 'none':
      return plain(reader);
    default:
      return utf8Of(reader, compression);
  }
}

async function* plain(reader: ByteReader): AsyncGenerator<Uint8Array> {
  while (await reader.fill(1)) yield reader.take(reader.rest.length);
}

async function* unzipped(
  stored: ByteReader,
  member: ZipMember,
  fail: Fail,
  passing: Passing,
): AsyncGenerator<Uint8Array> {
  if (member.encrypted) return fail('encrypted', 'is encrypted and cannot be read');
  const way = WAYS[member.method];
  if (way === undefined) return fail('method', `uses compression method ${member.method}, which is not read here`);
  const sums: Sums = { crc: 0, bytes: 0 };
  let failed = false;
  const noted: Fail = (code, reason) => {
    failed = true;
    fail(code, reason);
  };
  yield* summed(way(stored, noted, passing), sums);
  if (!failed && (sums.bytes !== member.bytes || sums.crc !== member.crc))
    fail('broken', 'is damaged (its checksum does not match)');
}

/** By the numbers that zip has for them. */
const WAYS: Record<number, (reader: ByteReader, fail: Fail, passing: Passing) => AsyncGenerator<Uint8Array>> = {
  0: plain,
  8: inflateRaw,
  93: unzstd,
};
