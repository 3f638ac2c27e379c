import { createHash } from 'node:crypto';
import type { InputFile } from '../sources/files/discover.ts';
import { type ReadLog, readBytes } from '../sources/records/read.ts';
import type { Cut } from './rows.ts';

/** The decompressed bytes of a file without its cuts, in order. */
export async function* keptBytes(input: InputFile, cuts: readonly Cut[], log: ReadLog): AsyncGenerator<Uint8Array> {
  let position = 0;
  let next = 0;
  for await (const chunk of readBytes(input, log)) {
    const end = position + chunk.length;
    let from = position;
    for (let cut = cuts[next]; cut !== undefined && cut[0] < end; cut = cuts[next]) {
      if (cut[0] > from) yield chunk.subarray(from - position, cut[0] - position);
      from = Math.max(from, Math.min(cut[1], end));
      if (cut[1] > end) break;
      next++;
    }
    if (from < end) yield chunk.subarray(from - position);
    position = end;
  }
}

export interface Digest {
  readonly sha256: string;
  readonly bytes: number;
}

/** SHA-256 of what is left of a file without its cuts, read anew. */
export async function digestKept(input: InputFile, cuts: readonly Cut[], log: ReadLog): Promise<Digest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const part of keptBytes(input, cuts, log)) {
    hash.update(part);
    bytes += part.length;
  }
  return { sha256: hash.digest('hex'), bytes };
}
