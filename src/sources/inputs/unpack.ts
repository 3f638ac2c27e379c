import { closeSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Unpacked } from '../archives/tar-member.ts';
import { openNameless } from '../bytes/spill.ts';
import type { InputFile } from '../files/discover.ts';
import { reasonOf } from '../files/reasons.ts';
import { newReadLog, readBytes } from '../records/read.ts';

export interface Unpacking {
  /** Undefined where there was no room for it, or no time. */
  readonly unpacked: Unpacked | undefined;
  readonly problems: readonly Diagnostic[];
}

export interface UnpackOptions {
  /** Where the system keeps temporary files, unless told; false: nowhere. */
  readonly folder?: string | false;
  readonly signal?: AbortSignal | undefined;
  /** How many bytes of an archive are unpacked so far. */
  readonly onUnpacking?: ((unpacking: { readonly path: string; readonly bytes: number }) => void) | undefined;
}

/** By path, size and last change: a command looks for its files more than once. */
const known = new Map<string, { readonly unpacked: WeakRef<Unpacked>; readonly problems: readonly Diagnostic[] }>();
const closing = new FinalizationRegistry<number>((file) => closeSync(file));

/** Unpacks a file as a stream. */
export async function unpack(packed: InputFile, options: UnpackOptions): Promise<Unpacking> {
  const key = `${packed.absolute} ${packed.member?.name} ${packed.bytes} ${packed.modifiedUs}`;
  const before = known.get(key);
  const held = before?.unpacked.deref();
  if (before !== undefined && held !== undefined) return { unpacked: held, problems: before.problems };
  const unpacking = await unpackAnew(packed, options);
  const { unpacked, problems } = unpacking;
  if (unpacked === undefined) return unpacking;
  closing.register(unpacked, unpacked.file);
  known.set(key, { unpacked: new WeakRef(unpacked), problems });
  return unpacking;
}

async function unpackAnew(packed: InputFile, options: UnpackOptions): Promise<Unpacking> {
  const log = newReadLog();
  const chunks = readBytes(packed, log, { hashed: false, isPassing: true });
  const { unpacked, problems } = await keep(packed.path, chunks, options);
  return { unpacked, problems: [...log.problems, ...problems] };
}

/** Writes bytes to a file that no folder names. */
export async function keep(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { folder = tmpdir(), signal, onUnpacking }: UnpackOptions,
): Promise<Unpacking> {
  const failed = (message: string): Unpacking => {
    if (file !== undefined) closeSync(file);
    return { unpacked: undefined, problems: [{ severity: 'error', code: 'not-unpacked', message, path }] };
  };
  let file: number | undefined;
  let size = 0;
  if (folder === false) return failed(`${path} is not read: it would have to go to a temporary file`);
  try {
    file = openNameless(folder);
    for await (const chunk of chunks) {
      writeWhole(file, chunk, size);
      size += chunk.length;
      onUnpacking?.({ path, bytes: size });
      if (signal?.aborted === true) return failed(`${path} is not read: the run was stopped before`);
    }
  } catch (error) {
    return failed(`${path} cannot be unpacked to ${folder}: ${reasonOf(error)}`);
  }
  return { unpacked: { file, size }, problems: [] };
}

function writeWhole(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}
