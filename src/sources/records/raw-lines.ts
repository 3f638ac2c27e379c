import { Buffer } from 'node:buffer';
import { greatest } from '../../core/extremes.ts';
import type { SourceRef } from '../../model/source.ts';
import type { InputFile } from '../files/discover.ts';
import { isReadOnce } from '../files/stored.ts';
import { newReadLog, readBytes } from './read.ts';

/** Re-reads the cited bytes of the originals: `path offset bytes` -> text. Each file is streamed once. */
export async function readRawLines(
  inputs: readonly InputFile[],
  refs: readonly SourceRef[],
): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  // Several facts may cite one record; asked for twice, its bytes would be gathered twice.
  const asked = [...new Map(refs.map((ref) => [refKey(ref), ref])).values()];
  for (const input of inputs) {
    const wanted = asked.filter((ref) => ref.source === input.path).sort((a, b) => a.offset - b.offset);
    if (wanted.length > 0) await collect(input, wanted, out);
  }
  return out;
}

/** SHA-256 of the stored bytes of an input, or of as many of a file as there were when it was read: it may have grown since. */
export async function storedHash(input: InputFile, bytesThen = input.bytes): Promise<string> {
  const mayGrow = input.member === undefined && !isReadOnce(input);
  const log = newReadLog();
  const asRead = mayGrow && bytesThen < input.bytes ? { ...input, bytes: bytesThen } : input;
  for await (const _ of readBytes(asRead, log));
  return log.sha256;
}

export function refKey(ref: SourceRef): string {
  return `${ref.source} ${ref.offset} ${ref.bytes}`;
}

async function collect(input: InputFile, wanted: readonly SourceRef[], out: Map<string, string>): Promise<void> {
  const parts = new Map<SourceRef, Buffer[]>();
  const end = greatest(wanted, (ref) => ref.offset + ref.bytes);
  let position = 0;
  for await (const chunk of readBytes(input, newReadLog(), { hashed: false })) {
    for (const ref of wanted) {
      const from = Math.max(ref.offset, position);
      const to = Math.min(ref.offset + ref.bytes, position + chunk.length);
      if (from >= to) continue;
      const list = parts.get(ref) ?? [];
      list.push(Buffer.from(chunk.subarray(from - position, to - position)));
      parts.set(ref, list);
    }
    position += chunk.length;
    if (position >= end) break;
  }
  for (const [ref, list] of parts) out.set(refKey(ref), Buffer.concat(list).toString('utf8'));
}
