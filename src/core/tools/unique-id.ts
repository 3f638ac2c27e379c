const SHORTEST = 8;
const HEX_RUN = 8;
const WORD_RUN = 16;

/** Ids with an embedded clock or enough randomness are one call wherever they stand. */
export function isUniqueId(callId: string): boolean {
  return callId.length >= SHORTEST && /[0-9a-f]{8,}|[A-Za-z0-9]{16,}/.test(callId);
}

/** `isUniqueId` of one whose characters are bytes; `before`: those that it begins with. */
export function isUniqueInBytes(bytes: Uint8Array, from: number, to: number, before: Uint8Array): boolean {
  const begin = before.length;
  let hex = 0;
  let word = 0;
  for (let i = -begin; i < to - from; i++) {
    const sign = (i < 0 ? before[begin + i] : bytes[from + i]) ?? 0;
    const isDigit = sign >= 48 && sign <= 57;
    word = isDigit || (sign >= 65 && sign <= 90) || (sign >= 97 && sign <= 122) ? word + 1 : 0;
    hex = isDigit || (sign >= 97 && sign <= 102) ? hex + 1 : 0;
    if (hex >= HEX_RUN || word >= WORD_RUN) return true;
  }
  return false;
}

/** The hash of nothing. */
export const FIRST_HASH = 0x811c9dc5;
const PRIME = 0x01000193;

/** A number that equal ids have in common; FNV-1a, draft-eastlake-fnv. */
export function hashOfId(callId: string): number {
  return hashBehind(FIRST_HASH, callId);
}

/** The same of a text that stands before it and an id, by the hash of the text. */
export function hashBehind(before: number, callId: string): number {
  let hash = before;
  for (let i = 0; i < callId.length; i++) hash = Math.imul(hash ^ callId.charCodeAt(i), PRIME);
  return hash >>> 0;
}

export function hashBytesBehind(before: number, bytes: Uint8Array, from: number, to: number): number {
  let hash = before;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), PRIME);
  return hash >>> 0;
}
