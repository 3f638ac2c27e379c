import { sha256 } from '../core/digest.ts';
import { push } from '../core/push.ts';
import type { InputFile } from '../sources/files/discover.ts';
import { readCited } from '../sources/records/cited.ts';
import { storedHash } from '../sources/records/raw-lines.ts';
import { newReadLog } from '../sources/records/read.ts';
import type { Flaw, IndexedLine } from './consistency.ts';
import { citedLine } from './copy.ts';
import type { RunFacts } from './layout.ts';

type Input = RunFacts['inputs'][number];

/** What the originals said. */
export interface Proof {
  readonly flaws: readonly Flaw[];
  /** Worth knowing, against nothing. */
  readonly notes: readonly string[];
  readonly files: number;
  readonly lines: number;
  /** Path in the bundle of each original that was found. */
  readonly found: ReadonlyMap<string, InputFile>;
}

export interface ProofOptions {
  readonly clean: (text: string) => string;
  /** The bundle was made by another version, whose redaction may differ. */
  readonly madeBy: string | undefined;
}

/** Holds every input and every cited record against the originals. */
export async function proveOriginals(
  run: RunFacts,
  lines: readonly IndexedLine[],
  originals: readonly InputFile[],
  options: ProofOptions,
): Promise<Proof> {
  const read = run.inputs.filter((input) => input.sha256 !== null);
  const found = await findOriginals(read, originals);
  const flaws: Flaw[] = [];
  const notes: string[] = [];
  const byPath = new Map<string, IndexedLine[]>();
  for (const line of lines) push(byPath, line.path, line);
  let held = 0;
  let whole = 0;
  for (const input of read) {
    const original = found.get(input.path);
    if (original === undefined) {
      flaws.push({ kind: 'missing', where: input.path, says: 'is not among the originals given' });
      continue;
    }
    const result = await proveFile(input, original, byPath.get(input.path) ?? [], options);
    flaws.push(...result.flaws);
    notes.push(...result.notes);
    held += result.held;
    whole += result.whole ? 1 : 0;
  }
  flaws.push(...addedPaths(byPath.keys(), read));
  const used = new Set(found.values());
  const spare = originals.filter((original) => !used.has(original) && !isCopy(original, run));
  if (spare.length > 0) notes.push(`${spare.length} of the files given were not read by that run: ${named(spare)}`);
  return { flaws, notes, files: whole, lines: held, found };
}

/** Files from which lines are cited although the run did not read them. */
function addedPaths(cited: Iterable<string>, read: readonly Input[]): readonly Flaw[] {
  const known = new Set(read.map(({ path }) => path));
  return [...cited]
    .filter((path) => !known.has(path))
    .map((where) => ({ kind: 'added', where, says: 'lines are cited from it, but the run did not read it' }));
}

/** The first three by their paths. */
function named(files: readonly InputFile[]): string {
  const first = files.slice(0, 3).map(({ path }) => path);
  return `${first.join(', ')}${files.length > 3 ? ', ...' : ''}`;
}

function isCopy(original: InputFile, run: RunFacts): boolean {
  return run.inputs.some((input) => input.duplicateOf !== undefined && sameFile(input.path, original.path));
}

/** The same path, or one is a tail of the other: originals may lie in another folder now. */
function sameFile(a: string, b: string): boolean {
  return a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);
}

/** By path, else by the only tail that fits, else by content. */
async function findOriginals(
  inputs: readonly Input[],
  originals: readonly InputFile[],
): Promise<ReadonlyMap<string, InputFile>> {
  const found = new Map<string, InputFile>();
  const free = new Set(originals);
  const take = (input: Input, original: InputFile | undefined): void => {
    if (original === undefined) return;
    found.set(input.path, original);
    free.delete(original);
  };
  for (const input of inputs)
    take(
      input,
      originals.find(({ path }) => path === input.path),
    );
  for (const input of inputs) {
    if (found.has(input.path)) continue;
    const fit = [...free].filter(({ path }) => sameFile(path, input.path));
    if (fit.length === 1) take(input, fit[0]);
  }
  if (inputs.every(({ path }) => found.has(path))) return found;
  const hashes = new Map<string, InputFile>();
  for (const original of free) hashes.set(await storedHash(original), original);
  for (const input of inputs) if (!found.has(input.path)) take(input, hashes.get(input.sha256 ?? ''));
  return found;
}

async function proveFile(
  input: Input,
  original: InputFile,
  lines: readonly IndexedLine[],
  options: ProofOptions,
): Promise<{ flaws: readonly Flaw[]; notes: readonly string[]; held: number; whole: boolean }> {
  const flaws: Flaw[] = [];
  const log = newReadLog();
  const byKey = new Map(lines.map((line) => [`${line.line} ${line.offset} ${line.bytes}`, line]));
  const refs = lines.map(({ path, line, offset, bytes }) => ({ source: path, line, offset, bytes }));
  const grown = original.bytes - input.bytes;
  const asRead = grown > 0 && original.member === undefined && original.absolute !== '-';
  let held = 0;
  for await (const { ref, bytes, line } of readCited(
    asRead ? { ...original, bytes: input.bytes } : original,
    refs,
    log,
  )) {
    const cited = byKey.get(`${ref.line} ${ref.offset} ${ref.bytes}`);
    if (cited === undefined) continue;
    const flaw = lineFlaw(cited, citedLine(ref, bytes, options.clean), line, options);
    if (flaw === undefined) held += 1;
    else flaws.push(flaw);
  }
  const whole = (await log.sha256) === input.sha256;
  if (!whole)
    flaws.push({
      kind: 'altered',
      where: input.path,
      says: `the whole file has another SHA-256 than the run read (${held} of ${lines.length} cited lines still hold)`,
    });
  const notes = whole && asRead ? [`${input.path} has grown by ${grown} bytes since; what was read is unaltered`] : [];
  return { flaws, notes, held, whole };
}

function lineFlaw(
  cited: IndexedLine,
  now: ReturnType<typeof citedLine>,
  line: number,
  options: ProofOptions,
): Flaw | undefined {
  const where = `${cited.path}:${cited.line}`;
  if (now.sha256 !== cited.sha256) {
    const says = `the original at offset ${cited.offset} (${cited.bytes} bytes) has another SHA-256`;
    return { kind: 'altered', where, says };
  }
  if (line !== cited.line) return { kind: 'altered', where, says: `offset ${cited.offset} stands on line ${line}` };
  if (sha256(now.text) === cited.textSha256 && now.copy === cited.copy) return undefined;
  const other = options.madeBy === undefined ? '' : `, or egressblame ${options.madeBy} redacted by other rules`;
  return { kind: 'altered', where, says: `the copied text is not the redaction of the original${other}` };
}
