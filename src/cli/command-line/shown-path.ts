import { relative, resolve } from 'node:path';

/** A path as short as a user would write it: from the working folder on, or whole where it lies more than one folder above. */
export function shownPath(path: string, cwd: string): string {
  const whole = resolve(cwd, path);
  const near = relative(cwd, whole);
  return near.startsWith('../../') ? whole : near;
}
