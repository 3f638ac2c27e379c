import { createHash } from 'node:crypto';

/** Namespace that STIX 2.1 section 2.9 fixes for ids of cyber-observable objects, and forbids for those of any other. */
export const OBSERVABLES = Buffer.from('00abedb4aa42466c9c01fed23315a9b7', 'hex');
/** Ours, for every other object. */
const OWN = Buffer.from('6b0f6d1c5a0e4c7d9d3b27c1e84f9a52', 'hex');

/** UUIDv5: the same text gives the same id on every run. */
export function uuid5(text: string, namespace = OWN): string {
  const bytes = createHash('sha1').update(namespace).update(text).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
