import { createHash } from 'node:crypto';
import type { InputFile } from './discover.ts';
import type { Head } from './head.ts';
import { newReadLog, readBytes } from './read.ts';

/**
 * Files with the same decompressed content: path of the copy -> path that is read. Only files whose heads are equal are
 * compared in full.
 */
export async function findDuplicates(
  files: readonly { readonly input: InputFile; readonly head: Head }[],
): Promise<ReadonlyMap<string, string>> {
  const byHead = new Map<string, { input: InputFile; head: Head }[]>();
  for (const file of files) {
    if (file.head.bytes.length === 0) continue;
    const key = createHash('sha256').update(file.head.bytes).digest('hex');
    const list = byHead.get(key) ?? [];
    list.push(file);
    byHead.set(key, list);
  }
  const copies = new Map<string, string>();
  for (const group of byHead.values()) {
    if (group.length < 2) continue;
    const byContent = new Map<string, string>();
    for (const { input, head } of group) {
      const content = head.complete ? createHash('sha256').update(head.bytes).digest('hex') : await contentHash(input);
      const first = byContent.get(content);
      if (first === undefined) byContent.set(content, input.path);
      else copies.set(input.path, first);
    }
  }
  return copies;
}

async function contentHash(input: InputFile): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readBytes(input, newReadLog())) hash.update(chunk);
  return hash.digest('hex');
}
