import { Buffer } from 'node:buffer';
import { readSync } from 'node:fs';

/** Bytes of an open file; fewer where it ends before. */
export function readAt(fd: number, offset: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  let filled = 0;
  while (filled < bytes) {
    const n = readSync(fd, out, filled, bytes - filled, offset + filled);
    if (n === 0) break;
    filled += n;
  }
  return out.subarray(0, filled);
}
