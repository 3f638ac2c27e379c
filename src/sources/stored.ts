import { Buffer } from 'node:buffer';
import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { stdin } from 'node:process';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type InputFile, reasonOf } from './discover.ts';
import { Replay } from './replay.ts';
import { type EndOf, type Ring, readInRing } from './ring.ts';
import { dataOffset } from './zip.ts';

const CHUNK = 1 << 20;

/** There is one standard input per process, whoever asks for it. */
let standardInput: Replay | undefined;

/** Opening it a second time would miss what was read before. */
export function isReadOnce(input: InputFile): boolean {
  return input.absolute === '-';
}

/** How stored bytes are read. */
export interface StoredOptions {
  /** See `readInRing`; without, each chunk has memory of its own. */
  readonly ring?: Ring;
  /** Where the chunks in it should end. */
  readonly endOf?: EndOf | undefined;
  /** Other files are read at the same time: none may make the others wait. */
  readonly isBeside?: boolean;
}

/** The bytes of an input as they are stored. Trouble goes to `problems`; nothing is thrown. */
export async function* storedBytes(
  input: InputFile,
  problems: Diagnostic[],
  options: StoredOptions = {},
): AsyncGenerator<Uint8Array> {
  const problem: Problem = (severity, code, message) => {
    problems.push({ severity, code, message, path: input.path });
  };
  let read = 0;
  try {
    for await (const chunk of openStored(input, problem, options)) {
      read += chunk.length;
      yield chunk;
    }
  } catch (error) {
    problem('error', 'unreadable', `cannot read ${input.path}: ${reasonOf(error)}`);
    return;
  }
  if (!isReadOnce(input)) noteChange(input, read, problem);
}

type Problem = (severity: Diagnostic['severity'], code: string, message: string) => void;

function openStored(
  input: InputFile,
  problem: Problem,
  { ring, endOf, isBeside = false }: StoredOptions,
): AsyncIterable<Uint8Array> {
  if (input.absolute === '-') {
    standardInput ??= new Replay(stdin as AsyncIterable<Uint8Array>);
    if (standardInput.spent) problem('error', 'read-once', 'standard input is too long to be read a second time');
    return standardInput.spent ? nothing() : standardInput.open();
  }
  if (input.bytes === 0) return nothing();
  const range = storedRange(input);
  if (range === undefined) {
    problem('error', 'zip-broken', `${input.path}: the archive is damaged, this entry is not where it should be`);
    return nothing();
  }
  if (ring !== undefined) return readInRing({ path: input.absolute, ...range }, ring, endOf);
  if (input.bytes <= CHUNK && !isBeside) return readAtOnce(input.absolute, range);
  return createReadStream(input.absolute, { highWaterMark: CHUNK, ...range });
}

/** A short file in one piece: a stream takes longer to be set up than such a file to be read. */
async function* readAtOnce(path: string, { start, end }: { start: number; end: number }): AsyncGenerator<Uint8Array> {
  // Thousands of such files must not keep an interrupt waiting.
  await new Promise((turn) => setImmediate(turn));
  const bytes = Buffer.allocUnsafeSlow(end + 1 - start);
  const file = openSync(path, 'r');
  let length = 0;
  try {
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, start + length);
  } finally {
    closeSync(file);
  }
  if (length > 0) yield bytes.subarray(0, length);
}

/** Where an input's bytes lie in its file, the last one included; undefined for standard input and in a damaged archive. */
export function storedRange(input: InputFile): { readonly start: number; readonly end: number } | undefined {
  if (isReadOnce(input)) return undefined;
  const start = input.member === undefined ? 0 : dataOffset(input.absolute, input.member);
  return start === undefined ? undefined : { start, end: start + input.bytes - 1 };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function noteChange(input: InputFile, read: number, problem: Problem): void {
  const now = statSync(input.absolute, { throwIfNoEntry: false });
  const size = input.archiveBytes ?? input.bytes;
  if (read < input.bytes)
    problem('warning', 'shrunk', `${input.path} became shorter while it was read (${read} of ${input.bytes} bytes)`);
  else if (now !== undefined && now.size > size)
    problem('info', 'grown', `${input.path} grew while it was read; its first ${size} bytes were read`);
  else if (now !== undefined && Math.floor(now.mtimeMs * 1000) !== input.modifiedUs)
    problem('warning', 'changed', `${input.path} was changed while it was read`);
}
