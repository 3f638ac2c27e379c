import { plural, thousands } from '../../core/findings/findings.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formats } from '../../formats/index.ts';
import type { BatchSize, Quarantine } from '../../model/quarantine.ts';
import type { RunOptions } from '../../pipeline.ts';
import { createMatcher, type Drop } from '../../quarantine/match.ts';
import type { ArchivePlan } from '../../rollouts/archive.ts';
import { type CutPlan, planRows } from '../../rollouts/plan.ts';
import { recogniseRollouts } from '../../rollouts/recognise.ts';
import type { Layout, RowFile } from '../../rollouts/rows.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import { shellQuote } from '../command-line/command-line.ts';
import type { ReadingFlags } from '../command-line/flags.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { filesAt, type Proof, refuseEnding, refuseOverwriting, writeFiltered } from '../files/filtered-copy.ts';
import { identityOf } from '../files/whole-file.ts';
import { cleaner, print } from '../terminal/terminal.ts';

/** A rollout file that can be filtered. */
export interface Target {
  /** As the user named it. */
  readonly rollouts: string;
  readonly file: RowFile;
  /** It is one of the inputs: names by line count hold. */
  readonly isEvidence: boolean;
}

/** Checks both files before the long work starts, so that a mistyped name costs nothing. */
export async function rolloutTarget(rollouts: string, out: string | undefined, run: RunOptions): Promise<Target> {
  const { inputs, problems } = await filesAt(rollouts, run.cwd);
  const [input, second] = inputs;
  if (input === undefined)
    throw new UsageError(
      `--apply ${rollouts}: ${problems[0]?.message ?? 'a file is needed: it is read more than once'}`,
    );
  // All members of a zip archive are one Inspect log.
  if (
    second !== undefined &&
    (input.member?.kind !== 'zip' || inputs.some(({ absolute }) => absolute !== input.absolute))
  )
    throw new UsageError(`--apply ${rollouts}: one file at a time`);
  const evidence = (await findInputs(run.paths, run.cwd)).inputs;
  if (out !== undefined) refuseOverwriting(out, [input, ...evidence]);
  const twin = evidence.find((other) => isSameFile(other, input));
  const file = await recogniseRollouts(twin ?? input, formats);
  if ('refused' in file) throw new UsageError(`--apply ${file.refused}`);
  if (out !== undefined) refuseEnding(out, file.layout);
  return { rollouts, file, isEvidence: twin !== undefined };
}

/** Flags that tell what becomes of the rollout file. */
export interface ApplyFlags extends ReadingFlags {
  readonly output?: string;
  readonly drop?: Drop;
}

interface Applying {
  readonly target: Target;
  readonly flags: ApplyFlags;
  /** How the program was called. */
  readonly command: string;
}

/** Shows what dropping would do and, with `-o`, writes the copy and proves it. False when the proof fails. */
export async function applyQuarantine(quarantine: Quarantine, applying: Applying): Promise<boolean> {
  const { target, flags } = applying;
  const { file } = target;
  const source = target.isEvidence ? file.context.path : undefined;
  const fateOf = createMatcher(quarantine, flags.drop ?? 'flagged', source);
  const plan = await planRows(file, { fateOf, lineNames: target.isEvidence ? 'trusted' : 'ignored' });
  if ('refused' in plan) throw new UsageError(`--apply ${plan.refused}`);
  const proof = flags.output === undefined ? undefined : await writeFiltered(file, plan, { out: flags.output, fateOf });
  if (flags.json === true) await print(`${jsonText(effectRecord(plan, proof, applying))}\n`);
  else if (flags.quiet !== true) await print(effectText(quarantine, plan, { ...applying, proof }));
  return proof?.holds !== false;
}

function isSameFile(a: InputFile, b: InputFile): boolean {
  return a.absolute !== '-' && a.member?.name === b.member?.name && identityOf(a.absolute) === identityOf(b.absolute);
}

type Plan = CutPlan | ArchivePlan;

/** Members of an archive whose text changes, and how. */
function changesOf(plan: Plan): readonly { readonly member: string; readonly says: readonly string[] }[] {
  const edited = 'members' in plan ? plan.members.filter(({ edits }) => edits.length > 0) : [];
  return edited.map(({ name, says }) => ({ member: name, says }));
}

function effectRecord(plan: Plan, proof: Proof | undefined, { target, flags }: Applying): object {
  const size = ({ run, step, group, before, after }: BatchSize): object => ({
    run: run ?? null,
    step: step ?? null,
    ...(group === undefined ? {} : { group }),
    before,
    after,
  });
  return {
    record: 'filter',
    schema: 1,
    rollouts: target.rollouts,
    drop: flags.drop ?? 'flagged',
    rows: plan.rows,
    kept: plan.rows - plan.dropped.length,
    dropped: plan.dropped,
    unnamed: plan.unnamed,
    unreadable: plan.unreadable,
    contradicted: plan.contradicted,
    inseparable: plan.inseparable,
    remarks: plan.remarks,
    steps: plan.steps.map(size),
    belowTwo: plan.broken.map(size),
    ...('members' in plan ? { changes: changesOf(plan) } : {}),
    output: flags.output ?? null,
    proof: proof ?? null,
  };
}

const MAX_LISTED = 12;

