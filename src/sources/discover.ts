import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';

/** One file (or standard input) to be read. */
export interface InputFile {
  /** Path as reports show it: relative to the common parent of the arguments, with `/`. */
  readonly path: string;
  /** Absolute path; `-` for standard input. */
  readonly absolute: string;
  readonly bytes: number;
  /** Last modification, microseconds since the epoch. */
  readonly modifiedUs: number;
  /** Bytes already in memory: standard input can be read only once. */
  readonly content?: Uint8Array;
}

interface Discovery {
  readonly inputs: readonly InputFile[];
  readonly problems: readonly Diagnostic[];
}

/** Expands files, folders, globs and `-`. The result does not depend on the order of the arguments. */
export function discover(args: readonly string[], cwd: string): Discovery {
  const problems: Diagnostic[] = [];
  const found = new Map<string, { bytes: number; modifiedUs: number }>();
  const roots: string[] = [];
  let stdin = false;
  for (const arg of args) {
    if (arg === '-') {
      stdin = true;
      continue;
    }
    const path = resolve(cwd, arg);
    const matches = exists(path) ? [path] : isGlob(arg) ? expandGlob(arg, cwd) : [];
    if (matches.length === 0) {
      problems.push({
        severity: 'error',
        code: 'path-missing',
        message: isGlob(arg) ? `nothing matches ${arg}` : `there is no file or folder ${arg}`,
        path: arg,
      });
      continue;
    }
    for (const match of matches) {
      roots.push(statSync(match).isDirectory() ? match : dirname(match));
      walk(match, found, problems, new Set());
    }
  }
  const parent = commonParent(roots);
  const inputs = [...found].map(([absolute, info]) => ({
    path: relative(parent, absolute).split(sep).join('/') || basename(absolute),
    absolute,
    ...info,
  }));
  if (stdin) inputs.push({ path: '-', absolute: '-', bytes: 0, modifiedUs: 0 });
  inputs.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { inputs, problems };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function walk(
  path: string,
  found: Map<string, { bytes: number; modifiedUs: number }>,
  problems: Diagnostic[],
  seen: Set<string>,
): void {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) {
    problems.push({ severity: 'warning', code: 'path-broken', message: `${path} is a link that leads nowhere`, path });
    return;
  }
  if (info.isFile()) {
    found.set(path, { bytes: info.size, modifiedUs: Math.floor(info.mtimeMs * 1000) });
    return;
  }
  if (!info.isDirectory()) {
    problems.push({
      severity: 'warning',
      code: 'path-special',
      message: `${path} is neither a file nor a folder`,
      path,
    });
    return;
  }
  const real = realpathSync(path);
  if (seen.has(real)) return;
  seen.add(real);
  for (const entry of list(path, problems)) walk(join(path, entry.name), found, problems, seen);
}

function list(path: string, problems: Diagnostic[]): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    problems.push({
      severity: 'error',
      code: 'folder-unreadable',
      message: `cannot list ${path}: ${reasonOf(error)}`,
      path,
    });
    return [];
  }
}

/** The system's reason for a failed file operation, without the path it repeats. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    EACCES: 'permission denied',
    ENOENT: 'it is not there',
    EISDIR: 'it is a folder',
    EMFILE: 'too many open files',
    EIO: 'the disk reports an error',
  };
  return code === undefined ? error.message : (known[code] ?? error.message);
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

function isGlob(text: string): boolean {
  return /[*?[\]]/.test(text);
}

/** `*`, `?`, `[...]` inside a path segment and `**` for any depth. */
function globToRegExp(pattern: string): RegExp {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '*' && pattern[i + 1] === '*') {
      out += pattern[i + 2] === '/' ? '(?:.*/)?' : '.*';
      i += pattern[i + 2] === '/' ? 2 : 1;
    } else if (c === '*') out += '[^/]*';
    else if (c === '?') out += '[^/]';
    else if (c === '[') {
      const close = pattern.indexOf(']', i + 2);
      if (close < 0) out += '\\[';
      else {
        out += `[${pattern
          .slice(i + 1, close)
          .replace(/^!/, '^')
          .replace(/\\/g, '\\\\')}]`;
        i = close;
      }
    } else out += c.replace(/[.+^${}()|\\/]/g, '\\$&');
  }
  return new RegExp(`^${out}$`);
}

function expandGlob(pattern: string, cwd: string): readonly string[] {
  const absolute = resolve(cwd, pattern).split(sep).join('/');
  const fixed = absolute.split('/');
  const firstGlob = fixed.findIndex(isGlob);
  const base = fixed.slice(0, firstGlob).join('/') || '/';
  const matcher = globToRegExp(absolute);
  const deep = absolute.includes('**');
  const out: string[] = [];
  const visit = (folder: string, depth: number): void => {
    if (!exists(folder) || !statSync(folder).isDirectory() || depth > (deep ? 64 : fixed.length - firstGlob)) return;
    for (const entry of list(folder, [])) {
      const path = `${folder === '/' ? '' : folder}/${entry.name}`;
      if (matcher.test(path)) out.push(path);
      else if (entry.isDirectory()) visit(path, depth + 1);
    }
  };
  visit(base, 0);
  return out.sort();
}
