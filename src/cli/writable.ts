import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './options.ts';

/** Refuses a file that cannot be written before the work starts: hours of reading must not end in that. */
export function checkWritable(paths: readonly (string | undefined)[], cwd: string): void {
  for (const path of paths) {
    const reason = path === undefined ? undefined : reasonAgainst(resolve(cwd, path));
    if (reason !== undefined) throw new UsageError(`${path}: cannot be written: ${reason}`);
  }
}

function reasonAgainst(target: string): string | undefined {
  if (existsSync(target) && statSync(target).isDirectory()) return 'it is a folder';
  const folder = nearestFolder(dirname(target));
  if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return `no right to write in ${folder}`;
  }
  // Node makes folders there without end.
  return /^\/proc(?:\/|$)/.test(folder) ? 'no file can be made in /proc' : undefined;
}

/** The folder itself or the one above it that is there. */
function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
