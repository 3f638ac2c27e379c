import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { print } from './terminal.ts';
import { UnwrittenError } from './unwritten.ts';

/** As a file, the output would be replaced, or fail where its reader has seen enough. */
const STDOUT = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/** Whether a name of a file means the standard output. */
export function isStdout(path: string): boolean {
  return STDOUT.has(path);
}

/** A file appears whole or not at all. */
export async function writeFile(path: string, parts: Iterable<string>): Promise<void> {
  if (isStdout(path)) for (const part of parts) await print(part);
  else
    await writeWhole(path, (write) => {
      for (const part of parts) write(part);
    });
}

/** What others wrote there stays. */
export async function appendFile(path: string, parts: Iterable<string>): Promise<void> {
  if (isStdout(path)) for (const part of parts) await print(part);
  else for (const part of parts) appendFileSync(path, part);
}

/** A file beside the target is filled and takes its place when it is whole. What is no file (a pipe, a terminal, `/dev/null`) is written to. */
export async function writeWhole(
  path: string,
  fill: (write: (part: string | Uint8Array) => void) => void | Promise<void>,
): Promise<void> {
  const target = targetOf(path);
  const into = isDevice(target) ? target : besides(target);
  try {
    mkdirSync(dirname(target), { recursive: true });
    const file = openSync(into, 'w');
    try {
      await fill((part) => writeFileSync(file, part));
    } finally {
      closeSync(file);
    }
    if (into !== target) renameSync(into, target);
  } catch (error) {
    if (into !== target) discard(into);
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    // A reader that has seen enough is no error.
    if (code !== 'EPIPE') throw new UnwrittenError(`-o ${path}: cannot be written (${code})`);
  }
}

/** A name for what is being written, in the same folder. */
export function besides(target: string): string {
  return `${dirname(target)}/.${basename(target)}.part`;
}

/** The path itself, or the file that a link leads to: the link stays. */
export function targetOf(path: string): string {
  const target = resolve(path);
  return found(target)?.isFile() === true ? realpathSync(target) : target;
}

/** There, and neither a file nor a folder: nothing may take its place. */
export function isDevice(path: string): boolean {
  const there = found(path);
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** What stands there, links followed; nothing where none is, or where a file stands in the way. */
function found(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** What is left of a failed write; where not even that can be reached, nothing is left. */
export function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The folder itself was the trouble.
  }
}
