import { readFileSync } from 'node:fs';
import { reasonOf } from '../../sources/files/reasons.ts';
import { UsageError } from './usage-error.ts';

const ABSENT = new Set(['ENOENT', 'ENOTDIR']);

/**
 * Text of a file that the call or the configuration names, undefined when it is not there. That it cannot be read is the call's
 * fault, a `UsageError` that begins with `shown`: how the user knows the file.
 */
export function givenText(path: string, shown: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ABSENT.has(String(error.code))) return undefined;
    throw new UsageError(`${shown}: ${reasonOf(error)}`);
  }
}
