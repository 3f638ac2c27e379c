import { hash } from 'node:crypto';

/** First hex digits of a text's SHA-256: a short name that is the same wherever the text is. */
export function digestOf(text: string, digits: number): string {
  return sha256(text).slice(0, digits);
}

/** SHA-256 in hex. */
export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}
