import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Overflow } from '../../model/overflow.ts';

/** A temporary file that no folder names, so that it is gone with the process however that ends. */
export class Spill implements Overflow {
  readonly #folder: string;
  #file: number | undefined;
  #bytes = 0;

  /** `folder`: where the system keeps temporary files, unless told. */
  constructor(folder = tmpdir()) {
    this.#folder = folder;
  }

  write(numbers: Uint32Array): number | undefined {
    const at = this.#bytes;
    try {
      this.#file ??= openNameless(this.#folder);
      if (writeSync(this.#file, numbers, 0, numbers.byteLength, at) < numbers.byteLength) return undefined;
    } catch (error) {
      // A full disk or none that may be written to: whoever asked has another way.
      if ((error as NodeJS.ErrnoException).syscall !== undefined) return undefined;
      throw error;
    }
    this.#bytes += numbers.byteLength;
    return at;
  }

  read(at: number, into: Uint32Array): void {
    const bytes = this.#file === undefined ? 0 : readSync(this.#file, into, 0, into.byteLength, at);
    if (bytes < into.byteLength) throw new Error(`a temporary file ends before byte ${at + into.byteLength}`);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** A file to be written and read that is gone when it is closed. */
export function openNameless(folder: string): number {
  const path = join(folder, `egressblame-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
