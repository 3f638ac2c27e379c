import { Buffer } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, read, statSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Discovery, InputFile } from '../files/discover.ts';
import { keep, type Unpacking, type UnpackOptions } from './unpack.ts';

const CHUNK = 1 << 16;
/** Milliseconds between two looks at a pipe that holds nothing yet. */
const PAUSE_MS = 2;
const readAsync = promisify(read);

/** By device and inode. As of standard input there is one of each in a process, and what was read of it is not there again. */
const known = new Map<string, Promise<Unpacking>>();

/** A pipe can be read once, and a run looks at its inputs more often: what comes out of it goes to a temporary file. */
export async function keepPipe(input: InputFile, options: UnpackOptions): Promise<Discovery> {
  const { dev, ino } = statSync(input.absolute, { bigint: true });
  const key = `${dev}:${ino}`;
  const keeping = known.get(key) ?? keep(input.path, bytesOf(input.absolute), options);
  known.set(key, keeping);
  const { unpacked, problems } = await keeping;
  if (unpacked === undefined) return { inputs: [], problems };
  const modifiedUs = Math.floor(fstatSync(unpacked.file).mtimeMs * 1000);
  return { inputs: [{ ...input, bytes: unpacked.size, modifiedUs, pipe: { kept: unpacked } }], problems };
}

/**
 * Without waiting in a system call: as long as one waits, no process ends, not even at Ctrl-C. An empty chunk where nothing is there
 * yet lets the reader look whether to go on. A chunk is good until the next is asked for.
 */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const bytes = Buffer.allocUnsafeSlow(CHUNK);
  try {
    for (;;) {
      const length = await lengthRead(file, bytes);
      if (length === 0) return;
      if (length === undefined) await new Promise((turn) => setTimeout(turn, PAUSE_MS));
      yield bytes.subarray(0, length ?? 0);
    }
  } finally {
    closeSync(file);
  }
}

/** Undefined where there is nothing yet, zero at the end. */
async function lengthRead(file: number, into: Uint8Array): Promise<number | undefined> {
  try {
    return (await readAsync(file, into, 0, into.length, null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}
