import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { durationText, zoneText } from '../../core/time/units.ts';
import type { ReadingFlags } from './flags.ts';
import { DEFAULT_MEMORY_MB } from './options.ts';

/** The call as the user can repeat it: the same inputs, read in the same way; `own` are flags of the command that it is for. */
export function commandLine(paths: readonly string[], flags: ReadingFlags, own: readonly string[] = []): string {
  return ['egressblame', ...inShort(paths).map(asPath), ...own, ...readingFlags(flags)].map(shellQuote).join(' ');
}

/** Paths up to here stay as they were given. */
const FEW = 3;

/** Many paths, as a shell makes of `logs/*`, are their folder where they are all that is in it: a command that fills the screen is not read. */
function inShort(paths: readonly string[]): readonly string[] {
  const [first = ''] = paths;
  const folder = dirname(first);
  if (paths.length <= FEW || paths.some((path) => path === '-' || dirname(path) !== folder)) return paths;
  const names = new Set(paths.map((path) => basename(path)));
  return namesIn(folder).every((name) => names.has(name)) ? [folder] : paths;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that may be entered and not listed: nobody knows what else is in it.
    return [''];
  }
}

/** A path that begins as a flag does is given after `--`; with its folder before it, it is a path anywhere. */
function asPath(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path;
}

/** Flags that change what the records say; what the configuration says comes from there again. */
function readingFlags(flags: ReadingFlags): readonly string[] {
  const out: string[] = [];
  const add = (flag: string, value: string | undefined): void => {
    if (value !== undefined) out.push(flag, value);
  };
  for (const [path, format] of Object.entries(flags.as ?? {})) add('--as', `${format}=${path}`);
  for (const [source, minutes] of Object.entries(flags.tz ?? {})) add('--tz', `${source}=${zoneText(minutes)}`);
  for (const [source, us] of Object.entries(flags.clockOffset ?? {}))
    add('--clock-offset', `${source}=${durationText(us)}`);
  for (const [path, roles] of Object.entries(flags.source ?? {}))
    for (const role of roles) add('--source', `${role}=${path}`);
  if (flags.year !== flags.settings?.year) add('--year', String(flags.year));
  if (flags.memory !== DEFAULT_MEMORY_MB) add('--memory', flags.memory?.toString());
  add('--from', flags.from);
  add('--to', flags.to);
  if (flags.config === false) out.push('--no-config');
  else if (typeof flags.config === 'string') add('--config', flags.config);
  return out;
}

export function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
