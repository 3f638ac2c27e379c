import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { type ZipMember, zipEntries } from '../sources/archives/zip.ts';
import type { InputFile } from '../sources/files/discover.ts';
import { newReadLog, readBytes } from '../sources/records/read.ts';
import { type Edited, evalEditor, isCompleted, type Removal, sampleOf, withEdits } from './eval-edits.ts';
import type { Digest } from './kept.ts';
import { MAX_ROW_BYTES } from './lines.ts';
import type { Counts, PlanOptions, Refusal, RowFile } from './rows.ts';
import { RowTally } from './tally.ts';

/** One entry of an archive: it stays, goes, or stays with some of its bytes replaced. */
export interface MemberPlan extends Edited {
  readonly input: InputFile;
  readonly name: string;
  readonly stays: boolean;
}

/** The same for an archive, in the order of its directory. */
export interface ArchivePlan extends Counts {
  readonly members: readonly MemberPlan[];
}

/** What zip can hold without its 64-bit extension, which the copy does without. */
const MAX_ARCHIVE_BYTES = 0xffff_ffff;
const MAX_ENTRIES = 0xffff;
/** The header and summaries of a log; anything longer is no such member. */
const MAX_EDITED_BYTES = 512 * 1024 * 1024;

/** Why an archive cannot be filtered; undefined for an Inspect log whose samples are members of their own. */
export function archiveRefusal(path: string, absolute: string): string | undefined {
  const entries = zipEntries(absolute);
  if (typeof entries === 'string') return `cannot look into the archive ${path}: ${entries}`;
  const names = entries.map(({ name }) => name);
  if (!names.includes('header.json') && !names.includes('_journal/start.json'))
    return `${path} is an archive, but no Inspect log: it holds neither header.json nor _journal/start.json`;
  const chunk = names.find((name) => /^samples\/.+_epoch_\d+\//.test(name));
  if (chunk !== undefined)
    return `${path} holds its samples in pieces (${chunk}), which are not filtered: convert it with "inspect log convert --to eval" first`;
  const bytes = entries.reduce((sum, entry) => sum + entry.storedBytes, 0);
  return bytes > MAX_ARCHIVE_BYTES * 0.95 || entries.length > MAX_ENTRIES
    ? `${path} is larger than the copy can be (4 GiB or ${MAX_ENTRIES} entries): filter it as .json (inspect log convert --to json)`
    : undefined;
}

/** Decides over every sample of an Inspect archive, and what its header and summaries must no longer say. */
export async function planArchive(file: RowFile, options: PlanOptions): Promise<ArchivePlan | Refusal> {
  const entries = zipEntries(file.input.absolute);
  if (typeof entries === 'string') return { refused: `${file.input.path}: ${entries}` };
  const tally = new RowTally(options);
  const goes = new Map<string, NonNullable<ReturnType<typeof sampleOf>>>();
  const keptIds = new Set<string>();
  let completed = 0;
  let number = 0;
  for (const member of lastOfName(entries)) {
    const sample = sampleOf(member.name);
    if (sample === undefined) continue;
    const read = await readMember(memberInput(file.input, member), MAX_ROW_BYTES);
    if ('refused' in read) return read;
    const text = read.bytes.toString('utf8');
    if (tally.keeps({ number: ++number, text }, read.whole ? decodeSample(file, member, text) : undefined))
      keptIds.add(sample.id);
    else {
      goes.set(member.name, sample);
      if (isCompleted(read.bytes)) completed++;
    }
  }
  const members: MemberPlan[] = [];
  for (const entry of entries) {
    const member = await planMember(memberInput(file.input, entry), entry.name, {
      stays: !goes.has(entry.name),
      removal: { removed: [...goes.values()], completed, keptIds },
    });
    if ('refused' in member) return member;
    members.push(member);
  }
  return { ...tally.counts(), members };
}

function decodeSample({ format, context }: RowFile, { name }: ZipMember, text: string) {
  const path = `${context.path}!/${name}`;
  const ref = { source: path, line: 1, offset: 0, bytes: Buffer.byteLength(text) };
  return format.open({ ...context, path }).decode({ text, ref });
}

/** Where a name stands twice the last entry counts. */
function lastOfName(entries: readonly ZipMember[]): Iterable<ZipMember> {
  return new Map(entries.map((entry) => [entry.name, entry])).values();
}

async function planMember(
  input: InputFile,
  name: string,
  { stays, removal }: { readonly stays: boolean; readonly removal: Removal },
): Promise<MemberPlan | Refusal> {
  const untouched: Edited = { edits: [], says: [] };
  const editor = evalEditor(name);
  if (!stays || editor === undefined || removal.removed.length === 0) return { input, name, stays, ...untouched };
  const read = await readMember(input, MAX_EDITED_BYTES);
  if ('refused' in read) return read;
  if (!read.whole) return { refused: `${input.path} is too long to be rewritten` };
  return { input, name, stays, ...editor(read.bytes, removal) };
}

function memberInput({ path, absolute, modifiedUs, bytes }: InputFile, member: ZipMember): InputFile {
  return {
    path: `${path}!/${member.name}`,
    absolute,
    bytes: member.storedBytes,
    modifiedUs,
    member,
    archive: { bytes, modifiedUs },
  };
}

async function readMember(
  input: InputFile,
  most: number,
): Promise<{ readonly bytes: Buffer; readonly whole: boolean } | Refusal> {
  const log = newReadLog();
  const parts: Uint8Array[] = [];
  for await (const chunk of readBytes(input, log, { hashed: false }))
    if (log.decompressedBytes <= most) parts.push(chunk);
  const damage = log.problems.find(({ severity }) => severity === 'error');
  if (damage !== undefined) return { refused: damage.message };
  return { bytes: Buffer.concat(parts), whole: log.decompressedBytes <= most };
}

/** The decompressed bytes of a member that stays, as the copy is to hold them. */
export async function* memberBytes({ input, edits }: MemberPlan): AsyncGenerator<Uint8Array> {
  if (edits.length === 0) yield* readBytes(input, newReadLog(), { hashed: false });
  else {
    const read = await readMember(input, MAX_EDITED_BYTES);
    if ('refused' in read) throw new Error(read.refused);
    yield withEdits(read.bytes, edits);
  }
}

/** SHA-256 of the name, length and decompressed bytes of every member that stays, in order. */
export async function digestMembers({ members }: ArchivePlan): Promise<Digest> {
  const all = createHash('sha256');
  let total = 0;
  for (const member of members.filter(({ stays }) => stays)) {
    const one = createHash('sha256');
    let bytes = 0;
    for await (const chunk of memberBytes(member)) {
      one.update(chunk);
      bytes += chunk.length;
    }
    all.update(`${JSON.stringify([member.name, bytes, one.digest('hex')])}\n`);
    total += bytes;
  }
  return { sha256: all.digest('hex'), bytes: total };
}
