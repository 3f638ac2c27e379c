import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CONFIG_NAMES = ['egressblame.config.json', 'egressblame.config.yaml', 'egressblame.config.yml'] as const;

/** Configuration files of the nearest folder that has one, from `cwd` up to the root of the repository (or of the disk). */
export function findConfigs(cwd: string): readonly string[] {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = CONFIG_NAMES.map((name) => join(folder, name)).filter((path) => existsSync(path));
    if (found.length > 0 || existsSync(join(folder, '.git')) || dirname(folder) === folder) return found;
  }
}
