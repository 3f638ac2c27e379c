// Does the main job once, on the bundled night, and leaves the bytecode of what was run beside each file of the bundle
// (docs/adr/0020-bytecode-beside-the-bundle.md).
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const FINDINGS = 1;

process.argv = [process.execPath, 'egressblame', `${root}fixtures/night/inputs`];
process.on('exit', (code) => {
  if (code !== FINDINGS) return;
  // What is loaded before V8's flags are set cannot use what was made under them.
  scripts.delete(require.resolve(`${root}dist/cli/main.code.js`));
  for (const [file, script] of scripts) writeFileSync(file + CACHE_SUFFIX, script.createCachedData());
  process.exitCode = 0;
});
const { CACHE_SUFFIX, scripts } = require(`${root}dist/cli/code-cache.js`);
require(`${root}dist/cli/main.js`);
