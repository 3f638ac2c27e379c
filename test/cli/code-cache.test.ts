import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const built = join(root, 'dist/cli');
const work = mkdtempSync(join(tmpdir(), 'code-cache-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const node = (...args: readonly string[]): string => execFileSync(process.execPath, args, { encoding: 'utf8' });

/** Files that `--help` loads, and whether V8 refused the bytecode of each. */
function loadedForHelp(): readonly [file: string, isRejected: boolean | undefined][] {
  const program = `
    const { scripts } = require(${JSON.stringify(join(built, 'code-cache.js'))});
    process.argv = [process.execPath, 'egressblame', '--help'];
    process.stdout.write = () => true;
    process.on('exit', () => {
      require('node:fs').writeSync(1, JSON.stringify([...scripts].map(([file, s]) => [file, s.cachedDataRejected])));
    });
    require(${JSON.stringify(join(built, 'main.js'))});`;
  return JSON.parse(node('-e', program));
}

it('runs the bundle with the bytecode that the build left beside it', () => {
  const program = loadedForHelp().filter(([file]) => file.includes('/chunks/program-'));
  expect(program.map(([, isRejected]) => isRejected)).toEqual([false]);
});

it('loads no command to tell which there are', () => {
  const files = loadedForHelp().map(([file]) => file);
  expect(files.filter((file) => /\/(?:investigate|formats)-/.test(file))).toEqual([]);
});

it.each([
  ['without it, as published', (cache: string) => rmSync(cache)],
  ['with that of another version', (cache: string) => writeFileSync(cache, Buffer.alloc(4096, 7))],
  ['with a part of it', (cache: string) => writeFileSync(cache, Buffer.alloc(0))],
])('answers the same %s', (_, change) => {
  const copy = mkdtempSync(join(work, 'cli-'));
  cpSync(built, copy, { recursive: true });
  const caches = readdirSync(join(copy, 'chunks')).filter((file) => file.endsWith('.cache'));
  expect(caches.length).toBeGreaterThan(5);
  for (const cache of caches) change(join(copy, 'chunks', cache));
  expect(node(join(copy, 'main.js'), '--help')).toBe(node(join(built, 'main.js'), '--help'));
});
