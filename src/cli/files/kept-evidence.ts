import { resolve } from 'node:path';
import { namesInput } from '../../reading/options/stated.ts';
import { recognise } from '../../reading/recognising/recognise.ts';
import { discover, type InputFile } from '../../sources/files/discover.ts';
import { readHead } from '../../sources/heads/head.ts';
import type { ReadingFlags } from '../command-line/flags.ts';
import { UsageError } from '../command-line/options.ts';
import { identityOf, isStdout } from './whole-file.ts';

/**
 * Refuses, before the work, to write over a log that is read: a `-o` that a slip made, or a `--apply` left out, would end the
 * evidence. What is recognised as no log, as a report of an earlier run, may be replaced.
 */
export async function refuseEvidence(
  outputs: readonly (string | undefined)[],
  paths: readonly string[],
  { flags, cwd }: { readonly flags: ReadingFlags; readonly cwd: string },
): Promise<void> {
  const there = outputs.flatMap((path) => {
    const id = path === undefined || isStdout(path) ? undefined : identityOf(resolve(cwd, path));
    return path === undefined || id === undefined ? [] : [{ path, id }];
  });
  if (there.length === 0) return;
  const inputs = discover(paths, cwd).inputs.map((input) => ({ input, id: identityOf(input.absolute) }));
  for (const { path, id } of there)
    for (const { input } of inputs.filter((one) => one.id === id)) {
      const what = await logOf(input, flags);
      if (what !== undefined)
        throw new UsageError(
          `${path} is a log that is read (${what}): evidence is never written over; name another file`,
        );
    }
}

/** The format that a file is read as. */
async function logOf(input: InputFile, { as = {} }: ReadingFlags): Promise<string | undefined> {
  const stated = Object.entries(as).find(([source]) => namesInput(source, input));
  if (stated !== undefined) return stated[1];
  const { formats } = await import('../../formats/index.ts');
  return recognise(input, await readHead(input), formats, undefined).detection.format?.id;
}
