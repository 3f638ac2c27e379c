import type { InputFile } from '../files/discover.ts';
import { type Head, readHead } from './head.ts';

/** A disk answers several reads in the time of one; more heads than these would only take memory. */
const AHEAD = 4;

/** The heads of files in their order. While one is looked at, the next ones are being read. */
export async function* readHeads(
  inputs: readonly InputFile[],
  read: (input: InputFile) => Promise<Head> = readHead,
): AsyncGenerator<{ readonly input: InputFile; readonly head: Head }> {
  const begun = inputs.slice(0, AHEAD).map((input) => started(read(input)));
  for (const [i, input] of inputs.entries()) {
    const head = await begun.shift();
    const next = inputs[i + AHEAD];
    if (next !== undefined) begun.push(started(read(next)));
    if (head !== undefined) yield { input, head };
  }
}

/** An error is thrown where its head is waited for, not while an earlier one is. */
function started<T>(reading: Promise<T>): Promise<T> {
  reading.catch(() => {});
  return reading;
}
