import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isPipeName } from '../../core/text/pipe-name.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { TarMember, Unpacked } from '../archives/tar-member.ts';
import { isZip, listZip, type ZipMember } from '../archives/zip.ts';
import { expandGlob, isGlob } from './glob.ts';
import { reasonOf, reasonOfCode } from './reasons.ts';

/** One file (or standard input) to be read. */
export interface InputFile {
  /** Path as reports show it: relative to the common parent of the arguments, with `/`. */
  readonly path: string;
  /** Absolute path; `-` for standard input; of a member, the path of its archive. */
  readonly absolute: string;
  /** Size as stored; of a member of a zip archive, its compressed size. */
  readonly bytes: number;
  /** Last modification, microseconds since the epoch; of a member of a zip archive, that of the archive: zip stamps have no zone. */
  readonly modifiedUs: number;
  /** Set when the file lies in an archive; `path` is then `archive!/entry`. */
  readonly member?: ZipMember | TarMember;
  readonly archive?: ArchiveFacts;
  /** Set for a pipe that was named, as shells do for `<(zcat fw.gz)`; what came out of it, once `findInputs` has kept that. */
  readonly pipe?: { readonly kept?: Unpacked };
}

/** The file that an archive is. */
interface ArchiveFacts {
  readonly bytes: number;
  readonly modifiedUs: number;
}

export interface Discovery {
  readonly inputs: readonly InputFile[];
  readonly problems: readonly Diagnostic[];
}

type Found = Omit<InputFile, 'path'>;

/** What one call has come across so far. */
interface Walk {
  /** By absolute path; `archive!/entry` for members. */
  readonly found: Map<string, Found>;
  readonly problems: Diagnostic[];
}

/** Expands files, folders, globs and `-`. The result does not depend on the order of the arguments. */
export function discover(args: readonly string[], cwd: string): Discovery {
  const walk: Walk = { found: new Map(), problems: [] };
  const roots: string[] = [];
  for (const arg of args) if (arg !== '-') roots.push(...expandArgument(arg, cwd, walk));
  const parent = commonParent(roots);
  const inputs: InputFile[] = [...walk.found.values()].map((found) => ({ path: pathOf(found, parent), ...found }));
  if (args.includes('-')) inputs.push({ path: '-', absolute: '-', bytes: 0, modifiedUs: 0 });
  inputs.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { inputs, problems: walk.problems };
}

/** The name of a member stays as it is: with a `..` in it it is still no file beside the archive. */
function pathOf({ absolute, member, pipe }: Found, parent: string): string {
  if (pipe !== undefined) return absolute;
  const path = relative(parent, absolute).split(sep).join('/') || basename(absolute);
  return member === undefined ? path : `${path}!/${member.name}`;
}

/** Adds what an argument stands for; the folders it is relative to. */
function expandArgument(arg: string, cwd: string, walk: Walk): readonly string[] {
  const path = resolve(cwd, arg);
  // An unset variable of a script; to the system it would be the working folder.
  const own = arg === '' ? 'ENOENT' : statOf(path);
  if (typeof own === 'string' && !MISSING.has(own)) {
    walk.problems.push(problemOf('error', 'path-unreadable', `cannot read ${arg}: ${reasonOfCode(own)}`, arg));
    return [];
  }
  const matches =
    typeof own !== 'string'
      ? [path]
      : isGlob(arg)
        ? expandGlob(arg, cwd, (folder) => list(folder, walk.problems).map(({ name }) => name))
        : [];
  if (matches.length === 0) {
    const message = isGlob(arg)
      ? `nothing matches ${arg}`
      : arg === ''
        ? 'a path is empty'
        : `there is no file or folder ${arg}`;
    walk.problems.push(problemOf('error', 'path-missing', message, arg));
  }
  return matches.flatMap((match) => {
    if (typeof own !== 'string' && own.isFIFO() && isPipeName(match)) {
      walk.found.set(match, { absolute: match, bytes: 0, modifiedUs: 0, pipe: {} });
      return [];
    }
    if (typeof own !== 'string' && !own.isFile() && !own.isDirectory()) {
      walk.problems.push(problemOf('error', 'path-special', `${arg} ${SPECIAL}: ${PIPED}`, arg));
      return dirname(match);
    }
    const before = walk.found.size + walk.problems.length;
    if (walk.found.has(match))
      walk.problems.push(problemOf('info', 'path-repeated', `${match} is named twice and is read once`, match));
    visit(match, walk, new Set());
    const info = statOf(match);
    if (typeof info === 'string' || !info.isDirectory()) return dirname(match);
    if (walk.found.size + walk.problems.length === before) walk.problems.push(nothingNew(arg, match, walk));
    return match;
  });
}

