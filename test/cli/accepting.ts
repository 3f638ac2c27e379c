import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { runCommand } from './in-process.ts';
import { type TinyNight, writeTinyNight } from './tiny.ts';

interface Entry {
  fingerprint: string;
  owner: string;
  reason: string;
  expires: string;
  cause: string;
}

export const ANSWER = ['--owner', 'infra', '--reason', 'a known beacon'];

export const entriesOf = (file: string): Entry[] =>
  (JSON.parse(readFileSync(file, 'utf8')) as { entries: Entry[] }).entries;

/** Rewrites every entry of a file. */
export function edit(file: string, change: Partial<Entry>): void {
  const entries = entriesOf(file).map((entry) => ({ ...entry, ...change }));
  writeFileSync(file, JSON.stringify({ version: 1, entries }));
}

/** A folder with nights and baselines; gone after the tests of the file that asked. */
interface Accepting {
  readonly dir: string;
  readonly night: (facts?: TinyNight) => string;
  readonly newFile: () => string;
  /** A baseline that accepts what is found in the inputs. */
  readonly accepted: (inputs: string, ...more: readonly string[]) => Promise<string>;
}

export function accepting(): Accepting {
  const dir = mkdtempSync(join(tmpdir(), 'egressblame-baseline-'));
  afterAll(() => rmSync(dir, { recursive: true }));
  let count = 0;
  const newFile = (): string => join(dir, `b-${++count}.json`);
  return {
    dir,
    night: (facts = {}) => writeTinyNight(join(dir, `night-${++count}`), facts),
    newFile,
    accepted: async (inputs, ...more) => {
      const file = newFile();
      expect((await runCommand(['baseline', 'update', inputs, '--baseline', file, ...ANSWER, ...more])).code).toBe(0);
      return file;
    },
  };
}
