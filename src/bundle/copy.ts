import { Buffer } from 'node:buffer';
import { sha256 } from '../core/digest.ts';
import type { SourceRef } from '../model/source.ts';
import type { CitedLine } from './layout.ts';

/** Longest copy of one record, in characters: a trajectory can be one line of many megabytes. */
const MAX_COPY = 1_048_576;

/** The copy of a cited record: its text after `clean`, and the hash of the original bytes, which the originals can prove. */
export function citedLine(ref: SourceRef, original: Buffer, clean: (text: string) => string): CitedLine {
  const whole = original.toString('utf8');
  const cleaned = clean(whole);
  // Cut after cleaning: a secret that straddles the cut must not leave half of itself.
  const text = cleaned.length > MAX_COPY ? cleaned.slice(0, MAX_COPY) : cleaned;
  return {
    path: ref.source,
    line: ref.line,
    offset: ref.offset,
    bytes: ref.bytes,
    sha256: sha256(original),
    copy: kindOf(original, { whole, cleaned, text }),
    text,
  };
}

function kindOf(
  original: Buffer,
  { whole, cleaned, text }: { readonly whole: string; readonly cleaned: string; readonly text: string },
): CitedLine['copy'] {
  if (text !== cleaned) return 'cut';
  if (cleaned !== whole) return 'redacted';
  return Buffer.from(whole, 'utf8').equals(original) ? 'exact' : 'lossy';
}
