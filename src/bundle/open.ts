import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { z } from 'zod';
import { tryJson } from '../core/json/json.ts';
import { isSeamless, isZip, type ZipMember, zipEntries } from '../sources/archives/zip.ts';
import { LineCutter } from '../sources/cutting/line-cutter.ts';
import type { InputFile } from '../sources/files/discover.ts';
import { reasonOf } from '../sources/files/reasons.ts';
import { newReadLog, readBytes } from '../sources/records/read.ts';
import { type Manifest, MEMBERS, manifestSchema, type RunFacts, runSchema } from './layout.ts';

/** What a bundle may ask of the machine that checks it. Texts with a hash a line shrink tenfold, not hundreds of times. */
const LIMITS = {
  members: 1000,
  totalBytes: 16 * 2 ** 30,
  ratio: 250,
  ratioFromBytes: 1 << 20,
  documentBytes: 64 * 2 ** 20,
};

/** A bundle that can be checked. */
export interface Bundle {
  readonly path: string;
  readonly members: ReadonlyMap<string, ZipMember>;
  readonly manifest: Manifest;
  readonly run: RunFacts;
}

/** Opens a bundle; a text says why it is none, or why it is refused. Nothing is written to disk. */
export async function openBundle(path: string): Promise<Bundle | string> {
  try {
    if (!isZip(path)) return 'it is no zip archive';
  } catch (error) {
    return reasonOf(error);
  }
  const entries = zipEntries(path);
  if (typeof entries === 'string') return entries;
  const refused = hostile(entries);
  if (refused !== undefined) return refused;
  if (!isSeamless(path, entries))
    return 'it holds bytes that belong to no member, or names one in two ways: another program may find something else in it';
  const members = new Map(entries.map((entry) => [entry.name, entry]));
  const manifest = await document(path, members.get(MEMBERS.manifest), manifestSchema);
  if (typeof manifest === 'string') return `${MEMBERS.manifest} ${manifest}`;
  const run = await document(path, members.get(MEMBERS.run), runSchema);
  if (typeof run === 'string') return `${MEMBERS.run} ${run}`;
  return { path, members, manifest, run };
}

/** Why an archive is not even looked into. */
function hostile(entries: readonly ZipMember[]): string | undefined {
  if (entries.length > LIMITS.members)
    return `it has ${entries.length} members; a bundle has ${Object.keys(MEMBERS).length}`;
  const seen = new Set<string>();
  let total = 0;
  for (const { name, encrypted, method, bytes, storedBytes } of entries) {
    const shown = JSON.stringify(name);
    if (!isPlainName(name)) return `the member name ${shown} leads out of the archive`;
    if (seen.has(name)) return `the member ${shown} stands in it twice`;
    if (encrypted) return `the member ${shown} is encrypted`;
    if (method !== 0 && method !== 8) return `the member ${shown} uses compression method ${method}`;
    if (bytes > LIMITS.ratioFromBytes && bytes > storedBytes * LIMITS.ratio)
      return `the member ${shown} would unpack to ${bytes} bytes, more than ${LIMITS.ratio} times its size`;
    seen.add(name);
    total += bytes;
  }
  return total > LIMITS.totalBytes ? `it would unpack to ${total} bytes` : undefined;
}

function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
  if (name === '' || /[\u0000-\u001f\\:]/.test(name)) return false;
  return name
    .split('/')
    .every((part, i, parts) => part !== '..' && part !== '.' && (part !== '' || (i > 0 && i === parts.length - 1)));
}

async function document<S extends z.ZodType>(
  path: string,
  member: ZipMember | undefined,
  schema: S,
): Promise<z.infer<S> | string> {
  if (member === undefined) return 'is missing';
  if (member.bytes > LIMITS.documentBytes) return `has ${member.bytes} bytes`;
  const parts: Uint8Array[] = [];
  const { problem } = await readMember(path, member, (chunk) => parts.push(chunk));
  if (problem !== undefined) return problem;
  const parsed = schema.safeParse(tryJson(Buffer.concat(parts).toString('utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `is not what a bundle holds (${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'unreadable'})`;
}

/** Longest line of a member, bytes. */
const MAX_LINE = 64 * 2 ** 20;

/** Streams the lines of a member, numbered from 1; blank ones are left out. */
export async function readMemberLines(
  path: string,
  member: ZipMember,
  onLine: (text: string, line: number) => void,
): ReturnType<typeof readMember> {
  const cutter = new LineCutter(MAX_LINE);
  const each = (slices: ReturnType<LineCutter['push']>): void => {
    for (const { text, line } of slices) if (text !== '') onLine(text, line);
  };
  const found = await readMember(path, member, (chunk) => each(cutter.push(chunk)));
  each(cutter.end());
  return found;
}

/** Streams a member; never more than it states. `problem` says what is wrong with its data. */
async function readMember(
  path: string,
  member: ZipMember,
  onChunk: (chunk: Uint8Array) => void,
): Promise<{ readonly sha256: string; readonly bytes: number; readonly problem: string | undefined }> {
  const info = statSync(path);
  const modifiedUs = Math.floor(info.mtimeMs * 1000);
  const input: InputFile = {
    path: member.name,
    absolute: path,
    bytes: member.storedBytes,
    modifiedUs,
    archive: { bytes: info.size, modifiedUs },
    member,
  };
  const hash = createHash('sha256');
  const log = newReadLog();
  let bytes = 0;
  for await (const chunk of readBytes(input, log)) {
    bytes += chunk.length;
    if (bytes > member.bytes) return { sha256: '', bytes, problem: 'unpacks to more than it states' };
    hash.update(chunk);
    onChunk(chunk);
  }
  const problem = log.problems.find(({ severity }) => severity === 'error');
  return { sha256: hash.digest('hex'), bytes, problem: problem === undefined ? undefined : 'is damaged' };
}
