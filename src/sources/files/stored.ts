import { Buffer } from 'node:buffer';
import { closeSync, createReadStream, openSync, read, readSync, statSync } from 'node:fs';
import { stdin } from 'node:process';
import { promisify } from 'node:util';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Unpacked } from '../archives/tar-member.ts';
import { dataOffset } from '../archives/zip.ts';
import { Replay } from '../bytes/replay.ts';
import { type EndOf, type Ring, readInRing } from '../bytes/ring.ts';
import type { InputFile } from './discover.ts';
import { reasonOf } from './reasons.ts';

const CHUNK = 1 << 20;
const readAsync = promisify(read);

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
    const stored = openStored(input, problem, options);
    if (stored === undefined) return;
    for await (const chunk of stored) {
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

/** Undefined where nothing of it can be read: `problem` is told why. */
function openStored(
  input: InputFile,
  problem: Problem,
  { ring, endOf, isBeside = false }: StoredOptions,
): AsyncIterable<Uint8Array> | undefined {
  if (isReadOnce(input)) {
    standardInput ??= new Replay(stdin as AsyncIterable<Uint8Array>);
    if (!standardInput.spent) return standardInput.open();
    problem('error', 'read-once', 'standard input is too long to be read a second time');
    return undefined;
  }
  if (input.bytes === 0) return nothing();
  const range = storedRange(input);
  if (range === undefined) {
    problem('error', 'zip-broken', `${input.path}: the archive is damaged, this entry is not where it should be`);
    return undefined;
  }
  const fd = unpackedOf(input)?.file;
  if (ring !== undefined) return readInRing({ path: fd ?? input.absolute, ...range }, ring, endOf);
  if (input.bytes <= CHUNK && !isBeside) return readAtOnce(input, range);
  if (fd !== undefined) return readOpen(fd, range);
  return createReadStream(input.absolute, { highWaterMark: CHUNK, ...range });
}

/** A stream would close the file in the end. */
async function* readOpen(file: number, { start, end }: Range): AsyncGenerator<Uint8Array> {
  for (let at = start, length = 0; at <= end; at += length) {
    const bytes = Buffer.allocUnsafeSlow(Math.min(CHUNK, end + 1 - at));
    length = (await readAsync(file, bytes, 0, bytes.length, at)).bytesRead;
    if (length === 0) return;
    yield bytes.subarray(0, length);
  }
}

/** Where the archive of a member was unpacked to, or what came out of a pipe was kept. */
function unpackedOf({ member, pipe }: InputFile): Unpacked | undefined {
  return member?.unpacked ?? pipe?.kept;
}

/** The file that an input's bytes stand in, open. */
export interface OpenFile {
  readonly descriptor: number;
  /** What is unpacked stays as long as this is held. */
  readonly input: InputFile;
  close(): void;
}

export function openFile(input: InputFile): OpenFile {
  const unpacked = unpackedOf(input);
  if (unpacked !== undefined) return { descriptor: unpacked.file, input, close: () => undefined };
  const descriptor = openSync(input.absolute, 'r');
  return { descriptor, input, close: () => closeSync(descriptor) };
}

/** A short file in one piece: a stream takes longer to be set up than such a file to be read. */
async function* readAtOnce(input: InputFile, { start, end }: Range): AsyncGenerator<Uint8Array> {
  // Thousands of such files must not keep an interrupt waiting.
  await new Promise((turn) => setImmediate(turn));
  const bytes = Buffer.allocUnsafeSlow(end + 1 - start);
  const file = openFile(input);
  let length = 0;
  try {
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file.descriptor, bytes, length, bytes.length - length, start + length);
  } finally {
    file.close();
  }
  if (length > 0) yield bytes.subarray(0, length);
}

/** Bytes of a file, the last one included. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where an input's bytes lie in its file; undefined for standard input and in a damaged archive. */
export function storedRange(input: InputFile): Range | undefined {
  if (isReadOnce(input)) return undefined;
  const start = startOf(input);
  return start === undefined ? undefined : { start, end: start + input.bytes - 1 };
}

function startOf({ absolute, member }: InputFile): number | undefined {
  if (member === undefined) return 0;
  return member.kind === 'tar' ? member.offset : dataOffset(absolute, member);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function noteChange(input: InputFile, read: number, problem: Problem): void {
  if (unpackedOf(input) !== undefined) return;
  const now = statSync(input.absolute, { throwIfNoEntry: false });
  const { bytes: size, modifiedUs } = input.archive ?? input;
  if (read < input.bytes)
    problem('warning', 'shrunk', `${input.path} became shorter while it was read (${read} of ${input.bytes} bytes)`);
  else if (now !== undefined && now.size > size)
    problem('info', 'grown', `${input.path} grew while it was read; its first ${size} bytes were read`);
  else if (now !== undefined && Math.floor(now.mtimeMs * 1000) !== modifiedUs)
    problem('warning', 'changed', `${input.path} was changed while it was read`);
}