/** A folder that adds no file: another argument brought them already, or there are none. */
function nothingNew(arg: string, folder: string, { found }: Walk): Diagnostic {
  const isKnown = [...found.keys()].some((path) => path.startsWith(`${folder}${sep}`));
  return isKnown
    ? problemOf('info', 'path-repeated', `the folder ${arg} is named twice and is read once`, arg)
    : problemOf('warning', 'folder-empty', `there is no file in the folder ${arg}`, arg);
}

function problemOf(severity: Diagnostic['severity'], code: string, message: string, path: string): Diagnostic {
  return { severity, code, message, path };
}

const SPECIAL = 'is neither a file nor a folder';
/** Nobody may write to a pipe with a name of its own, or not yet: reading it could wait for ever. */
const PIPED = 'it was not read; write it to a file, or pass it on standard input as -';

/** Codes that mean "there is no such path"; a glob may still match. */
const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** Facts of a path with links followed, or the code of the system's error. */
function statOf(path: string): Stats | string {
  try {
    return statSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown';
  }
}

/** A name that this program gives to what it writes until that is whole: half a copy of rollouts would be read as others. */
const LEFT_PART = /^\.egressblame-[0-9a-f-]{36}\.part$/;
const LEFT = 'is the beginning of a file that an earlier run was killed in writing: not read; it may be deleted';

function visit(path: string, walk: Walk, seen: Set<string>): void {
  const info = statOf(path);
  if (typeof info === 'string') {
    walk.problems.push(unreadable(path, info));
    return;
  }
  if (info.isFile()) {
    addFile(path, info, walk);
    return;
  }
  if (!info.isDirectory()) {
    walk.problems.push(problemOf('warning', 'path-special', `${path} ${SPECIAL}`, path));
    return;
  }
  const real = realpathSync(path);
  if (seen.has(real)) return;
  seen.add(real);
  for (const { name } of list(path, walk.problems)) {
    const inside = join(path, name);
    if (LEFT_PART.test(name)) walk.problems.push(problemOf('warning', 'part-left', `${inside} ${LEFT}`, inside));
    else visit(inside, walk, seen);
  }
}

/** What a link that leads nowhere meant is not there; anything else is, and may hold what matters. */
function unreadable(path: string, code: string): Diagnostic {
  if (code === 'ENOENT' && path.includes('\uFFFD'))
    return problemOf('error', 'path-name', `cannot read ${path}: its name is no UTF-8; give it another`, path);
  if (code === 'ENOENT') return problemOf('warning', 'path-broken', `${path} is a link that leads nowhere`, path);
  const severity = code === 'ELOOP' ? 'warning' : 'error';
  return problemOf(severity, 'path-unreadable', `cannot read ${path}: ${reasonOfCode(code)}`, path);
}

function addFile(path: string, info: Stats, walk: Walk): void {
  const archive = { bytes: info.size, modifiedUs: Math.floor(info.mtimeMs * 1000) };
  const file = { absolute: path, ...archive };
  const members = /\.(?:eval|zip)$/i.test(path) ? membersOf(path) : undefined;
  if (members === undefined || typeof members === 'string') {
    if (members !== undefined) walk.problems.push(brokenZip(path, members));
    walk.found.set(path, file);
    return;
  }
  if (members.length === 0) walk.problems.push(emptyArchive(path));
  for (const member of members)
    walk.found.set(`${path}!/${member.name}`, { ...file, bytes: member.storedBytes, archive, member });
}

export function brokenZip(path: string, says: string): Diagnostic {
  return problemOf('error', 'zip-broken', `cannot look into the archive ${path}: ${says}`, path);
}

export function emptyArchive(path: string): Diagnostic {
  return problemOf('warning', 'archive-empty', `there is no file in the archive ${path}`, path);
}

/** Members of a zip archive; undefined for any other file, whatever it is called; a text for an archive that cannot be read. */
function membersOf(path: string): readonly ZipMember[] | string | undefined {
  try {
    return isZip(path) ? listZip(path) : undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function list(path: string, problems: Diagnostic[]): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    problems.push(problemOf('error', 'folder-unreadable', `cannot list ${path}: ${reasonOf(error)}`, path));
    return [];
  }
}

function commonParent(roots: readonly string[]): string {
  const [first, ...rest] = roots;
  if (first === undefined) return sep;
  let parts = first.split(sep);
  for (const root of rest) {
    const other = root.split(sep);
    let n = 0;
    while (n < parts.length && n < other.length && parts[n] === other[n]) n++;
    parts = parts.slice(0, n);
  }
  return parts.join(sep) || sep;
}
