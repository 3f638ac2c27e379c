import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Contents, checkContents, type Flaw } from '../../bundle/consistency.ts';
import { MEMBERS } from '../../bundle/layout.ts';
import { type Bundle, openBundle } from '../../bundle/open.ts';
import { type Proof, proveOriginals } from '../../bundle/originals.ts';
import { compareFindings } from '../../bundle/rerun.ts';
import { plural } from '../../core/findings/findings.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { micros } from '../../core/time/time.ts';
import { investigate } from '../../pipeline.ts';
import { jsonRecords } from '../../report/json/index.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import { VERSION } from '../../version.ts';
import { shellQuote } from '../command-line/command-line.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { runOfSettings } from '../outputs/evidence.ts';
import { cleaner, print } from '../terminal/terminal.ts';

export interface VerifyFlags {
  readonly rerun?: boolean;
  readonly json?: boolean;
}

const MOST_SHOWN = 40;

/** Everything that was checked. */
interface Verification {
  readonly bundle: Bundle;
  readonly contents: Contents;
  readonly proof: Proof | undefined;
  /** Findings that the originals led to again; undefined when that was not asked. */
  readonly rerun: { readonly flaws: readonly Flaw[]; readonly same: number } | undefined;
  readonly flaws: readonly Flaw[];
}

/** Proves an evidence bundle again, offline. */
export async function verifyCommand(path: string, paths: readonly string[], flags: VerifyFlags): Promise<number> {
  if (!existsSync(path)) throw new UsageError(`there is no bundle ${path}`);
  if (flags.rerun && paths.length === 0)
    throw new UsageError('--rerun needs the originals: egressblame verify BUNDLE.zip LOGS... --rerun');
  const bundle = await openBundle(resolve(path));
  if (typeof bundle === 'string') throw new UsageError(`${path} is no usable evidence bundle: ${bundle}`);
  const contents = await checkContents(bundle);
  const originals = paths.length === 0 ? undefined : await originalsOf(paths, path);
  const proof =
    originals === undefined
      ? undefined
      : await proveOriginals(bundle.run, contents.lines, originals, {
          clean: cleaner({ redact: bundle.run.redaction === 'default' }),
          madeBy: otherVersion(bundle),
        });
  const rerun = flags.rerun && proof !== undefined ? await findAgain(bundle, paths) : undefined;
  const flaws = [...contents.flaws, ...(proof?.flaws ?? []), ...(rerun?.flaws ?? [])];
  const verification = { bundle, contents, proof, rerun, flaws };
  if (flags.json) await print(`${jsonText(verificationRecord(verification))}\n`);
  else await print(`${render(verification, path).map(escapeTerminal).join('\n')}\n`);
  return flaws.length === 0 ? EXIT.clean : EXIT.unverified;
}

/** The files given, but for the bundle itself where it lies among them. */
async function originalsOf(paths: readonly string[], bundlePath: string): Promise<readonly InputFile[]> {
  const { inputs, problems } = await findInputs(paths, process.cwd());
  const missing = problems.find(({ code }) => code === 'path-missing');
  if (missing !== undefined) throw new UsageError(missing.message);
  const own = realpathSync(bundlePath);
  return inputs.filter(
    ({ absolute, pipe }) => absolute === '-' || pipe !== undefined || realpathSync(absolute) !== own,
  );
}

async function findAgain(bundle: Bundle, paths: readonly string[]): Promise<Verification['rerun']> {
  const report = await investigate(
    runOfSettings(bundle.run.settings, { paths, cwd: process.cwd(), now: micros(Date.now() * 1000) }),
  );
  const clean = cleaner({ redact: bundle.run.redaction === 'default' });
  return compareFindings(bundle, jsonRecords(report, clean), otherVersion(bundle));
}

/** The version that made a bundle, unless it is this one. */
function otherVersion({ run }: Bundle): string | undefined {
  return run.version === VERSION ? undefined : run.version;
}

function render({ bundle, contents, proof, rerun, flaws }: Verification, path: string): readonly string[] {
  const members = plural(bundle.manifest.members.length, 'member');
  const lines = plural(contents.lines.length, 'cited line');
  const attributions = plural(contents.attributions, 'attribution');
  if (flaws.length > 0) {
    const shown = flaws.slice(0, MOST_SHOWN).map(({ kind, where, says }) => `  ${kind.padEnd(8)} ${where}: ${says}`);
    const more = flaws.length > MOST_SHOWN ? [`  and ${flaws.length - MOST_SHOWN} more: add --json to see all`] : [];
    return [`NOT VERIFIED: ${plural(flaws.length, 'flaw')}.`, ...shown, ...more, ...notes(proof)];
  }
  const own = `${members} match the manifest; ${plural(contents.links, 'link')} of ${attributions} rest on ${lines} that are in it.`;
  if (proof === undefined)
    return [
      `Consistent: ${own}`,
      'Not proven: that these lines stood in the logs. Give the originals:',
      `  egressblame verify ${shellQuote(path)} LOGS...`,
    ];
  const again =
    rerun === undefined
      ? ['Not proven: that the findings follow from the originals. To find them again: add --rerun']
      : [
          `Found again from the originals: ${plural(rerun.same, 'attribution')}, all the same.`,
          `Not proven: the words of ${MEMBERS.markdown}; the findings stand in ${MEMBERS.json}.`,
        ];
  return [
    `Verified: ${own}`,
    `${plural(proof.lines, 'line')} and ${plural(proof.files, 'whole file')} have the same SHA-256 in the originals${bundle.run.redaction === 'default' ? '; each copy is the redaction of its original' : ''}.`,
    ...again,
    ...notes(proof),
  ];
}

function notes(proof: Proof | undefined): readonly string[] {
  return (proof?.notes ?? []).map((note) => `Note: ${note}.`);
}

function verificationRecord({ bundle, contents, proof, rerun, flaws }: Verification): object {
  return {
    record: 'verification',
    holds: flaws.length === 0,
    members: bundle.manifest.members.length,
    lines: contents.lines.length,
    attributions: contents.attributions,
    links: contents.links,
    originals: proof === undefined ? null : { files: proof.files, lines: proof.lines, notes: proof.notes },
    rerun: rerun === undefined ? null : { same: rerun.same },
    flaws,
  };
}
