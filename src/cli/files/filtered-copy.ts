import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type ArchivePlan, digestMembers, planArchive } from '../../rollouts/archive.ts';
import { type Digest, digestKept, keptBytes } from '../../rollouts/kept.ts';
import { type CutPlan, planRows } from '../../rollouts/plan.ts';
import type { Layout, PlanOptions, RowFile } from '../../rollouts/rows.ts';
import type { Discovery, InputFile } from '../../sources/files/discover.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import { newReadLog } from '../../sources/records/read.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { writeArchive } from './filtered-archive.ts';
import { unwritten } from './unwritten.ts';
import { besides, discard, discardedOnEnd, identityOf, isDevice, isStdout, targetOf } from './whole-file.ts';

/** What was found when input and copy were read again after writing. */
export interface Proof {
  readonly holds: boolean;
  /** SHA-256 of all bytes: of the input without those that go, and of the copy. */
  readonly bytes: Compared;
  /** SHA-256 of the texts of the kept rows in order, as the reader of the format sees them. */
  readonly rows: Compared;
  readonly copyBytes: number;
  readonly copyRows: number;
  /** Rows of the copy that are quarantined: none, or the proof fails. */
  readonly quarantined: number;
}

interface Compared {
  readonly input: string;
  readonly copy: string;
}

/** The files behind a path on the command line. */
export async function filesAt(path: string, cwd: string): Promise<Discovery> {
  return path === '-' ? { inputs: [], problems: [] } : findInputs([path], cwd, { isNested: false });
}

/** Refuses what cannot be read again, and to write over anything that was read: the same file also by another name, a symbolic or a hard link. */
export function refuseOverwriting(out: string, inputs: readonly InputFile[]): void {
  if (isStdout(out) || isDevice(resolve(out)))
    throw new UsageError(`-o ${out} is no file: the copy is read again to prove it`);
  const target = identityOf(resolve(out));
  if (target === undefined) return;
  const same = inputs.find((input) => identityOf(input.absolute) === target);
  if (same !== undefined)
    throw new UsageError(`-o ${out} is the input ${same.path}: evidence is never changed in place; name another file`);
}

/** Refuses a name whose ending says something else than what is written. */
export function refuseEnding(out: string, layout: Layout): void {
  if (layout === 'archive') {
    if (!/\.eval$/i.test(out))
      throw new UsageError(`-o ${out}: the copy is an Inspect archive, which Inspect knows by its ending .eval`);
  } else if (/\.(?:gz|zst|eval|zip|parquet)$/i.test(out))
    throw new UsageError(`-o ${out}: the copy is written as plain lines; leave the ending out`);
}

/** Writes what stays, whole or not at all, then reads both files again. */
export async function writeFiltered(
  file: RowFile,
  plan: CutPlan | ArchivePlan,
  { out, fateOf }: Copying,
): Promise<Proof> {
  const target = targetOf(out);
  const fresh = besides(target);
  const done = discardedOnEnd(fresh);
  try {
    mkdirSync(dirname(target), { recursive: true });
    await ('members' in plan ? writeArchive(plan, fresh) : writeKept(file.input, plan, fresh));
    const proof = await prove(file, plan, { out: fresh, fateOf });
    if (proof.holds) renameSync(fresh, target);
    else discard(fresh);
    return proof;
  } catch (error) {
    discard(fresh);
    throw unwritten(out, error);
  } finally {
    done();
  }
}

interface Copying {
  readonly out: string;
  readonly fateOf: PlanOptions['fateOf'];
}

async function writeKept(input: InputFile, { cuts }: CutPlan, path: string): Promise<void> {
  const copy = openSync(path, 'w');
  try {
    for await (const part of keptBytes(input, cuts, newReadLog()))
      for (let done = 0; done < part.length; ) done += writeSync(copy, part, done);
  } finally {
    closeSync(copy);
  }
}

/** Reads the input and the copy from the disk, each by itself, and the copy's rows with the reader of the input's. */
async function prove(file: RowFile, plan: CutPlan | ArchivePlan, { out, fateOf }: Copying): Promise<Proof> {
  const [copy] = (await filesAt(out, '/')).inputs;
  if (copy === undefined) throw new UsageError(`-o ${out}: cannot be read again`);
  const again = await planRows({ ...file, input: copy }, { fateOf, lineNames: 'ignored' });
  if ('refused' in again) throw new UsageError(`-o ${out}: cannot be read again: ${again.refused}`);
  const kept = await digestInput(file, plan, fateOf);
  const found = await ('members' in again ? digestMembers(again) : digestKept(copy, [], newReadLog()));
  const proof = {
    bytes: { input: kept.sha256, copy: found.sha256 },
    rows: { input: plan.keptSha256, copy: again.keptSha256 },
    copyBytes: found.bytes,
    copyRows: again.rows,
    quarantined: again.dropped.length,
  };
  const same = [proof.bytes, proof.rows].every(({ input, copy: other }) => input === other);
  return {
    holds: same && proof.quarantined === 0 && proof.copyRows === plan.rows - plan.dropped.length,
    ...proof,
  };
}

/** Of a file, all bytes but its cuts; of an archive, all members that stay, and what goes out of them decided once more. */
async function digestInput(file: RowFile, plan: CutPlan | ArchivePlan, fateOf: Copying['fateOf']): Promise<Digest> {
  if (!('members' in plan)) return digestKept(file.input, plan.cuts, newReadLog());
  const anew = await planArchive(file, { fateOf, lineNames: 'ignored' });
  if ('refused' in anew) throw new UsageError(`--apply ${anew.refused}`);
  return digestMembers(anew);
}
