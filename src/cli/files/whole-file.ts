import {
  appendFileSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { print } from '../terminal/terminal.ts';
import { unwritten } from './unwritten.ts';

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
  else appendAll(path, parts);
}

function appendAll(path: string, parts: Iterable<string>): void {
  try {
    for (const part of parts) appendFileSync(path, part);
  } catch (error) {
    throw unwritten(path, error);
  }
}

/** A file beside the target is filled and takes its place when it is whole. What is no file (a pipe, a terminal, `/dev/null`) is written to. */
export async function writeWhole(
  path: string,
  fill: (write: (part: string | Uint8Array) => void) => void | Promise<void>,
): Promise<void> {
  const target = targetOf(path);
  const into = isDevice(target) ? target : besides(target);
  const done = into === target ? () => undefined : discardedOnEnd(into);
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
    // A reader that has seen enough is no error.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw unwritten(path, error);
  } finally {
    done();
  }
}

/** A name for what is being written, in the same folder; no other run, of whatever machine, has it. `discover` knows it. */
export function besides(target: string): string {
  return `${dirname(target)}/.egressblame-${crypto.randomUUID()}.part`;
}

/** What ends a program that does not mind it. */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Until the returned function is called: a signal that ends the program takes what is half written with it. */
export function discardedOnEnd(part: string): () => void {
  const end = (signal: NodeJS.Signals): void => {
    done();
    discard(part);
    // As it would have ended without us, for whoever waits for it.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const done = (): void => {
    for (const signal of ENDS) process.off(signal, end);
  };
  for (const signal of ENDS) process.on(signal, end);
  return done;
}

/** As many as the kernel follows. */
const MOST_LINKS = 40;

/** The path itself, or the file that a link leads to, there or not: the link stays. */
export function targetOf(path: string): string {
  const target = resolve(path);
  const there = found(target);
  if (there?.isFile() === true) return realpathSync(target);
  return there === undefined ? behindLinks(target) : target;
}

function behindLinks(link: string): string {
  let path = link;
  for (let n = 0; n < MOST_LINKS && isLink(path); n++) path = resolve(dirname(path), readlinkSync(path));
  return path;
}

export function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** There, and neither a file nor a folder: nothing may take its place. */
export function isDevice(path: string): boolean {
  const there = found(path);
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** Device and inode, links followed. */
export function identityOf(path: string): string | undefined {
  const info = statSync(path, { bigint: true, throwIfNoEntry: false });
  return info === undefined ? undefined : `${info.dev}:${info.ino}`;
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
