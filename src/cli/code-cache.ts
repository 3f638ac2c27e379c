import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** What is beside a file of the bundle where the build left V8's bytecode of it. */
export const CACHE_SUFFIX = '.cache';

interface Module {
  exports: object;
}

type Run = (
  exports: object,
  require: (id: string) => unknown,
  module: Module,
  __filename: string,
  __dirname: string,
) => void;

/** By file: the build makes the caches of what was run. */
export const scripts: Map<string, Script> = new Map();
const modules = new Map<string, Module>();

/**
 * Runs a CommonJS file of the bundle and what it requires of the bundle, as `require` does, but with the bytecode that lies beside each
 * (docs/adr/0020-bytecode-beside-the-bundle.md). V8 refuses what another version of it made, or other flags: then it compiles.
 */
export function runCached(file: string): object {
  const known = modules.get(file);
  if (known !== undefined) return known.exports;
  const module: Module = { exports: {} };
  modules.set(file, module);
  const script = new Script(wrapped(readFileSync(file, 'utf8')), { filename: file, ...cachedData(file) });
  scripts.set(file, script);
  const run: Run = script.runInThisContext();
  const folder = dirname(file);
  const others = createRequire(file);
  const require = (id: string): unknown => (id.startsWith('.') ? runCached(join(folder, id)) : others(id));
  run(module.exports, require, module, file, folder);
  return module.exports;
}

/** In one line with its beginning, so that lines and columns of stack traces are those of the file but for the first line. */
function wrapped(text: string): string {
  return `(function (exports, require, module, __filename, __dirname) { 'use strict'; ${text}\n})`;
}

/** None is published: it fits one version of Node. */
function cachedData(file: string): { readonly cachedData?: Uint8Array } {
  const cache = file + CACHE_SUFFIX;
  return existsSync(cache) ? { cachedData: readFileSync(cache) } : {};
}
