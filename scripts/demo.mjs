// The main job on the bundled real night.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
process.exitCode =
  spawnSync(process.execPath, [main, 'demo', ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 70;
