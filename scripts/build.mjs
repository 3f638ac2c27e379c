// Compiles src/ to dist/: the library module by module, the command line as a bundle (docs/adr/0012-bundled-command-line.md).
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { manPage } from './man-page.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const MAIN = `${root}dist/cli/main.js`;
const CODE_CACHE = `${root}dist/cli/code-cache.js`;
const WORKERS = {
  'chunks/hash-worker': `${root}dist/sources/files/hash-worker.js`,
  'chunks/read-worker': `${root}dist/sources/records/read-worker.js`,
  'chunks/skim-worker': `${root}dist/threads/skim-worker.js`,
};

/** What Node starts is a line that runs the code beside it with its bytecode. */
const STARTED = Object.fromEntries(
  Object.entries({ main: MAIN, ...WORKERS }).map(([name, path]) => [`${name}.code`, path]),
);

/** A module and what it imports, and so on: what is loaded with it. */
function loadedWith(start, graph) {
  const modules = new Set([start]);
  for (const id of modules) for (const next of graph.getModuleInfo(id)?.importedIds ?? []) modules.add(next);
  return modules;
}

/**
 * The default command is one chunk beside the one that every start loads, because each file takes time to find and to link.
 * What workers load stays by itself, and so does what a shell loads at each Tab, and what `--help` ends with.
 */
function chunkNames() {
  let names;
  return (id, graph) => {
    names ??= new Map(
      [
        ['investigate', `${root}dist/cli/commands/investigate.js`],
        ['program', `${root}dist/cli/program/program.js`],
        ...['exit/failure', 'command-line/settings', 'commands/completion'].map((light) => [
          null,
          `${root}dist/cli/${light}.js`,
        ]),
        ...[MAIN, CODE_CACHE, ...Object.values(WORKERS)].map((start) => [null, start]),
        // Help is as wide as what follows: left alone it would stand in a file with the program, and each would need the other.
        ['columns', `${root}dist/cli/terminal/columns.js`],
      ].flatMap(([name, start]) => [...loadedWith(start, graph)].map((module) => [module, name])),
    );
    return names.get(id) ?? null;
  };
}

/** commander can start other programs as commands, which we have none of: the module for that takes 8 ms to load. */
const withoutChildProcess = {
  name: 'without-child-process',
  resolveId: (id, importer) =>
    id === 'node:child_process' && importer?.includes('/commander/') ? 'no-child-process' : null,
  load: (id) => (id === 'no-child-process' ? 'module.exports = {};' : null),
};

/** Code of a command becomes a chunk that is loaded when the command runs; paths of chunks are as deep as those of src/cli/commands. */
async function bundle() {
  const build = await rolldown({
    input: { 'code-cache': CODE_CACHE, ...STARTED },
    platform: 'node',
    logLevel: 'warn',
    plugins: [withoutChildProcess],
    preserveEntrySignatures: 'allow-extension',
    // The JSON reporter is in the chunk of the default command, which imports it by name as well.
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await build.write({
    dir: `${root}dist/cli.new`,
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Top-level names are then never checked for being used too early.
    topLevelVar: true,
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: 'by command', name: chunkNames() }] },
  });
  await build.close();
  rmSync(`${root}dist/cli`, { recursive: true });
  renameSync(`${root}dist/cli.new`, `${root}dist/cli`);
  for (const code of Object.keys(STARTED)) writeStart(code);
  writeFileSync(`${root}dist/cli/package.json`, '{ "type": "commonjs" }\n');
  return output.flatMap(({ moduleIds = [] }) => moduleIds);
}

function writeStart(code) {
  const name = basename(code, '.code');
  const up = code.includes('/') ? '../' : './';
  const shebang = `${root}dist/cli/${name}.js` === MAIN ? '#!/usr/bin/env node\n' : '';
  const run = `require('${up}code-cache.js').runCached(require.resolve('./${name}.code.js'));\n`;
  writeFileSync(`${root}dist/cli/${dirname(code)}/${name}.js`, shebang + run);
}

/** Whose code went into the bundle, under which terms. */
function licencesOf(modules) {
  const packages = new Set(modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []));
  return [...packages].sort().map((name) => {
    const folder = `${root}node_modules/${name}`;
    const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} states no licence text`);
    return `${name} ${version} (${license})\n\n${readFileSync(`${folder}/${file}`, 'utf8').trim()}\n`;
  });
}

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
const { createProgram } = await import(`${root}dist/cli/program/program.js`);
mkdirSync(`${root}dist/man`);
writeFileSync(`${root}dist/man/egressblame.1`, manPage(createProgram()));
const modules = await bundle();
writeFileSync(`${root}dist/cli/THIRD-PARTY.txt`, licencesOf(modules).join(`\n${'-'.repeat(80)}\n\n`));
chmodSync(MAIN, 0o755);
execFileSync(process.execPath, [`${root}scripts/write-code-cache.mjs`], { stdio: ['ignore', 'ignore', 'inherit'] });
