// The main job on the bundled real night. Findings make egressblame exit 1; for a demonstration that is success.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = spawnSync(process.execPath, ['dist/cli/main.js', 'fixtures/night/inputs', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = run.status === 1 ? 0 : (run.status ?? 70);
