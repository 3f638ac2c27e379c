import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { reasonOfCode } from '../../sources/files/reasons.ts';
import { UsageError } from '../command-line/options.ts';
import { isDevice, isLink, isStdout, targetOf } from './whole-file.ts';

/** Refuses a file that cannot be written before the work starts: hours of reading must not end in that. */
export function checkWritable(paths: readonly (string | undefined)[], cwd: string): void {
  for (const path of paths) {
    const reason = path === undefined || isStdout(path) ? undefined : reasonAgainst(targetOf(resolve(cwd, path)));
    if (reason !== undefined) throw new UsageError(`${path}: cannot be written: ${reason}`);
  }
}

function reasonAgainst(target: string): string | undefined {
  if (existsSync(target) && statSync(target).isDirectory()) return 'it is a folder';
  if (isDevice(target)) return isAllowed(target) ? undefined : 'no right to write to it';
  if (isLink(target)) return reasonOfCode('ELOOP');
  const folder = nearestFolder(dirname(target));
  if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
  if (!isAllowed(folder)) return `no right to write in ${folder}`;
  // Node makes folders there without end.
  return /^\/proc(?:\/|$)/.test(folder) ? 'no file can be made in /proc' : undefined;
}

function isAllowed(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder itself or the one above it that is there. */
function nearestFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder));
}
