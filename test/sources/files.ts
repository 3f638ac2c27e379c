import { Buffer } from 'node:buffer';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { discover, type InputFile } from '../../src/sources/files/discover.ts';
import { newReadLog, type ReadLog, readBytes } from '../../src/sources/records/read.ts';

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'sources-'));
}

export async function readAll(input: InputFile): Promise<{ text: string; bytes: Buffer; log: ReadLog }> {
  const log = newReadLog();
  const parts: Uint8Array[] = [];
  for await (const chunk of readBytes(input, log)) parts.push(chunk);
  const bytes = Buffer.concat(parts);
  return { text: bytes.toString('utf8'), bytes, log };
}

/** Writes bytes to a new file and reads it back as the program would. */
export async function readStored(bytes: Uint8Array | string, name = 'x.log') {
  const folder = newFolder();
  writeFileSync(join(folder, name), bytes);
  const { inputs, problems } = discover([name], folder);
  const [input] = inputs;
  if (input === undefined) throw new Error(`no input: ${JSON.stringify(problems)}`);
  return readAll(input);
}

export const codesOf = (problems: readonly Diagnostic[]): string[] => problems.map(({ code }) => code);

/** `{"n":1}\n{"n":2}\n` as zstd with a content checksum, and the same without one and without a stated length. */
export const ZSTD_LINES = '{"n":1}\n{"n":2}\n';
export const ZSTD = Buffer.from('KLUv/SQQgQAAeyJuIjoxfQp7Im4iOjJ9CkUsYJk=', 'base64');
export const ZSTD_BARE = Buffer.from('KLUv/QBogQAAeyJuIjoxfQp7Im4iOjJ9Cg==', 'base64');

/** Any bytes as one zstd frame of raw blocks, with its length and without a checksum. RFC 8878, section 3.1.1. */
export function zstdOf(bytes: Buffer): Buffer {
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0]);
  frame.writeUInt32LE(bytes.length, 5);
  const blocks: Buffer[] = [];
  for (let from = 0; from < bytes.length || from === 0; from += 1 << 16) {
    const block = bytes.subarray(from, from + (1 << 16));
    const head = Buffer.alloc(3);
    head.writeUIntLE((block.length << 3) | (from + block.length === bytes.length ? 1 : 0), 0, 3);
    blocks.push(head, block);
  }
  return Buffer.concat([frame, ...blocks]);
}

export interface Entry {
  readonly name: string;
  readonly text: string | Buffer;
  readonly method?: 0 | 8 | 93;
  readonly stored?: Buffer;
  readonly zip64?: true;
}

/** A zip archive, written by hand so that every field is ours. */
export function zipOf(entries: readonly Entry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, text, method = 8, stored, zip64 } of entries) {
    const data = stored ?? (method === 8 ? deflateRawSync(text) : typeof text === 'string' ? Buffer.from(text) : text);
    const sizes = [Buffer.byteLength(text), data.length, offset];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const extra = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      for (const [i, size] of sizes.entries()) extra.writeBigUInt64LE(BigInt(size), 4 + 8 * i);
    }
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(method, 10);
    head.writeUInt32LE(crc32(text), 16);
    head.writeUInt32LE(zip64 ? 0xffffffff : data.length, 20);
    head.writeUInt32LE(zip64 ? 0xffffffff : Buffer.byteLength(text), 24);
    head.writeUInt16LE(name.length, 28);
    head.writeUInt16LE(extra.length, 30);
    head.writeUInt32LE(zip64 ? 0xffffffff : offset, 42);
    bodies.push(local, Buffer.from(name), data);
    directory.push(head, Buffer.from(name), extra);
    offset += 30 + name.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}
