import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { reasonOfCode } from '../../sources/files/reasons.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { isDevice, isLink, isStdout, targetOf } from './whole-file.ts';

/** Refuses a file that cannot be written, or would be twice, before the work starts: hours of reading must not end in that. */
export function checkWritable(paths: readonly (string | undefined)[], cwd: string): void {
  const seen = new Set<string>();
  for (const path of paths) {
    if (path === undefined || isStdout(path)) continue;
    const target = targetOf(resolve(cwd, path));
    const reason = reasonAgainst(target);
    if (reason !== undefined) throw new UsageError(`${path}: cannot be written: ${reason}`);
    if (seen.has(target) && !isDevice(target))
      throw new UsageError(`${path} is to be written twice: what comes first would be lost`);
    seen.add(target);
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
