import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const MAX_DEPTH = 64;

export function isGlob(text: string): boolean {
  return /[*?[\]]/.test(text);
}

/** `*`, `?`, `[...]` inside a path segment and `**` for any depth. */
export function globToRegExp(pattern: string): RegExp {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i] ?? '';
    if (c === '*' && pattern[i + 1] === '*') {
      const deep = pattern[i + 2] === '/';
      out += deep ? '(?:.*/)?' : '.*';
      i += deep ? 2 : 1;
    } else if (c === '*') out += '[^/]*';
    else if (c === '?') out += '[^/]';
    else if (c === '[') {
      const close = pattern.indexOf(']', i + (pattern[i + 1] === '!' || pattern[i + 1] === '^' ? 3 : 2));
      const set = close < 0 ? undefined : setOf(pattern.slice(i + 1, close));
      out += set ?? '\\[';
      if (set !== undefined) i = close;
    } else out += c.replace(/[.+^${}()|\\\]]/g, '\\$&');
  }
  return new RegExp(`^${out}$`, 's');
}

/** A set of characters; undefined for one that makes no sense, such as `[z-a]`: its bracket then stands for itself. */
function setOf(body: string): string | undefined {
  const set = `(?!/)[${body.replace(/^!/, '^').replace(/[\\\][]/g, '\\$&')}]`;
  try {
    new RegExp(set);
    return set;
  } catch {
    return undefined;
  }
}

/** Paths that match, sorted; `list` gives the names in a folder. Only the pattern is read as one: the folder it starts in may have brackets in its name. */
export function expandGlob(
  pattern: string,
  cwd: string,
  list: (folder: string) => readonly string[],
): readonly string[] {
  const segments = pattern.split('/');
  const first = segments.findIndex(isGlob);
  const base = resolve(cwd, segments.slice(0, first).join('/') || (pattern.startsWith('/') ? '/' : '.'));
  const rest = segments.slice(first).join('/');
  const matcher = globToRegExp(rest);
  const depth = rest.includes('**') ? MAX_DEPTH : segments.length - first;
  const out: string[] = [];
  const seen = new Set<string>();
  const look = (folder: string, inside: string, level: number): void => {
    if (level > depth || isSeen(folder, seen)) return;
    for (const name of list(folder)) {
      const path = `${folder === '/' ? '' : folder}/${name}`;
      if (matcher.test(inside + name)) out.push(path);
      else look(path, `${inside}${name}/`, level + 1);
    }
  };
  look(base, '', 1);
  return out.sort();
}

function isSeen(folder: string, seen: Set<string>): boolean {
  try {
    if (!statSync(folder).isDirectory()) return true;
    const real = realpathSync(folder);
    if (seen.has(real)) return true;
    seen.add(real);
    return false;
  } catch {
    // A folder that cannot be entered holds nothing that matches.
    return true;
  }
}