function effectText(
  quarantine: Quarantine,
  plan: Plan,
  { target, flags, command, proof }: Applying & { readonly proof: Proof | undefined },
): string {
  const { rollouts } = target;
  const clean = cleaner(flags);
  const show = (text: string): string => escapeTerminal(clean(text));
  const kept = plan.rows - plan.dropped.length;
  const what = `${plural(plan.dropped.length, 'row')} of ${thousands(plan.rows)}`;
  const lines = [
    proof === undefined
      ? `Dry run: ${what} would go from ${show(rollouts)}; ${thousands(kept)} stay.`
      : proof.holds
        ? `Wrote ${show(flags.output ?? '')}: ${what} dropped, ${thousands(kept)} kept.`
        : `Not written: ${show(flags.output ?? '')} failed its proof.`,
    ...(proof === undefined ? [] : proofLines(proof, target.file.layout)),
    ...changeLines(plan, show),
    '',
    ...sizeLines(plan.steps, show),
    ...brokenLines(plan.broken, show),
    ...remarkLines(quarantine, plan, { show, drop: flags.drop ?? 'flagged' }),
  ];
  const again = command.replace(/^egressblame/, `egressblame quarantine`);
  const drop = flags.drop === undefined ? '' : ` --drop ${flags.drop}`;
  if (proof === undefined)
    lines.push(
      '',
      'Next:',
      `  ${again} --apply ${shellQuote(rollouts)}${drop} -o filtered.${target.file.layout === 'archive' ? 'eval' : 'jsonl'}`,
    );
  return `${lines.join('\n')}\n`;
}

function proofLines(
  { holds, bytes, rows, copyBytes, copyRows, quarantined }: Proof,
  layout: Layout,
): readonly string[] {
  const archive = layout === 'archive';
  const compare = ({ input, copy }: Proof['bytes']): string =>
    input === copy ? `${input}, in both` : `${input} in the input, ${copy} in the copy`;
  const holding = archive
    ? 'every kept sample is byte for byte the same after decompression and in order, and nothing changed but what is listed below'
    : 'every kept row is byte for byte the same and in order, and nothing else changed';
  return [
    `Proof, from both files read again: ${holds ? holding : 'FAILED'}.`,
    `  ${archive ? 'names and bytes of all members  ' : 'all bytes but the dropped rows  '}sha256 ${compare(bytes)}`,
    `  texts of the kept rows in order sha256 ${compare(rows)}`,
    `  the copy has ${plural(copyBytes, 'byte')} and ${plural(copyRows, 'row')}, ${quarantined} of them quarantined`,
  ];
}

function changeLines(plan: Plan, show: (text: string) => string): readonly string[] {
  const changes = changesOf(plan);
  if (changes.length === 0) return [];
  return [
    'Members that repeat what samples say:',
    ...changes.map(({ member, says }) => `  ${show(member)}: ${says.join('; ')}`),
    '  The metrics were computed with the dropped samples; inspect_ai.log.recompute_metrics(log) computes them anew.',
  ];
}

function sizeLines(steps: readonly BatchSize[], show: (text: string) => string): readonly string[] {
  const name = ({ run, step }: BatchSize): string =>
    `${run === undefined ? '' : `run ${show(run)}, `}step ${step === undefined ? 'unknown' : step}`;
  const touched = steps.filter(({ before, after }) => after < before);
  if (touched.length === 0) return ['No batch changes.'];
  return [
    'Batch sizes:',
    ...touched
      .slice(0, MAX_LISTED)
      .map((size) => `  ${name(size)}: ${thousands(size.before)} -> ${plural(size.after, 'rollout')}`),
    ...(touched.length > MAX_LISTED ? [`  and ${touched.length - MAX_LISTED} more steps (--json lists all)`] : []),
    ...(steps.length > touched.length ? [`  ${plural(steps.length - touched.length, 'step')} without change`] : []),
  ];
}

function brokenLines(broken: readonly BatchSize[], show: (text: string) => string): readonly string[] {
  if (broken.length === 0) return [];
  const place = ({ step }: BatchSize): string => (step === undefined ? '' : ` at step ${step}`);
  return [
    `! ${plural(broken.length, 'prompt group falls', 'prompt groups fall')} below 2 members; what remains has no advantage:`,
    ...broken
      .slice(0, MAX_LISTED)
      .map((size) => `  ${show(size.group ?? '')}${place(size)}: ${size.before} -> ${size.after}`),
    ...(broken.length > MAX_LISTED ? [`  and ${broken.length - MAX_LISTED} more (--json lists all)`] : []),
  ];
}

function remarkLines(
  quarantine: Quarantine,
  plan: Plan,
  { show, drop }: { readonly show: (text: string) => string; readonly drop: string },
): readonly string[] {
  const found = new Set(plan.dropped.map(({ episode }) => episode));
  const missing = quarantine.flagged.filter(({ rollout }) => !found.has(rollout.episode)).length;
  const lines: string[] = [];
  if (drop === 'flagged' && quarantine.affected.length > 0)
    lines.push('! Members of poisoned groups stay: compute their advantages anew, or add --drop group.');
  if (missing > 0)
    lines.push(`! ${missing} of ${plural(quarantine.flagged.length, 'quarantined episode')} not found in this file.`);
  if (plan.unnamed > 0)
    lines.push(
      `! ${plural(plan.unnamed, 'row names', 'rows name')} no rollout and cannot be matched; kept. Give this file as evidence too.`,
    );
  if (plan.unreadable > 0) lines.push(`! ${plural(plan.unreadable, 'row')} could not be read; kept.`);
  if (plan.contradicted > 0)
    lines.push(
      `! ${plural(plan.contradicted, 'row has', 'rows have')} a quarantined name and another run, step or file; kept.`,
    );
  if (plan.inseparable > 0)
    lines.push(
      `! ${plural(plan.inseparable, 'row holds', 'rows hold')} a quarantined rollout among others; kept whole.`,
    );
  for (const { row, says } of plan.remarks.slice(0, MAX_LISTED)) lines.push(`  row ${row}: ${show(says)}`);
  return lines;
}
