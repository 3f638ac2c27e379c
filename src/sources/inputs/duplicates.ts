import { createHash } from 'node:crypto';
import type { InputFile } from '../files/discover.ts';
import { isReadOnce } from '../files/stored.ts';
import type { HeadFacts } from '../heads/head.ts';
import { newReadLog, readBytes } from '../records/read.ts';

/** A file and what its head said. */
export interface Headed {
  readonly input: InputFile;
  readonly head: HeadFacts;
}

/**
 * Files with the same decompressed content: path of the copy -> path that is read. Only files whose heads are equal are
 * compared in full; standard input is compared only when its head holds all of it.
 */
export async function findDuplicates(files: readonly Headed[]): Promise<ReadonlyMap<string, string>> {
  const byHead = new Map<string, Headed[]>();
  for (const file of files) {
    if (file.head.empty || (isReadOnce(file.input) && !file.head.complete)) continue;
    const list = byHead.get(file.head.digest) ?? [];
    list.push(file);
    byHead.set(file.head.digest, list);
  }
  const copies = new Map<string, string>();
  for (const group of byHead.values()) {
    if (group.length < 2) continue;
    const byContent = new Map<string, string>();
    for (const { input } of group) {
      const content = await contentHash(input);
      const first = byContent.get(content);
      if (first === undefined) byContent.set(content, input.path);
      else copies.set(input.path, first);
    }
  }
  return copies;
}

/** A damaged file equals no other: what was read of it is not all that it held. */
async function contentHash(input: InputFile): Promise<string> {
  const log = newReadLog();
  const hash = createHash('sha256');
  for await (const chunk of readBytes(input, log)) hash.update(chunk);
  const damaged = log.problems.some(({ severity }) => severity === 'error');
  return damaged ? `damaged ${await log.sha256}` : hash.digest('hex');
}
