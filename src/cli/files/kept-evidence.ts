import { resolve } from 'node:path';
import { namesInput } from '../../reading/options/stated.ts';
import { recognise } from '../../reading/recognising/recognise.ts';
import { discover, type InputFile } from '../../sources/files/discover.ts';
import { readHead } from '../../sources/heads/head.ts';
import { ownReport } from '../../sources/heads/own-report.ts';
import type { CommonFlags, ReadingFlags } from '../command-line/flags.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { identityOf, isStdout } from './whole-file.ts';

/**
 * Refuses, before the work, to write over a file among the inputs: a `-o` that a slip made, or a `--apply` left out, would end the
 * evidence, also one that no format recognises; and over what a run is told by. What this program wrote, or holds nothing, may be
 * replaced.
 */
export async function refuseEvidence(
  outputs: readonly (string | undefined)[],
  paths: readonly string[],
  { flags, cwd }: { readonly flags: ReadingFlags & Pick<CommonFlags, 'baseline' | 'compare'>; readonly cwd: string },
): Promise<void> {
  const there = outputs.flatMap((path) => {
    const id = path === undefined || isStdout(path) ? undefined : identityOf(resolve(cwd, path));
    return path === undefined || id === undefined ? [] : [{ path, id }];
  });
  if (there.length === 0) return;
  const told = [
    ['baseline', flags.baseline],
    ['configuration', flags.settings?.path],
    ...(flags.compare ?? []).map((earlier) => ['earlier night', earlier] as const),
  ] as const;
  for (const { path, id } of there)
    for (const [what, file] of told)
      if (file !== undefined && identityOf(resolve(cwd, file)) === id)
        throw new UsageError(`${path} is the ${what} of this run; name another file`);
  const inputs = discover(paths, cwd).inputs.map((input) => ({ input, id: identityOf(input.absolute) }));
  for (const { path, id } of there)
    for (const { input } of inputs.filter((one) => one.id === id)) {
      const what = await evidenceIn(input, flags);
      if (what !== undefined)
        throw new UsageError(`${path} is ${what}: evidence is never written over; name another file`);
    }
}

/** What a file is, as far as it may be evidence. */
async function evidenceIn(input: InputFile, { as = {} }: ReadingFlags): Promise<string | undefined> {
  const stated = Object.entries(as).find(([source]) => namesInput(source, input));
  if (stated !== undefined) return logOf(stated[1]);
  const head = await readHead(input);
  if (head.empty || ownReport(Buffer.from(head.bytes)) !== undefined) return undefined;
  const { formats } = await import('../../formats/index.ts');
  const { format } = recognise(input, head, formats, undefined).detection;
  return format === undefined ? 'a file among the inputs that no format recognises' : logOf(format.id);
}

function logOf(format: string): string {
  return `a log that is read (${format})`;
}
