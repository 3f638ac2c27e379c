import { createHash } from 'node:crypto';

/** First hex digits of a text's SHA-256: a short name that is the same wherever the text is. */
export function digestOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
