// Compiles what src/ has in AssemblyScript; with `--check` it only says whether the files that are checked in are what comes out.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const COLUMNS = 116;
/** Any memory of up to 4 GB will do. */
const MOST_PAGES = '65536';
const MODULES = [
  {
    room: 'src/scan/',
    name: 'matcher',
    options: [
      ...['--enable', 'simd', '--enable', 'threads', '--importMemory', '--sharedMemory', '--exportTable'],
      ...['--initialMemory', '1', '--maximumMemory', MOST_PAGES],
    ],
  },
  { room: 'src/sources/compression/', name: 'xxh64', options: ['--initialMemory', '2', '--maximumMemory', '2'] },
];

for (const module of MODULES) {
  const target = `${ROOT}${module.room}${module.name}-wasm.ts`;
  const text = await compiled(module);
  if (process.argv[2] !== '--check') writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) throw new Error(`${target} is not what its source compiles to`);
}

async function compiled({ room, name, options }) {
  const folder = `${room}assembly/`;
  const files = new Map();
  const { error, stderr } = await asc.main(
    [
      `${folder}${name}.ts`,
      ...['--outFile', 'module.wasm', '-O3', '--converge', '--runtime', 'stub', '--use', 'abort='],
      ...options,
    ],
    {
      readFile: (path) =>
        path.startsWith(folder) && existsSync(`${ROOT}${path}`) ? readFileSync(`${ROOT}${path}`, 'utf8') : null,
      writeFile: (path, contents) => files.set(path, contents),
      listFiles: () => [],
    },
  );
  if (error) throw new Error(stderr.toString());
  const lines = Buffer.from(files.get('module.wasm'))
    .toString('base64')
    .match(new RegExp(`.{1,${COLUMNS}}`, 'g'));
  return `/** \`npm run scan\` wrote this from assembly/${name}.ts. */
export const ${name.toUpperCase()}_WASM = \`
${lines.join('\n')}
\`;
`;
}
