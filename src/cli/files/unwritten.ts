import { reasonOfCode } from '../../sources/files/reasons.ts';

/** What was to be written was not: the fault of the place, not of the call. */
export class UnwrittenError extends Error {}

/** The system's refusal to write to `shown` (`-o FILE`, as the user knows it); any other error as it is. */
export function unwritten(shown: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error
    ? new UnwrittenError(`${shown}: cannot be written: ${reasonOfCode(String(error.code))}`)
    : error;
}
