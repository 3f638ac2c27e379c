// Compiles src/scan/assembly to src/scan/matcher-wasm.ts; with `--check` it only says whether that file is what comes out.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'src/scan/assembly/';
const SOURCE = `${FOLDER}matcher.ts`;
const TARGET = `${ROOT}src/scan/matcher-wasm.ts`;
const COLUMNS = 116;
/** Any memory of up to 4 GB will do. */
const MOST_PAGES = '65536';

const files = new Map();
const { error, stderr } = await asc.main(
  [
    SOURCE,
    ...['--outFile', 'matcher.wasm', '-O3', '--converge', '--runtime', 'stub', '--use', 'abort='],
    ...['--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory'],
    ...['--initialMemory', '1', '--maximumMemory', MOST_PAGES],
  ],
  {
    readFile: (name) =>
      name.startsWith(FOLDER) && existsSync(`${ROOT}${name}`) ? readFileSync(`${ROOT}${name}`, 'utf8') : null,
    writeFile: (name, contents) => files.set(name, contents),
    listFiles: () => [],
  },
);
if (error) throw new Error(stderr.toString());
const lines = Buffer.from(files.get('matcher.wasm'))
  .toString('base64')
  .match(new RegExp(`.{1,${COLUMNS}}`, 'g'));
const text = `/** \`npm run scan\` wrote this from assembly/matcher.ts. */
export const MATCHER_WASM = \`
${lines.join('\n')}
\`;
`;
if (process.argv[2] !== '--check') writeFileSync(TARGET, text);
else if (readFileSync(TARGET, 'utf8') !== text) throw new Error(`${TARGET} is not what ${SOURCE} compiles to`);
