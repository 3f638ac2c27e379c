import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findInputs } from '../../src/sources/inputs/inputs.ts';
import { codesOf, newFolder, readAll, zstdOf } from './files.ts';

/** An entry of an archive, with what a writer may make of it. */
export interface TarEntry {
  readonly name: string;
  readonly text?: string | Buffer;
  readonly type?: string;
  /** As stated, where it is not the length of the text. */
  readonly size?: number;
  readonly modifiedS?: number;
  readonly prefix?: string;
  readonly magic?: string;
  /** Last touch before the checksum. */
  readonly change?: (block: Buffer) => void;
}

export const BLOCK = 512;
export const END: Buffer = Buffer.alloc(2 * BLOCK);
/** 2026-03-01T02:00:00Z. */
export const STAMP_S = 1_772_330_400;

/** A tar archive with the mark of its end, written by hand so that every field is ours. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), END]);
}

export function entryOf(entry: TarEntry): Buffer {
  const data = Buffer.from(entry.text ?? '');
  return Buffer.concat([headerBlock(entry, data.length), data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK)]);
}

function headerBlock(entry: TarEntry, length: number): Buffer {
  const { name, type = '0', size = length, modifiedS = STAMP_S, prefix = '', magic = 'ustar\x0000', change } = entry;
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100);
  block.write(octal(size, 11), 124);
  block.write(octal(modifiedS, 11), 136);
  block.write(type, 156);
  block.write(magic, 257, 'latin1');
  block.write(prefix, 345, 155);
  change?.(block);
  return withSum(block);
}

export function withSum(block: Buffer): Buffer {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

/** An extended header for the entry behind it. */
export function paxOf(facts: Readonly<Record<string, string>>): TarEntry {
  const records = Object.entries(facts).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest);
    while (String(length).length + Buffer.byteLength(rest) !== length) length++;
    return `${length}${rest}`;
  });
  return { name: 'PaxHeaders/x', type: 'x', text: records.join('') };
}

/** GNU's header for a long name. */
export const longName = (name: string): TarEntry => ({ name: '././@LongLink', type: 'L', text: `${name}\0` });

/** Writes bytes as an archive of that name and reads what is found in it: path, text and problems. */
export async function opened(bytes: Buffer, name = 'night.tar') {
  const folder = newFolder();
  writeFileSync(join(folder, name), bytes);
  const { inputs, problems } = await findInputs([name], folder);
  const read: [string, string][] = [];
  const codes = codesOf(problems);
  for (const input of inputs) {
    const { text, log } = await readAll(input);
    read.push([input.path.replace(`${name}!/`, ''), text]);
    codes.push(...codesOf(log.problems));
  }
  return { inputs, read, problems, codes };
}

/** How archives come: what it is called, the name of the file, and how it is packed. */
export const WAYS: readonly (readonly [string, string, (bytes: Buffer) => Buffer])[] = [
  ['as it is', 'night.tar', (bytes) => bytes],
  ['gzip', 'night.tgz', (bytes) => gzipSync(bytes)],
  ['gzip under a plain name', 'night.tar', (bytes) => gzipSync(bytes)],
  [
    'gzip in two members',
    'night.tar.gz',
    (bytes) => Buffer.concat([bytes.subarray(0, 100), bytes.subarray(100)].map((part) => gzipSync(part))),
  ],
  ['zstd', 'night.tar.zst', zstdOf],
];
