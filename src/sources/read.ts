import { Buffer } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stdin } from 'node:process';
import { createGunzip, type Gunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type InputFile, reasonOf } from './discover.ts';

const CHUNK = 1 << 20;

type Compression = 'none' | 'gzip' | 'zstd';

/** What reading a file found out; complete only after the last chunk. */
export interface ReadLog {
  compression: Compression;
  /** SHA-256 of the bytes as stored. */
  sha256: string;
  storedBytes: number;
  decompressedBytes: number;
  readonly problems: Diagnostic[];
}

export function newReadLog(): ReadLog {
  return { compression: 'none', sha256: '', storedBytes: 0, decompressedBytes: 0, problems: [] };
}

/** Told by magic bytes, never by name. RFC 1952 section 2.3.1, RFC 8878 section 3.1.1. */
function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  if (head[0] !== undefined && (head[0] & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18)
    return 'zstd';
  return 'none';
}

/** Standard input as a file in memory. */
export async function readStdin(input: InputFile): Promise<InputFile> {
  const parts: Uint8Array[] = [];
  for await (const chunk of stdin) parts.push(chunk as Uint8Array);
  const content = Buffer.concat(parts);
  return { ...input, content, bytes: content.length };
}

/**
 * Streams the decompressed bytes of a file. Never throws for bad input: what could be read is yielded, the rest is a diagnostic
 * in `log.problems`. A file that grows while it is read is read up to its size at the start.
 */
export async function* readBytes(input: InputFile, log: ReadLog): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const stored = storedBytes(input, log, hash);
  const first = await stored.next();
  if (!first.done) {
    log.compression = compressionOf(first.value);
    const all = prepend(first.value, stored);
    const plain =
      log.compression === 'none' ? all : log.compression === 'gzip' ? gunzip(all, input, log) : unzstd(all, input, log);
    for await (const chunk of plain) {
      log.decompressedBytes += chunk.length;
      yield chunk;
    }
  }
  log.sha256 = hash.digest('hex');
}

async function* prepend(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

async function* storedBytes(input: InputFile, log: ReadLog, hash: Hash): AsyncGenerator<Uint8Array> {
  if (input.bytes === 0) return;
  const stream =
    input.content === undefined
      ? createReadStream(input.absolute, { highWaterMark: CHUNK, end: input.bytes - 1 })
      : [input.content];
  try {
    for await (const chunk of stream) {
      const bytes = chunk as Uint8Array;
      hash.update(bytes);
      log.storedBytes += bytes.length;
      yield bytes;
    }
  } catch (error) {
    log.problems.push({
      severity: 'error',
      code: 'unreadable',
      message: `cannot read ${input.path}: ${reasonOf(error)}`,
      path: input.path,
    });
    return;
  }
  if (log.storedBytes < input.bytes) {
    log.problems.push({
      severity: 'warning',
      code: 'shrunk',
      message: `${input.path} became shorter while it was read (${log.storedBytes} of ${input.bytes} bytes)`,
      path: input.path,
    });
  }
}

async function* gunzip(source: AsyncGenerator<Uint8Array>, input: InputFile, log: ReadLog): AsyncGenerator<Uint8Array> {
  const stream: Gunzip = createGunzip({ chunkSize: CHUNK });
  const feeding = feed(source, stream);
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    log.problems.push({
      severity: 'error',
      code: 'gzip-broken',
      message: `${input.path}: the gzip data is damaged or cut short (${error instanceof Error ? error.message : String(error)}); what came before it was read`,
      path: input.path,
    });
  }
  await feeding;
  // The rest of a damaged file still counts for its hash.
  for await (const _ of source);
}

async function feed(source: AsyncGenerator<Uint8Array>, stream: Gunzip): Promise<void> {
  for (;;) {
    const next = await source.next();
    if (next.done || stream.destroyed) break;
    if (!stream.write(next.value))
      await new Promise<void>((done) => void stream.once('drain', done).once('close', done));
  }
  if (!stream.destroyed) stream.end();
}

async function* unzstd(source: AsyncGenerator<Uint8Array>, input: InputFile, log: ReadLog): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const decoder = new Decompress((chunk) => out.push(chunk));
  try {
    for await (const chunk of source) {
      decoder.push(Buffer.from(chunk));
      yield* out;
      out = [];
    }
    decoder.push(new Uint8Array(0), true);
    yield* out;
  } catch (error) {
    yield* out;
    log.problems.push({
      severity: 'error',
      code: 'zstd-broken',
      message: `${input.path}: the zstd data is damaged or cut short (${error instanceof Error ? error.message : String(error)}); what came before it was read`,
      path: input.path,
    });
  }
  for await (const _ of source);
}
